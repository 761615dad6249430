// A chapter's own tally (progress.js): the first choice at a question is its answer, a box beside each
// exercise may be ticked, and the chapter's end shows how far one is.

if (document.querySelector(".tally")) {
  const WORDS = {
    ko: {
      right: "맞음", wrong: "틀림", solved: "풀었음", open: "아직",
      first: "처음 고른 답", solve: "풀었습니다", tally: "이 장의 기록",
    },
    en: {
      right: "right", wrong: "not right", solved: "solved", open: "not yet",
      first: "your first choice", solve: "I solved it", tally: "Your tally of this chapter",
    },
  };
  const SIGNS = { right: "✓", wrong: "✗", solved: "✓", open: "○" };
  const { make } = progress;
  const { lang } = document.documentElement;
  const words = WORDS[lang];
  const slug = progress.findSlug(location.pathname);
  const tally = document.querySelector(".tally");
  const find = ({ id }) => document.getElementById(id);
  const judge = () => progress.judge(progress.load(), slug, tally.dataset);
  const boxes = new Map();

  function change(edit) {
    progress.change(edit);
    show();
  }

  function begin() {
    progress.change((kept) => {
      if (kept.last !== slug) Object.assign(kept, { last: slug, place: null });
    });
  }

  function followQuestion(place) {
    const question = find(place);
    question.addEventListener("click", ({ target }) => {
      const choice = target.closest("summary")?.parentElement;
      if (!choice || choice.open) return; // it is about to be closed
      const number = [...question.querySelectorAll("details")].indexOf(choice);
      change(({ chosen }) => chosen.has(place.name) || chosen.set(place.name, number));
    });
  }

  function addBox(place) {
    const [number] = find(place).firstElementChild.textContent.split(" · ");
    const box = make("input", { type: "checkbox" });
    box.addEventListener("change", () => {
      change(({ solved }) => (box.checked ? solved.add(place.name) : solved.delete(place.name)));
    });
    boxes.set(place.id, box);
    find(place).append(make("label", { className: "solved" }, box, `${number}: ${words.solve}`));
  }

  function list(kind, places) {
    const links = places.map(({ id, state }, index) => {
      const sign = make("span", { className: state, role: "img", ariaLabel: words[state] }, SIGNS[state]);
      return make("li", {}, make("a", { href: `#${id}` }, `${index + 1} `, sign));
    });
    return [make("p", {}, progress.sum(lang, kind, places)), make("ol", {}, ...links)];
  }

  function show() {
    const { questions, exercises } = judge();
    for (const { id, first } of questions) {
      const question = find({ id });
      question.querySelector("summary > small")?.remove();
      question.querySelectorAll("summary")[first]?.append(" ", make("small", {}, words.first));
    }
    for (const { id, state } of exercises) boxes.get(id).checked = state === "solved";
    tally.replaceChildren(
      ...list("questions", questions),
      ...list("exercises", exercises),
      make("p", {}, progress.promise(lang)),
    );
  }

  Object.assign(tally, { role: "group", ariaLabel: words.tally });
  const { questions, exercises } = judge();
  questions.forEach(followQuestion);
  exercises.forEach(addBox);
  begin();
  addEventListener("pageshow", ({ persisted }) => persisted && begin()); // Back, to a page that was kept
  addEventListener("visibilitychange", () => { // the last that a phone's page is told
    const section = findSection();
    const place = section?.parentElement.matches("section") ? section.id : null; // null: at the top
    if (document.hidden && progress.load().last === slug) progress.change((kept) => (kept.place = place));
  });
  progress.watch(show);
  new IntersectionObserver(([{ isIntersecting }], observer) => {
    if (!isIntersecting) return;
    observer.disconnect();
    progress.change(({ read }) => read.add(slug)); // the chapter's end was seen
  }).observe(document.querySelector(".prev-next-footer"));
}
