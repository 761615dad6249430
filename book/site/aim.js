// A link to a section comes to rest at it, even where a widget above comes late and is higher or
// lower than the place kept for it: as long as the reader has not moved, the page aims again.

let target = null; // the section that a link led to
let rest = null; // where the page came to rest at it

const findTarget = (hash) => document.getElementById(hash.slice(1).split(";")[0]); // see permalink.js

function aim() {
  if (!target) return;
  target.scrollIntoView({ behavior: "instant" });
  rest = scrollY;
}

export function aimAt(element) {
  [target, rest] = [element, null];
  aim();
}

function leave() {
  target = null;
}

export function keepAim() {
  // whoever comes back, or loads anew, is where the browser remembers
  const isNew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  target = isNew ? findTarget(location.hash) : null;
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(event, leave, { passive: true });
  }
  addEventListener("scroll", () => { // as a scrollbar does, without any of these
    if (rest !== null && Math.abs(scrollY - rest) > 1) leave();
  }, { passive: true });
  addEventListener("scrollend", () => (rest ??= scrollY));
  addEventListener("click", ({ target: clicked }) => {
    const link = clicked.closest("a[href^='#']");
    if (link) [target, rest] = [findTarget(link.hash), null];
  });
  new ResizeObserver(aim).observe(document.body);
}
