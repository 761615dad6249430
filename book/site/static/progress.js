// What a reader did, kept in the reader's own browser and nowhere else: the chapter that was last
// open and the section that was read there, those whose end was seen, the first choice at each question, the exercises ticked as solved,
// the explorer's challenges that were done. The code that was edited has a place of its own, EDITS: book/run/kept.js.
// A question's or exercise's name is its chapter's and its id, the same in both languages.
// tally.js and continue.js show it.

const progress = (() => {
  const KEY = "lenet-progress";
  const EDITS = "lenet-edits";
  const WORDS = {
    ko: {
      questions: (right, all) => `물음 ${all}개 중 ${right}개 정답`,
      exercises: (solved, all) => `연습 ${all}개 중 ${solved}개 완료`,
      kept: "기록은 이 브라우저에만 남고 어디에도 보내지 않습니다.",
      lost: "이 브라우저에는 기록을 남길 수 없어서, 이 쪽을 떠나면 사라집니다.",
    },
    en: {
      questions: (right, all) => `${right} of ${all} questions right`,
      exercises: (solved, all) => `${solved} of ${all} exercises solved`,
      kept: "Your progress stays in this browser; nothing is sent anywhere.",
      lost: "This browser stores nothing here, so your progress lasts until you leave the page.",
    },
  };
  const fits = (name, shape) => typeof name === "string" && shape.test(name);
  const isSlug = (name) => fits(name, /^\w{1,60}$/);
  const isName = (name) => fits(name, /^\w{1,60}#[\w-]{1,60}$/);
  const isChoice = (pair) => isName(pair?.[0]) && Number.isInteger(pair[1]);
  const list = (found) => (Array.isArray(found) ? found.slice(0, 1000) : []);

  function parse(text) {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {};
    }
  }

  // What is stored may be anything: only what has the right shape is taken.
  function load() {
    const { last, place, read, solved, chosen, done } = parse(localStorage.getItem(KEY));
    return {
      last: isSlug(last) ? last : null,
      place: fits(place, /^[\w-]{1,60}$/) ? place : null,
      read: new Set(list(read).filter(isSlug)),
      solved: new Set(list(solved).filter(isName)),
      chosen: new Map(list(chosen).filter(isChoice)),
      done: new Set(list(done).filter((name) => fits(name, /^[a-z]{1,20}$/))),
    };
  }

  // Another tab may have written: what is kept is read anew before each change.
  function change(edit) {
    const kept = load();
    edit(kept);
    const plain = (_, value) => (value instanceof Set || value instanceof Map ? [...value] : value);
    localStorage.setItem(KEY, JSON.stringify(kept, plain));
  }

  function forget() {
    for (const key of [KEY, EDITS]) localStorage.removeItem(key);
  }

  // Call `show` now, and whenever another page has changed what is kept.
  function watch(show) {
    show();
    addEventListener("storage", ({ key }) => key === KEY && show());
    addEventListener("pageshow", ({ persisted }) => persisted && show());
  }

  // How far a chapter is: `questions`, "id:place of the right choice …", and `exercises`, "id …", as
  // the build writes them (questions.py), become lists of {id, name, state, first: the choice}.
  function judge({ chosen, solved }, slug, { questions = "", exercises = "" }) {
    const split = (names) => names.split(" ").filter(Boolean);
    return {
      questions: split(questions).map((each) => {
        const [id, right] = each.split(":");
        const name = `${slug}#${id}`;
        const first = chosen.get(name);
        const state = first === undefined ? "open" : first === Number(right) ? "right" : "wrong";
        return { id, name, state, first };
      }),
      exercises: split(exercises).map((id) => {
        const name = `${slug}#${id}`;
        return { id, name, state: solved.has(name) ? "solved" : "open" };
      }),
    };
  }

  function sum(language, kind, places) {
    const done = places.filter(({ state }) => state === "right" || state === "solved");
    return WORDS[language][kind](done.length, places.length);
  }

  // Whether anything outlives the page, in words; storage.js puts a stand-in where nothing can.
  function promise(language) {
    return WORDS[language][localStorage instanceof Storage ? "kept" : "lost"];
  }

  // some hosts leave out the .html
  const findSlug = (path) => path.match(/chapters\/\w+\/(\w+)/)?.[1];

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  return { EDITS, load, change, forget, watch, judge, sum, promise, findSlug, make };
})();
