// The site's root is the deepest folder above this address in which the book is found. Where that is
// not the one that the page was built for, its links are led there, and what could not load is asked
// for again.
const built = document.documentElement.dataset.content_root;

async function findRoot() {
  const folders = location.pathname.split("/").slice(0, -1);
  const roots = folders.map((_, depth) => `${folders.slice(0, depth + 1).join("/")}/`).reverse();
  const asked = roots.map((root) => fetch(`${root}_static/first.js`, { method: "HEAD" }));
  const answers = await Promise.allSettled(asked);
  return roots[answers.findIndex(({ value }) => value?.ok)] ?? built;
}

function moveTo(root) {
  document.documentElement.dataset.content_root = root;
  for (const name of ["href", "src", "action"])
    for (const element of document.querySelectorAll(`[${name}^="${built}"]`))
      element.setAttribute(name, root + element.getAttribute(name).slice(built.length));
  if (typeof DOCUMENTATION_OPTIONS !== "undefined") return; // first.js has run
  for (const script of document.querySelectorAll("script[src]")) {
    const again = document.createElement("script");
    again.src = script.src;
    again.async = false; // in order
    script.replaceWith(again);
  }
}

findRoot().then((root) => {
  if (root !== built) moveTo(root);
});
