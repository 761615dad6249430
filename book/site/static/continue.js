// The landing page marks what was read and answered (progress.js) beside each chapter, leads back to
// where the reader stopped, and forgets all of it when asked.

{
  const WORDS = {
    ko: { next: "이어서 읽기", read: "읽음", forget: "기록 모두 지우기" },
    en: { next: "Continue", read: "read", forget: "Forget my progress" },
  };
  const { make, findSlug } = progress;

  // One language's half of the page.
  function follow(half) {
    const words = WORDS[half.lang];
    const links = [...half.querySelectorAll("ol a")];
    const start = half.querySelector("strong > a");
    const { href, textContent } = start;
    const forget = make("button", { type: "button", className: "forget" }, words.forget);
    const note = make("p", { className: "kept" }, progress.promise(half.lang), " ", forget);
    forget.addEventListener("click", () => {
      progress.forget();
      showAll();
      start.focus();
    });

    return function show(kept) {
      half.querySelectorAll("ol :is(.read, small)").forEach((mark) => mark.remove());
      for (const link of links) link.after(...makeMarks(kept, link));
      // the chapter that was left, or the one after it
      const left = links.findIndex((link) => findSlug(link.pathname) === kept.last);
      const next = links[kept.read.has(kept.last) ? left + 1 : left];
      const goesOn = next && (next !== links[0] || kept.place);
      const section = kept.place && next === links[left] ? `#${kept.place}` : "";
      start.href = goesOn ? next.href + section : href;
      start.textContent = goesOn ? `${words.next}: ${links.indexOf(next)}. ${next.textContent}` : textContent;
      if (kept.last) half.querySelector("ol").after(note);
      else note.remove();
    };

    function makeMarks(kept, link) {
      const slug = findSlug(link.pathname);
      const marks = [];
      if (kept.read.has(slug)) {
        marks.push(" ", make("span", { className: "read", role: "img", ariaLabel: words.read }, "✓"));
      }
      const sums = Object.entries(progress.judge(kept, slug, link.dataset))
        .filter(([, places]) => places.some(({ state }) => state !== "open"))
        .map(([kind, places]) => progress.sum(half.lang, kind, places));
      if (sums.length) marks.push(" ", make("small", {}, sums.join(" · ")));
      return marks;
    }
  }

  const halves = [...document.querySelectorAll(".landing > [lang]")].map(follow);
  const showAll = () => halves.forEach((show) => show(progress.load()));
  progress.watch(showAll);
}
