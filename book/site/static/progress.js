// Which chapters were read, kept in the reader's own browser and nowhere else: a chapter is read once
// its end was seen. The landing page marks those, and leads back to where the reader stopped.

const KEY = "lenet-progress";
const WORDS = {
  ko: { next: "이어서 읽기", read: "읽음", forget: "읽은 기록 지우기" },
  en: { next: "Continue", read: "read", forget: "Forget what I have read" },
};
const findSlug = (path) => path.match(/chapters\/\w+\/(\d\d_\w+)\.html/)?.[1];

// What is stored may be anything: chapters are named by the page's own links alone.
function load() {
  try {
    const { last, read } = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return { last, read: Array.isArray(read) ? read : [] };
  } catch {
    return { read: [] };
  }
}

function save(progress) {
  try {
    if (progress) localStorage.setItem(KEY, JSON.stringify(progress));
    else localStorage.removeItem(KEY);
  } catch {} // a page may be shown where nothing can be stored
}

function follow(slug) {
  save({ ...load(), last: slug });
  const end = document.querySelector(".prev-next-footer");
  new IntersectionObserver(([{ isIntersecting }], observer) => {
    if (!isIntersecting) return;
    observer.disconnect();
    const { read } = load();
    save({ last: slug, read: [...new Set([...read, slug])] });
  }).observe(end);
}

// One language's half of the landing page.
function show(half, { last, read }) {
  const words = WORDS[half.lang];
  const links = [...half.querySelectorAll("ol a")];
  const done = links.filter((link) => read.includes(findSlug(link.pathname)));
  for (const link of done) {
    const mark = Object.assign(document.createElement("span"), { className: "read", role: "img" });
    mark.ariaLabel = words.read;
    mark.textContent = "✓";
    link.after(" ", mark);
  }
  // the chapter that was left, or the one after it
  const place = links.findIndex((link) => findSlug(link.pathname) === last);
  const next = links[done.includes(links[place]) ? place + 1 : place];
  const start = half.querySelector("strong > a");
  if (next && next !== links[0]) {
    start.href = next.href;
    start.textContent = `${words.next}: ${next.textContent}`;
  }
  if (!done.length) return;
  const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn forget" });
  forget.textContent = words.forget;
  forget.addEventListener("click", () => {
    save(null);
    location.reload();
  });
  half.querySelector("ol").after(forget);
}

const slug = findSlug(location.pathname);
if (slug) follow(slug);
document.querySelectorAll(".landing > [lang]").forEach((half) => show(half, load()));
