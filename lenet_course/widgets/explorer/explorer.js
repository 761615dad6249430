// LeNetExplorer: draw or pick a digit, see every layer at once, point at any value.

import {
  SHAPES, explain, findReceptiveField, forward, makeLayers, softmax,
} from "../shared/net.js";
import { padDigit, prepareInk } from "../shared/ink.js";
import {
  fill, findLimit, findTheme, format, formatPercent, makeCanvas, makeElement, makePalette, outline,
  paintInk, paintSigned, surround, watchTheme,
} from "../shared/maps.js";
import {
  HIDDEN, NAMES, SCALES, VIEWS, findCoordinates, findIndexOf, findPlace, isVector,
} from "./views.js";
import { makeRender, readDigits, readNet } from "../shared/traits.js";
import { makePad } from "./pad.js";
import { makeStrip } from "./strip.js";
import { LARGEST, drawStory } from "./story.js";
import { makePanel } from "./panel.js";
import { makeScrubber } from "./scrubber.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const QUIET = 700; // ms without a change before a screen reader is told

const clip = (value, count) => Math.max(0, Math.min(count - 1, value));

// Writing the same text again would lay out the page again.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showExplorer(model, root, style) {
  const words = model.get("words");
  const images = readDigits(model);
  let net = readNet(model);
  const layers = makeLayers();
  const views = {};
  let drawn = true; // or picked
  let palette, input, preparation, shares;
  let selected = null, pinned = false, shownChannel = 0;
  let repaint = 0, telling = 0, quiet = 0, saving = 0;

  // Elements

  const pad = makePad(words, (finished) => {
    if (model.get("index") !== -1) model.set("index", -1);
    strip.mark(-1);
    drawn = true;
    update();
    clearTimeout(quiet);
    if (finished) finish();
  });
  const strip = makeStrip(images, model.get("labels"), words, (n) => {
    model.set("index", n);
    readDigit(n);
    update();
    finish();
  });
  const answer = makeElement("p", { class: "answer" });
  const caption = makeElement("p", { class: "caption" });
  const live = makeElement("p", { class: "live", role: "status", "aria-live": "polite" });
  const panel = makePanel(words, {
    onStep: move,
    onClose: unselect,
    onChannel(channel) {
      shownChannel = channel;
      drawSelected();
    },
  });
  const scrubber = makeScrubber(model, words, () => {
    takeValues();
    announce(() => answer.textContent);
  });
  for (const layer of NAMES) views[layer] = makeView(layer);
  listen(panel.zoom, () => selected.layer);
  const frame = makeElement("i", { class: "ink-box" });
  views.input.cells[0].append(makeElement("i", { class: "margin" }), frame,
    makeElement("i", { class: "centre" }));
  const div = (name, ...children) => makeElement("div", { class: name }, ...children);
  const explorer = div("explorer",
    div("stage",
      div("drawing", makeElement("h3", {}, words.draw), pad.element, pad.tools),
      div("seen", views.input.element, caption),
      div("read", answer, views.fc3.element)),
    div("picking", makeElement("h3", {}, words.pick), strip.element),
    scrubber.element,
    div("body",
      div("layers", makeElement("p", { class: "hint" }, words.hint),
        ...HIDDEN.map((layer) => views[layer].element)),
      panel.element),
    live);
  explorer.setAttribute("role", "group");
  explorer.setAttribute("aria-label", words.title);
  root.replaceChildren(style, explorer);

  function makeView(layer) {
    const { maps, rows, columns } = VIEWS[layer];
    const shape = SHAPES[layer].join("×");
    const title = { input: words.input, fc3: words.probabilities }[layer] ?? "";
    const name = layer === "fc3" ? "softmax(fc3)" : layer;
    const canvases = [];
    const cells = Array.from({ length: maps }, (_, map) => {
      const cell = makeElement("div", { class: "map", "data-map": map });
      if (layer === "fc3") {
        cell.innerHTML = `<b>${map}</b><span class="bar"><i></i></span><span></span>`;
      } else cell.append((canvases[map] = makeCanvas(columns, rows)).canvas);
      cell.append(makeElement("i", { class: "field" }), makeElement("i", { class: "point" }));
      return cell;
    });
    const group = makeElement("div", {
      class: `maps ${layer}`, tabindex: "0", role: "application",
      "aria-label": fill(words.layer, { layer: `${title} ${name}`.trim(), shape }),
      "aria-description": words.layer_keys,
    }, ...cells);
    const legend = makeElement("span", { class: "legend", "aria-hidden": "true" });
    const heading = makeElement("h3", {}, title, makeElement("code", {}, name),
      makeElement("span", { class: "shape" }, shape), legend);
    listen(group, () => layer);
    const element = makeElement("section", { class: "layer" }, heading, group);
    return { element, cells, canvases, legend };
  }

  // Pointing

  function listen(group, getLayer) {
    const point = (event, pin) => {
      const cell = event.target.closest(".map");
      if (!cell || (pinned && !pin)) return;
      const layer = getLayer();
      const { rows, columns } = VIEWS[layer];
      const { left, top, width, height } = cell.getBoundingClientRect();
      const row = clip(Math.floor(((event.clientY - top) / height) * rows), rows);
      const column = clip(Math.floor(((event.clientX - left) / width) * columns), columns);
      select(layer, findIndexOf(layer, Number(cell.dataset.map), row, column), pin);
    };
    group.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") point(event, false);
    });
    group.addEventListener("click", (event) => point(event, true));
    group.addEventListener("focus", () => {
      const layer = getLayer();
      if (!group.matches(":focus-visible") || selected?.layer === layer) return;
      const largest = layers[layer].indexOf(Math.max(...layers[layer]));
      select(layer, largest, true);
      announce(describeSelected);
    });
    group.addEventListener("keydown", (event) => {
      const page = { PageDown: 1, PageUp: -1 }[event.key];
      if (event.key === "Escape") unselect();
      else if (MOVES[event.key]) move(...MOVES[event.key]);
      else if (page) movePage(page);
      else return;
      event.preventDefault();
      announce(describeSelected);
    });
  }

  function move(down, right) {
    if (!selected) return;
    const { maps, rows, columns } = VIEWS[selected.layer];
    const { map, row, column } = findPlace(selected.layer, selected.index);
    const to = rows === 1 ? [clip(map + down + right, maps), 0, 0]
      : [map, clip(row + down, rows), clip(column + right, columns)];
    select(selected.layer, findIndexOf(selected.layer, ...to), true);
  }

  function movePage(step) {
    if (!selected) return;
    const { maps } = VIEWS[selected.layer];
    const { map, row, column } = findPlace(selected.layer, selected.index);
    const next = (map + step + maps) % maps;
    select(selected.layer, findIndexOf(selected.layer, next, row, column), true);
  }

  function select(layer, index, pin) {
    if (pin) pinned = true;
    explorer.classList.toggle("pinned", pinned);
    if (selected?.layer === layer && selected.index === index) return;
    if (selected?.layer !== layer) shownChannel = 0;
    selected = { layer, index };
    markSelected();
    drawSelected();
  }

  function unselect() {
    selected = null;
    pinned = false;
    panel.hide();
    markSelected();
    markLargest([]);
  }

  // Outlines: the value itself, and in every earlier layer what it depends on.
  function markSelected() {
    const { layer, index } = selected ?? {};
    const place = selected && findPlace(layer, index);
    const whole = selected && isVector(layer);
    const field = !selected || layer === "input" ? {}
      : findReceptiveField(layer, ...(whole ? [] : [place.row, place.column]));
    explorer.classList.toggle("whole", Boolean(whole));
    for (const name of NAMES) {
      const view = VIEWS[name];
      let area = field[name];
      if (whole && isVector(name) && NAMES.indexOf(name) < NAMES.indexOf(layer)) {
        area = { rows: [0, view.rows], columns: [0, view.columns] };
      }
      const onlyOwn = layer === name.replace("conv", "pool"); // pooling reads one map, no other
      views[name].cells.forEach((cell, map) => {
        const reads = area && (!onlyOwn || map === place.map);
        outline(cell.querySelector(".field"), reads && area, view);
        const here = name === layer && map === place.map;
        outline(cell.querySelector(".point"), here && surround(place.row, place.column), view);
      });
    }
  }

  function drawSelected() {
    clearTimeout(telling);
    telling = 0;
    if (!selected) return;
    const { layer, index } = selected;
    const coordinates = findCoordinates(layer, index);
    const story = layer === "input" ? `<p class="note">${words.input_value}</p>`
      : drawStory(net, layers, layer, coordinates, shownChannel, palette, words);
    panel.show(layer, coordinates, layers[layer][index], story);
    enlargeSelected();
    markLargest(isVector(layer) ? explain(net, layers, layer, index).terms.slice(0, LARGEST) : []);
  }

  function enlargeSelected() {
    const { layer, index } = selected;
    panel.enlarge(layer, VIEWS[layer], isVector(layer) ? null : layers[layer],
      findPlace(layer, index), findScale(layer), palette);
  }

  // The map follows each frame of a stroke; the numbers, which nobody could read, wait for a rest.
  function followSelected() {
    enlargeSelected();
    clearTimeout(telling);
    telling = setTimeout(drawSelected, 80);
  }

  // A linear layer reads everything: rings show where its largest contributions come from.
  function markLargest(terms) {
    root.querySelectorAll(".ring").forEach((ring) => ring.remove());
    if (!terms.length) return;
    const layer = NAMES[NAMES.indexOf(selected.layer) - 1];
    for (const { channel, row, column } of terms) {
      const index = isVector(layer) ? channel : findIndexOf(layer, channel, row, column);
      const place = findPlace(layer, index);
      const ring = makeElement("i", { class: "ring" });
      outline(ring, surround(place.row, place.column), VIEWS[layer]);
      views[layer].cells[place.map].append(ring);
    }
  }

  // Updating

  const findScale = (layer) => findLimit(layers[SCALES[layer] ?? layer]);

  function readDigit(n) {
    drawn = false;
    pad.showDigit(images[n]);
    strip.mark(n);
  }

  function readInput() {
    preparation = drawn ? prepareInk(pad.ink, pad.side, pad.side) : null;
    input = drawn ? preparation.input : padDigit(images[strip.picked]);
  }

  // However many events come, one update a frame.
  function update() {
    if (!repaint) repaint = requestAnimationFrame(updateNow);
  }

  function updateNow() {
    cancelAnimationFrame(repaint);
    repaint = 0;
    readInput();
    forward(net, input, layers);
    shares = softmax(layers.fc3);
    pad.paint(palette);
    showPreparation();
    paintInk(views.input.canvases[0], layers.input, palette);
    HIDDEN.forEach(paintLayer);
    scrubber.paint(palette);
    showAnswer();
    if (selected) followSelected();
  }

  function paintLayer(layer) {
    const { rows, columns } = VIEWS[layer];
    const limit = findScale(layer);
    views[layer].canvases.forEach((canvas, map) =>
      paintSigned(canvas, layers[layer], map * rows * columns, limit, palette));
    const { legend } = views[layer];
    const [end, ramp] = [limit.toFixed(1), `<i style="background:${palette.ramp}"></i>`];
    const text = `−${end}${ramp}${end}`;
    if (legend.dataset.text !== text) legend.innerHTML = legend.dataset.text = text;
  }

  function showPreparation() {
    const { box, scale, place } = preparation ?? {};
    pad.showBox(box);
    outline(frame, box && { rows: [place.row, place.row + box.height * scale],
      columns: [place.column, place.column + box.width * scale] }, VIEWS.input);
    write(caption, drawn ? words.prepared : words.packaged);
  }

  function showAnswer() {
    const best = shares.indexOf(Math.max(...shares));
    views.fc3.cells.forEach((cell, digit) => {
      cell.classList.toggle("best", digit === best);
      cell.querySelector(".bar i").style.transform = `scaleX(${shares[digit].toFixed(3)})`;
      write(cell.querySelector(".bar + span"), formatPercent(shares[digit]));
    });
    const blank = drawn && !preparation.box;
    const share = formatPercent(shares[best]);
    write(answer, blank ? words.blank : fill(words.answer, { digit: best, share }));
    answer.dataset.digit = blank ? "" : best;
  }

  function describeSelected() {
    if (!selected) return "";
    const { layer, index } = selected;
    return `${layer}[${findCoordinates(layer, index).join(", ")}]: ${format(layers[layer][index])}`;
  }

  function announce(getText) {
    clearTimeout(quiet);
    quiet = setTimeout(() => (live.textContent = getText()), QUIET);
  }

  // Python and a screen reader hear of a drawing when the hand rests, not at each move.
  function finish() {
    announce(() => answer.textContent);
    clearTimeout(saving);
    saving = setTimeout(() => {
      if (repaint) updateNow();
      model.set("drawing", new DataView(input.slice().buffer));
      model.save_changes();
    }, 100);
  }

  function setTheme() {
    const theme = findTheme();
    explorer.dataset.theme = theme;
    palette = makePalette(theme);
    strip.paint(palette);
    update();
  }

  function showIndex() {
    const index = model.get("index");
    if (!images[index]) return;
    readDigit(index);
    update();
  }

  function takeValues() {
    net = scrubber.net ?? readNet(model);
    update();
  }

  strip.mark(-1);
  if (images[model.get("index")]) readDigit(model.get("index"));
  unselect();
  setTheme();
  updateNow();
  model.on("change:index", showIndex);
  model.on("change:values", takeValues);
  const unwatch = watchTheme(setTheme);
  return () => {
    cancelAnimationFrame(repaint);
    for (const timer of [telling, quiet, saving]) clearTimeout(timer);
    unwatch();
    scrubber.stop();
    model.off("change:index", showIndex);
    model.off("change:values", takeValues);
  };
}

export default { render: makeRender("explorer", showExplorer) };
