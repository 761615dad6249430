// LeNetExplorer: draw or pick a digit, see every layer at once, point at any value. On the book's
// landing page it is compact: the pad, the answer and the maps, with nothing to point at. A training
// one is compact too, and has the recorded run's checkpoints to read with.

import { forward, makeLayers, softmax } from "../shared/net.js";
import { padDigit, prepareInk } from "../shared/ink.js";
import { findLimit, makePalette, outline, paintInk } from "../shared/maps.js";
import { div, findTheme, makeElement, pauseUnseen, watchTheme, watchWidth, write } from "../shared/page.js";
import { makeRender, readDigits, readNet } from "../shared/traits.js";
import { makeAnswer } from "./answer.js";
import { makeChallenges } from "./challenges.js";
import { isMeasured, makeDoubt } from "./doubt.js";
import { makeInspector } from "./inspector.js";
import { makeStill, makeView, paintView } from "./layer.js";
import { makeOwner } from "./owner.js";
import { makePad } from "./pad.js";
import { drawPicture } from "./picture.js";
import { makeScrubber } from "./scrubber.js";
import { watchSight } from "./sight.js";
import { makeStrip } from "./strip.js";
import { makeTour } from "./tour.js";
import { HIDDEN, NAMES, SCALES, VIEWS, isVector } from "./views.js";

const QUIET = 700; // ms without a change before a screen reader is told
const SAVING = 100; // and before Python is
const ROOM = 880; // px, from which the panel has a column of its own (explorer.css)
const MAPS = ["conv1", "pool1", "conv2", "pool2"]; // the layers of a compact explorer

function showExplorer(model, root, style) {
  const words = model.get("words");
  const images = readDigits(model);
  let net = readNet(model);
  const seen = { net, layers: makeLayers(), palette: null };
  let drawn = true; // or picked
  let repaint = 0, quiet = 0, saving = 0;

  // Elements

  const views = Object.fromEntries(NAMES.map((layer) => [layer, makeView(layer, words)]));
  const isTraining = Boolean(model.get("training"));
  const isCompact = isTraining || Boolean(model.get("compact"));
  const pad = makePad(words, isCompact, (finished) => {
    if (model.get("index") !== -1) model.set("index", -1);
    strip.mark(-1);
    drawn = true;
    update();
    for (const timer of [quiet, saving]) clearTimeout(timer); // the hand does not rest
    if (finished) finish();
  });
  const strip = makeStrip(images, model.get("labels"), words, (n) => {
    model.set("index", n);
    readDigit(n);
    update();
    finish();
  });
  const answer = makeAnswer(words, views.fc3.cells);
  const caption = makeElement("p", { class: "caption" });
  const isTouch = matchMedia("(pointer: coarse)").matches; // a finger has no Esc
  const hint = makeElement("p", { class: "hint" },
    `${words.hint} ${isTouch ? words.hold_touch : words.hold}`);
  const live = makeElement("p", { class: "live", role: "status", "aria-live": "polite" });
  const findScale = (layer) => findLimit(seen.layers[SCALES[layer] ?? layer]);
  const doubt = makeDoubt(words, isCompact);
  const challenges = isCompact ? null : makeChallenges(model, words);
  const inspector = isCompact ? null : makeInspector(words, seen, views, findScale, {
    onChange({ selected, pinned }) {
      explorer.classList.toggle("pinned", pinned);
      explorer.classList.toggle("pointing", Boolean(selected));
      explorer.classList.toggle("whole", Boolean(selected && isVector(selected.layer)));
      if (!explorer.classList.contains("touring")) model.keep?.("held", pinned ? selected : null);
    },
    onKey: announce,
  });
  const tour = isCompact ? null : makeTour(words, seen, views, inspector.selection, {
    getLabel: () => (drawn ? null : model.get("labels")[strip.picked]), refresh: updateNow, announce,
  });
  const scrubber = makeScrubber(model, words, {
    onLoad: update,
    onChange() {
      takeValues();
      announce(tell);
    },
  });
  const ownName = isMeasured(net) ? words.reads_packaged : words.reads_own;
  const owner = model.load && !isCompact ? makeOwner(words, model.load, ownName, () => {
    scrubber.close();
    takeValues();
    announce(tell);
  }) : null;
  const frame = makeElement("i", { class: "ink-box" });
  views.input.cells[0].append(makeElement("i", { class: "margin" }), frame,
    makeElement("i", { class: "centre" }));
  const sight = watchSight(HIDDEN.map((layer) => views[layer]), ({ layer }) =>
    paintView(views[layer], seen.layers[layer], findScale(layer), seen.palette));
  const stage = div("stage",
    div("drawing", makeElement("h3", {}, words.draw), pad.element, pad.tools),
    div("seen", views.input.element, caption),
    div("read", answer.element, views.fc3.element,
      isCompact ? doubt.element : makeElement("slot", { name: "links" })));
  const picking = div("picking", makeElement("h3", {}, words.pick), strip.element);
  const explorer = isCompact
    ? div("explorer compact", stage, ...(isTraining ? [picking, scrubber.element] : []),
      div("layers", ...MAPS.map((layer) => views[layer].element)),
      makeElement("p", { class: "note" }, words.compact_maps), live)
    : div("explorer", stage, ...(owner ? [owner.element] : []), tour.element, div("worth", doubt.element, challenges.element),
      div("body",
        picking, scrubber.element, hint,
        div("layers", ...HIDDEN.map((layer) => views[layer].element)),
        div("beside", inspector.element)),
      live);
  if (isCompact) Object.values(views).forEach(makeStill);
  if (isTraining) scrubber.fit(true);
  explorer.setAttribute("role", "group");
  explorer.setAttribute("aria-label", words.title);
  root.replaceChildren(style, explorer);

  // Updating

  function readDigit(n) {
    drawn = false;
    pad.showDigit(images[n]);
    strip.mark(n);
  }

  // However many events come, one update a frame.
  function update() {
    if (!repaint) repaint = requestAnimationFrame(updateNow);
  }

  function updateNow() {
    cancelAnimationFrame(repaint);
    repaint = 0;
    const { layers, palette } = seen;
    const preparation = drawn ? prepareInk(pad.ink, pad.side, pad.side) : null;
    const input = drawn ? preparation.input : padDigit(images[strip.picked]);
    seen.net = tour ? tour.train(net, input) : net;
    forward(seen.net, input, layers);
    pad.paint(palette);
    showPreparation(preparation);
    paintInk(views.input.canvases[0], layers.input, palette);
    sight.paint();
    scrubber.paint(palette);
    const isBlank = drawn && !preparation.box;
    answer.show(softmax(layers.fc3), isBlank);
    scrubber.showAnswer(answer.element.textContent);
    doubt.show(seen.net, isBlank ? null : layers.fc3);
    inspector?.follow();
    tour?.follow();
  }

  function showPreparation(preparation) {
    const { box, scale, place } = preparation ?? {};
    pad.showBox(box);
    outline(frame, box && { rows: [place.row, place.row + box.height * scale],
      columns: [place.column, place.column + box.width * scale] }, VIEWS.input);
    write(caption, preparation ? words.prepared : words.packaged);
  }

  function announce(getText) {
    clearTimeout(quiet);
    quiet = setTimeout(() => (live.textContent = getText()), QUIET);
  }

  // Python and a screen reader hear of a drawing when the hand rests, not at each move.
  function finish() {
    announce(tell);
    clearTimeout(saving);
    saving = setTimeout(() => {
      if (repaint) updateNow();
      if (drawn) judge();
      model.keep?.("ink", drawn ? pad.ink.slice() : null);
      model.set("drawing", new DataView(seen.layers.input.slice().buffer));
      model.save_changes();
    }, SAVING);
  }

  function judge() {
    const { net, layers } = seen;
    const shares = softmax(layers.fc3);
    const share = Math.max(...shares);
    challenges?.judge({ net, drawing: pad.drawing, side: pad.side, input: layers.input,
      digit: shares.indexOf(share), share, isFar: doubt.isFar });
  }

  // What a screen reader hears.
  function tell() {
    const parts = [answer.element.textContent, doubt.text, challenges?.takeNews(), tour?.text];
    return parts.filter(Boolean).join(" ");
  }

  function setTheme() {
    explorer.dataset.theme = seen.theme = findTheme();
    seen.palette = makePalette(seen.theme);
    strip.paint(seen.palette);
    update();
  }

  function showIndex() {
    const index = model.get("index");
    if (!images[index]) return;
    readDigit(index);
    update();
  }

  function takeFile() {
    const { blob, name } = model.get("file");
    owner?.open(blob, name);
  }

  function takeValues() {
    net = scrubber.net ?? owner?.net ?? readNet(model);
    owner?.show(scrubber.tell());
    update();
  }

  const [ink, held] = ["ink", "held"].map((name) => model.get(name)); // of a link
  strip.mark(-1);
  if (ink) pad.ink.set(ink);
  if (images[model.get("index")]) readDigit(model.get("index"));
  inspector?.selection.unselect();
  setTheme();
  updateNow();
  if (held) inspector?.selection.select(held.layer, held.index, true);
  if (model.get("tour")) {
    queueMicrotask(() => { // when the page listens, so that the address forgets it
      model.keep?.("tour", null);
      tour?.start();
    });
  }
  model.keep?.("picture", () => drawPicture(words, seen, findScale,
    [answer.element.textContent, scrubber.tell() || (owner?.net ? owner.text : ""), inspector.describe()]));
  model.on("change:index", showIndex);
  model.on("change:values", takeValues);
  model.on("change:file", takeFile);
  if (model.get("file")) takeFile();
  const ends = [watchTheme(setTheme), pauseUnseen(explorer, scrubber.pause)];
  if (model.get("isPage") && !isCompact) {
    ends.push(watchWidth(explorer, (width) => scrubber.fit(width >= ROOM)));
  }
  return () => {
    cancelAnimationFrame(repaint);
    for (const timer of [quiet, saving]) clearTimeout(timer);
    inspector?.stop();
    challenges?.stop();
    tour?.stop();
    for (const end of ends) end();
    scrubber.stop();
    sight.stop();
    model.off("change:index", showIndex);
    model.off("change:values", takeValues);
    model.off("change:file", takeFile);
  };
}

export default { render: makeRender("explorer", showExplorer) };
