// A chapter's cells, run one at a time: first what they need of those above. Names last as long as the worker.

import { openCell } from "./cell.js";
import { Ended, makeHost } from "./host.js";
import { makeMemory } from "./memory.js";
import { joinByCell, listMade, listNeeded } from "./needs.js";
import { makeNote } from "./output.js";
import { getWords } from "./words.js";

const ASSETS = { // name → the code that asks for it
  "digits.npz": /\bload_digits\b/,
  "lenet.pt": /\bload_trained\b/,
  exercises: /\blenet_course\.exercises\b/,
};
const SPOKEN = 200; // characters of an output that a screen reader is told
const LONG = 1000; // ms after which it is told that a cell runs

/** Give the cells that static/run.js found what a press does: run() and edit(). */
export function openChapter(page, loadAsset) {
  const { cells, elsewhere } = page;
  const words = getWords(page.lang);
  const status = addStatus();
  const announce = (text) => void (status.textContent = text);
  const host = makeHost(page, loadAsset);
  const sources = listSources(cells);
  let memory = makeMemory();
  const waiting = new Set(); // cells whose turn comes
  let turn = Promise.resolve(), note = null;

  function run(cell) {
    if (waiting.has(cell)) return null;
    waiting.add(cell);
    turn = turn.catch(() => {}).then(() => waiting.delete(cell) && runWithAbove(cell)); // its own press says what failed
    return turn;
  }

  function stop() {
    waiting.clear(); // what waits its turn is not run either
    host.stop();
  }

  async function runWithAbove(cell) {
    if (!host.isAlive) memory = makeMemory();
    const before = sources.slice(0, sources.indexOf(cell)).filter((each) => !each.isExercise);
    const found = listNeeded(before.map((each) => ({ cell: each, code: each.getSource() })), cell.getSource());
    const failed = [];
    const timer = setTimeout(() => announce(words.running), LONG);
    const runAbove = async (stale) => {
      const above = joinByCell(stale);
      for (const [i, [other, code]] of above.entries()) {
        cell.tell(words.above(i + 1, above.length));
        const isShown = other.isEdited(); // then it runs whole, as it was written
        if (await runOne(other, isShown ? other.getSource() : code, !isShown) && !other.mayFail) failed.push(other);
        memory.note((isShown ? found.above : stale).filter((statement) => statement.cell === other), isShown);
      }
      cell.tell("");
    };
    cell.begin();
    try {
      await runAbove(memory.listStale(found));
      let error = await runOne(cell, cell.getSource());
      if (isMissed(error, found.above)) { // by listNeeded, which reads names and no more
        await runAbove(memory.listStale({ ...found, needed: found.above }));
        error = await runOne(cell, cell.getSource());
      }
      memory.note(found.own, true);
      if (error && failed.length) {
        cell.say(words.failedAbove, makeLink(failed[0].element, words.cell(failed[0].number)), ".");
      }
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      cell.say(words[error.message]);
    } finally {
      clearTimeout(timer);
      cell.finish();
    }
    announce(cell.output.read().slice(0, SPOKEN) || words.empty);
    if (!note) cell.hint(makeLink((note = addNote()), words.engine));
  }

  /** Run a cell's code; resolves to its error, or null. */
  async function runOne(cell, source, isQuiet = false) {
    for (const [name, asks] of Object.entries(ASSETS)) if (asks.test(source)) await host.bring(name);
    const hear = (kind, said) => isQuiet || cell.hear(kind, said);
    let result, missing;
    do {
      if (!isQuiet) cell.clear();
      result = await host.run(source, hear);
      missing = result.error?.name === "AssetMissing" ? result.error.message : null;
      if (missing) await host.bring(missing);
    } while (missing);
    const { error } = result;
    const name = readMissing(error);
    const isShown = !isQuiet || (error && !cell.mayFail);
    if (isShown) cell.show(result);
    if (name && !isQuiet) explainMissing(cell, name);
    if (isShown && error?.message.includes("this page's engine")) cell.say(...listWords());
    if (cell.isExercise && cell.isRight()) tickSolved(cell);
    return error;
  }

  function listWords() {
    const links = [["a[href*='colab.research']", words.colab], ["a[href$='.ipynb']", words.notebook]]
      .map(([place, text]) => [document.querySelector(place), text])
      .filter(([link]) => link)
      .map(([{ href }, text]) => Object.assign(document.createElement("a"), { href, textContent: text }));
    return [words.note, ...links.flatMap((link, i) => (i ? [words.or, link] : [link])), words.end];
  }

  // What runs here is said once, where it moves nothing: below the chapter.
  function addNote() {
    const line = Object.assign(makeNote(...listWords(), words.rounding), { id: "engine" });
    document.querySelector("article").append(line);
    return line;
  }

  function explainMissing(cell, name) {
    const maker = elsewhere.find((other) => listMade(findCode(other)).includes(name));
    const [before, link, after] = words.missing;
    if (maker) cell.say(before, makeLink(maker, link), after);
  }

  function makeLink(element, textContent) {
    element.id ||= `cell-${[...document.querySelectorAll(".cell")].indexOf(element)}`;
    return Object.assign(document.createElement("a"), { href: `#${element.id}`, textContent });
  }

  for (const cell of cells) openCell(cell, words, { run, stop, announce });
}

/** → the name that a NameError misses. */
const readMissing = (error) => (error?.name === "NameError" ? error.message.match(/'(\w+)'/)?.[1] : undefined);

// Whether a statement above makes the name that an error misses.
function isMissed(error, above) {
  const name = readMissing(error);
  return above.some(({ makes }) => [...makes.values()].includes(name));
}

const findCode = (element) => element.querySelector("pre").textContent;

// Code that cells may need stands beside widgets, too, and of what runs elsewhere they may need the imports.
function listSources(cells) {
  const others = [...document.querySelectorAll("article .cell:is(.ready, .elsewhere)")]
    .map((element) => ({ element, code: element.matches(".ready") ? findCode(element) : keepImports(findCode(element)) }))
    .filter(({ code }) => !/^\s*[%!]/m.test(code)) // the set-up is made already
    .map(({ element, code }) => ({ element, getSource: () => code, isEdited: () => false, mayFail: true }));
  const isBefore = (one, other) => one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...cells, ...others].sort((one, other) => (isBefore(one, other) ? -1 : 1));
}

const keepImports = (code) => code.split("\n").filter((line) => /^(from|import) /.test(line)).join("\n");

// static/tally.js keeps what the box beside an exercise says.
function tickSolved({ element }) {
  const box = element.closest("section").querySelector("label.solved > input");
  if (box && !box.checked) box.click();
}

function addStatus() {
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.querySelector("article").append(status);
  return status;
}
