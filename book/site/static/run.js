// Run and Edit on each cell that the page itself can run. What runs it, book/run, comes with the
// first press; until then nothing else of it is here, but where an edit is kept of an earlier visit.

const lenetRun = (() => {
  const WORDS = {
    ko: { run: "실행", check: "확인", edit: "고치기", cell: "셀", elsewhere: "노트북에서 실행하는 셀", failed: "실행에 필요한 파일을 불러오지 못했습니다." },
    en: { run: "Run", check: "Check", edit: "Edit", cell: "cell", elsewhere: "Runs in the notebook", failed: "The files that run it did not load." },
  };
  const { src } = document.currentScript;
  const { lang } = document.documentElement;
  const words = WORDS[lang];
  const page = `${lang}/${progress.findSlug(location.pathname)}`;
  const cells = [], elsewhere = []; // those that run, and the elements of those that do not
  const loads = {};

  // A script of the site, which registers here what it holds: browsers block fetch for pages opened as files.
  const load = (name, file = `lenet-run-${name}.js`) => (loads[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(file, src).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(script.src.split("/").pop()));
    document.head.append(script);
  }).catch((error) => {
    loads[name] = null; // the next press tries again
    throw error;
  }));

  async function press(cell, act) {
    cell.alert?.remove();
    try {
      await Promise.all([load("page"), load("worker")]);
      lenetRun.open();
      await cell[act]();
    } catch (error) {
      cell.alert?.remove(); // of another press that waited for the same files
      cell.alert = document.createElement("p");
      cell.alert.setAttribute("role", "alert");
      cell.alert.append(`${words.failed} (${error.message})`);
      cell.element.append(cell.alert);
    }
  }

  function makeButton(cell, act, name) {
    const button = document.createElement("button");
    button.append(name);
    button.setAttribute("aria-label", `${name}: ${words.cell} ${cell.number}`);
    button.addEventListener("click", () => press(cell, act));
    cell.bar.prepend(button); // Run is the last: the others come and go, it stays under the finger
    return button;
  }

  function addBar(element) {
    const bar = document.createElement("div");
    bar.className = "run-bar";
    element.querySelector(".cell_input").append(bar);
    return bar;
  }

  for (const element of document.querySelectorAll("article .cell:not(.ready, .solution, .onlyprint .cell)")) {
    const bar = addBar(element);
    if (element.matches(".elsewhere")) {
      bar.append(Object.assign(document.createElement("span"), { textContent: words.elsewhere }));
      elsewhere.push(element);
      continue;
    }
    const isExercise = element.matches(".tag_remove-output");
    const cell = { element, isExercise, number: cells.length + 1, bar };
    cell.runs = makeButton(cell, "run", isExercise ? words.check : words.run);
    cell.edits = makeButton(cell, "edit", words.edit);
    cells.push(cell);
  }

  if (localStorage.getItem(progress.EDITS)?.includes(`"${page}"`)) {
    load("page").then(() => lenetRun.open(), () => {}); // a press says what did not load
  }

  return { cells, elsewhere, lang, page, load };
})();
