// "Edit" and "report an error" lead to the section that is being read. Without this script they lead
// to the chapter. findSection() is language.js's.

const buttons = ".btn-source-edit-button, .btn-source-issues-button";
for (const link of document.querySelectorAll(buttons)) {
  const { href } = link;
  link.addEventListener("click", () => {
    const section = findSection();
    const line = section?.dataset.line;
    if (!line) return;
    const url = new URL(href);
    const body = url.searchParams.get("body");
    if (body === null) url.hash = `L${line}`;
    else url.searchParams.set("body", addAnchors(body, section.id, line));
    link.href = url.href;
  });
}

// The form's first two lines end with the addresses of the page and of its source.
function addAnchors(body, id, line) {
  const [page, source, ...rest] = body.split("\n");
  return [`${page}#${id}`, `${source}#L${line}`, ...rest].join("\n");
}
