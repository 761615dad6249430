// A cell on the page: its buttons, its code, its output. chapter.js says what runs, and when.

import { makeCurve } from "./curve.js";
import { openEditor } from "./editor.js";
import { keepEdit, readCode, readEdit } from "./kept.js";
import { makeOutput } from "./output.js";
import { offerTrained } from "./trained.js";

const PATIENCE = 150; // ms before Run turns into Stop: what is quicker would flicker

/**
 * Give a cell what a press does, and what its chapter asks of it.
 * @param {{element, number, isExercise, bar, runs, edits}} cell what static/run.js found.
 * @param {{run: Function, stop: Function, announce: Function}} chapter
 */
export function openCell(cell, words, { run, stop, announce }) {
  const { element, bar, runs, edits, isExercise } = cell;
  const input = element.querySelector(".cell_input");
  const code = input.querySelector("pre");
  const stored = element.querySelector(".cell_output");
  const original = readCode(element), kept = readEdit(original);
  const label = runs.textContent;
  const resets = document.createElement("button");
  const progress = document.createElement("span");
  let curve = null, trained = null; // of a cell that trains
  let editor = null, timer = null, isRunning = false, canStop = false, isFresh = false;

  function name(button, word) {
    button.textContent = word;
    button.setAttribute("aria-label", `${word}: ${words.cell(cell.number)}`);
  }

  function edit() {
    openCode();
    editor.field.focus();
    const gap = editor.field.value.indexOf("...");
    if (isExercise && gap >= 0) editor.field.setSelectionRange(gap, gap + 3);
  }

  function openCode(text = original) {
    editor ??= openEditor(code, {
      text,
      label: words.code(cell.number),
      hint: words.keys,
      onRun: () => isRunning || runs.click(), // it would stop what runs
      onLeave: () => runs.focus(),
      onInput: (edit) => keepEdit(original, edit),
    });
    edits.hidden = true;
    resets.hidden = false;
  }

  function reset() {
    editor?.close();
    stopTraining();
    cell.output?.element.remove();
    if (stored) stored.hidden = false;
    editor = cell.output = null;
    isFresh = false;
    keepEdit(original, null);
    edits.hidden = false;
    runs.focus();
    resets.hidden = progress.hidden = true;
    announce(words.hasReset);
  }

  const getSource = () => editor?.field.value ?? original;
  const isEdited = () => getSource() !== original;

  /** Say something beside the buttons, until the next press. */
  function hint(...parts) {
    progress.replaceChildren(...parts);
    progress.hidden = false;
  }

  function begin() {
    isRunning = progress.hidden = true;
    isFresh = false; // what stands there is an earlier run's
    element.ariaBusy = "true";
    timer = setTimeout(() => {
      canStop = true;
      name(runs, words.stop);
      resets.hidden = edits.hidden = true;
      progress.hidden = false;
    }, PATIENCE);
  }

  function finish() {
    clearTimeout(timer);
    isRunning = canStop = false;
    element.ariaBusy = null;
    progress.hidden = true;
    resets.hidden = false;
    edits.hidden = editor !== null;
    cell.output?.settle();
    name(runs, label);
  }

  function stopTraining() {
    curve?.stop();
    trained?.stop();
    curve = trained = null;
  }

  // The old output stands until there is a new one, so that nothing jumps in between.
  function getOutput() {
    if (isFresh) return cell.output;
    const output = makeOutput(words.output(cell.number));
    output.reserve(cell.output?.element ?? stored);
    trained?.stop();
    if (cell.output) cell.output.element.replaceWith(output.element);
    else (stored ?? input).after(output.element);
    if (stored) stored.hidden = true;
    isFresh = true;
    return (cell.output = output);
  }

  function show({ result, error, nets }) {
    const output = getOutput();
    editor?.mark(error?.line ?? null);
    if (result !== null) output.showResult(result);
    if (curve && nets.length) {
      trained = offerTrained(nets, words);
      output.element.append(trained.element);
    }
    if (!error) return;
    const traceback = isEdited() ? null : stored?.querySelector(".traceback pre");
    if (traceback?.textContent.trimEnd().endsWith(error.text)) output.repeatError(traceback, error.text);
    else output.showError(error.line ? `${error.text}  (${words.line(error.line)})` : error.text);
    openCode();
    editor.mark(error.line);
  }

  function hearLosses(losses) {
    if (isExercise) return; // a check trains other networks
    if (!curve) getOutput().element.prepend((curve = makeCurve(words)).element);
    curve.add(losses);
  }

  // The stored picture in whose place the next one stands. After other numbers its words would be wrong.
  function findStored() {
    if (isEdited() || !stored) return null;
    if (!readPrinted(stored).startsWith(readPrinted(getOutput().element))) return null;
    return stored.querySelectorAll("img")[getOutput().element.querySelectorAll("img").length];
  }

  function hear(kind, { text, picture, losses }) {
    if (kind === "losses") hearLosses(losses);
    else if (kind === "printed") getOutput().print(text);
    else if (kind === "display") getOutput().display(picture, findStored());
    else getOutput().say(words.cut);
  }

  name(resets, words.reset);
  resets.hidden = progress.hidden = true;
  resets.addEventListener("click", reset);
  bar.prepend(progress, resets);
  if (kept !== null) {
    openCode(kept);
    hint(words.edited);
  }
  return Object.assign(cell, {
    output: null,
    mayFail: Boolean(stored?.querySelector(".traceback")),
    run: () => (canStop ? stop() : isRunning ? null : run(cell)),
    edit,
    begin,
    finish,
    show,
    hear,
    clear() {
      isFresh = false;
      curve?.stop();
      curve = null;
    },
    say: (...parts) => getOutput().say(...parts),
    hint,
    tell: (text) => void (progress.textContent = text),
    isEdited,
    isRight: () => Boolean(cell.output?.element.querySelector(".lenet-verdict.right")),
    getSource,
  });
}

function readPrinted(output) {
  return [...output.querySelectorAll(".stream pre")].map((pre) => pre.textContent).join("").trimEnd();
}
