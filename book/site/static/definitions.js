// A term's definition where it stands: shown when its link to the glossary is pointed at, focused or
// tapped once. definitions.py wrote the definitions into the page. Without this script the links lead on.
{
  "use strict";

  const OPENS_AFTER = 300; // ms: nothing opens under a pointer that passes by,
  const CLOSES_AFTER = 250; // and there is time to move onto the definition
  const MARGIN = 8; // px to the window's edges,
  const GAP = 4; // to the term,
  const HEADER = 60; // and what the page's header covers
  const WORDS = { ko: "용어집에서 보기", en: "In the glossary" };

  const { content } = document.getElementById("definitions");
  const box = document.createElement("div");
  let open = null; // the link whose definition is shown
  let timer;

  const wait = (act, time) => {
    clearTimeout(timer);
    timer = setTimeout(act, time);
  };

  const show = (link, isTapped = false) => {
    clearTimeout(timer);
    if (open === link) return;
    hide();
    open = link;
    const name = decodeURIComponent(link.hash.slice(1));
    const text = content.querySelector(`[data-term="${CSS.escape(name)}"]`);
    box.replaceChildren(document.importNode(text, true));
    // a tip holds text alone; what a finger opened has the link that the tap did not follow
    box.role = isTapped ? "note" : "tooltip";
    if (isTapped) {
      const more = Object.assign(document.createElement("a"), { href: link.href });
      more.textContent = WORDS[document.documentElement.lang];
      box.append(more);
      link.ariaExpanded = "true";
    } else link.setAttribute("aria-describedby", box.id);
    link.after(box); // next in reading order and for the Tab key
    box.showPopover();
    place(link);
  };

  const hide = () => {
    clearTimeout(timer);
    if (!open) return;
    open.removeAttribute("aria-describedby");
    open.removeAttribute("aria-expanded");
    open = null;
    box.remove();
  };

  // Below the term or, where the window ends, above it. It moves with the text.
  const place = (link) => {
    const { top, bottom } = link.getBoundingClientRect();
    const height = box.offsetHeight + GAP;
    const { left } = [...link.getClientRects()].at(-1); // of a term on two lines, the second
    const last = document.documentElement.clientWidth - box.offsetWidth - MARGIN;
    const isAbove = bottom + height > innerHeight && top > HEADER + height;
    box.style.left = `${scrollX + Math.max(MARGIN, Math.min(left, last))}px`;
    box.style.top = `${scrollY + (isAbove ? top - height : bottom + GAP)}px`;
  };

  const listen = (link) => {
    let pointer = null;
    link.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType !== "touch") wait(() => show(link), OPENS_AFTER);
    });
    link.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") wait(hide, CLOSES_AFTER);
    });
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
    link.addEventListener("pointerdown", ({ pointerType }) => (pointer = pointerType));
    link.addEventListener("click", (event) => {
      if (pointer === "touch" && open !== link) {
        event.preventDefault();
        show(link, true);
      }
      pointer = null; // the next click may be the keyboard's
    });
  };

  if (box.showPopover) {
    Object.assign(box, { id: "definition", className: "definition", popover: "manual" });
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") wait(hide, CLOSES_AFTER);
    });
    document.querySelectorAll('article a[href^="glossary.html#"]').forEach(listen);
    const isOutside = (place) => open && place !== open && !open.contains(place) && !box.contains(place);
    document.addEventListener("pointerdown", ({ target }) => isOutside(target) && hide());
    document.addEventListener("focusin", ({ target }) => isOutside(target) && hide());
    document.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !open) return;
      if (box.contains(document.activeElement)) open.focus({ preventScroll: true });
      hide();
    });
    addEventListener("pagehide", hide); // who comes back finds the page as it was
  }
}
