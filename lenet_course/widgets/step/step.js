// StepByStep: PyTorch's loop, one press a line; each press shows what it changed.

import { padDigit } from "../shared/ink.js";
import { makePalette } from "../shared/maps.js";
import { fill, shorten } from "../shared/numbers.js";
import { code, div, findTheme, makeElement, pauseUnseen, watchTheme } from "../shared/page.js";
import { makeRender, readDigits, readNet } from "../shared/traits.js";
import { makeBoard } from "./board.js";
import { makeControls } from "./controls.js";
import { LAYERS, LOOP, Loop } from "./loop.js";
import { listDone, makeLog } from "./log.js";
import { makeLosses, makeMoves } from "./losses.js";
import { makePictures } from "./pictures.js";

const LEARNED = 0.001; // a loss below which there is little left to see
const BEAT = 60; // ms between pictures of a running loop
const CALM_BEAT = 1000;
const CALM_ROUNDS = 10;
const SLICE = 40; // ms of a link's steps between two pictures
const SETTINGS = ["batch_size", "criterion", "index", "learning_rate", "momentum"];

function showSteps(model, root, style) {
  const words = model.get("words");
  const get = (name) => model.get(name);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const images = readDigits(model);
  const loop = new Loop(readNet(model), images.map((image) => padDigit(image)), get("labels"), get);
  let palette = makePalette(findTheme()), playing = false, timer = 0, settled = "", optimizer;
  let again = listDone(get("did") ?? []), last = null; // what a link has still to do, and did last

  // Elements

  const log = makeLog(Object.fromEntries(SETTINGS.map((name) => [name, get(name)])),
    (did) => again.length || model.keep?.("did", did));
  const set = (name, value) => {
    log.set(name, value);
    model.set(name, value);
    model.save_changes();
  };
  const controls = makeControls(words, get, {
    onPress: press, onPlay: () => (playing ? pause() : play()), onReset: reset, onSet: set,
  });
  const pictures = makePictures(images, get("labels"), words, loop, (n) => set("index", n));
  const board = makeBoard(words, loop, () => palette);
  const losses = makeLosses(words, loop);
  const moves = makeMoves(words, loop);
  const parts = { ...board.parts, losses: losses.part };
  const live = makeElement("p", { class: "live", role: "status", "aria-live": "polite" });
  const stepper = div("stepper",
    makeElement("p", { class: "note" },
      typeof get("seed") !== "number" ? words.given : fill(words.untrained, { seed: get("seed") })),
    controls.settings, controls.element,
    div("board", pictures.element,
      div("layers", div("names", makeElement("span"), ...LAYERS.map(code)),
        ...Object.values(board.parts)),
      board.views, losses.part, moves.element, makeElement("p", { class: "note" }, words.legend)),
    makeElement("slot", { name: "links" }), live);
  stepper.setAttribute("role", "group");
  stepper.setAttribute("aria-label", words.title);
  root.replaceChildren(style, stepper);

  // Taking the steps

  function press(step) {
    pause();
    const reason = loop.findReason(step);
    if (reason) return say(words[reason]);
    const said = take(step);
    show(step);
    say(tell(said));
  }

  function take(step) {
    log.take(step);
    return loop.take(step);
  }

  // Does again what a link says was done, some of it at a time.
  function redo() {
    const end = performance.now() + SLICE;
    while (again.length && performance.now() < end) {
      const [name, value] = again.shift();
      const before = settled;
      if (SETTINGS.includes(name)) set(name, value);
      else if (!loop.findReason(value)) last = [value, take(value)];
      if (settled !== before) last = null; // it has begun anew
    }
    if (last) {
      show(last[0]);
      controls.sentence.textContent = tell(last[1]);
    }
    if (again.length) setTimeout(redo);
  }

  function tell([names, numbers = {}]) {
    const shown = Object.entries(numbers).map(([name, value]) =>
      [name, Number.isInteger(value) && value < 1e5 || value === null ? value : shorten(value)]);
    return names.map((name) => fill(words[name], Object.fromEntries(shown))).join(" ");
  }

  function advance() {
    for (let n = calm.matches ? CALM_ROUNDS : 1; n && playing; n--) {
      for (const step of Object.keys(LOOP)) take(step);
      if (!(loop.loss.value >= LEARNED && loop.loss.value < Infinity)) setPlaying(false);
    }
    show();
    const { loss: { value: loss }, updates: count } = loop;
    say(tell([[Number.isFinite(loss) ? "said_repeat" : "said_nan"], { count, loss }]));
    if (playing) timer = setTimeout(advance, calm.matches ? CALM_BEAT : BEAT);
  }

  function setPlaying(on) {
    playing = on;
    clearTimeout(timer);
    controls.showPlaying(on);
    stepper.classList.toggle("playing", on);
  }

  function play() {
    setPlaying(true);
    advance();
  }

  function pause() {
    if (!playing) return;
    setPlaying(false);
    say(controls.sentence.textContent);
  }

  function reset() {
    loop.reset();
    log.reset(get);
    begin();
  }

  function begin() {
    setPlaying(false);
    show();
    say(words.begin);
  }

  // Shows what there is, and marks what this step changed.
  function show(step) {
    board.paint(get("index"));
    for (const part of [pictures, losses, moves]) part.show();
    for (const [name, part] of Object.entries(parts)) {
      part.classList.toggle("changed", LOOP[step] === name);
    }
    stepper.dataset.last = step ?? "";
    controls.show(step, loop);
  }

  // A screen reader is not told of each round of a loop that runs.
  function say(text) {
    controls.sentence.textContent = text;
    if (!playing) live.textContent = text;
  }

  // The settings as they are, whoever changed them.
  function follow() {
    controls.follow(loop.isEntropy);
    for (const name of SETTINGS) {
      for (const radio of stepper.querySelectorAll(`[name=${name}]`)) {
        radio.checked = radio.value === String(get(name));
      }
    }
    pictures.markBatch();
    if (get("momentum") !== optimizer) loop.velocity.values.fill(0); // another has none yet
    optimizer = get("momentum");
    const settings = [get("criterion"), loop.batch].join();
    if (settings === settled) return board.paintValues(get("index"));
    settled = settings;
    loop.forget();
    begin();
  }

  function setTheme() {
    stepper.dataset.theme = findTheme();
    palette = makePalette(stepper.dataset.theme);
    pictures.paint(palette);
    board.paint(get("index"));
  }

  follow();
  setTheme();
  for (const name of SETTINGS) model.on(`change:${name}`, follow);
  const goOn = () => { again = []; }; // the reader does
  stepper.addEventListener("click", goOn, true);
  redo();
  const ends = [watchTheme(setTheme), pauseUnseen(stepper, pause)];
  return () => {
    setPlaying(false);
    goOn();
    for (const end of ends) end();
    for (const name of SETTINGS) model.off(`change:${name}`, follow);
  };
}

export default { render: makeRender("stepper", showSteps) };
