// What the steps change, layer by layer: values, weights and gradients, each a column of maps.

import { findLimit } from "../shared/maps.js";
import { shorten } from "../shared/numbers.js";
import { code, div, makeElement } from "../shared/page.js";
import { makeChoice } from "../shared/choice.js";
import { makeTiles } from "../shared/tiles.js";
import { LAYERS, measureNorm } from "./loop.js";

// Tiles across and down, and a tile's rows and columns; conv2's kernels: a column for each map.
const TILES = {
  values: { conv1: [3, 2, 28, 28], conv2: [8, 2, 10, 10], fc1: [1, 1, 4, 30], fc2: [1, 1, 3, 28],
    fc3: [1, 1, 1, 10] },
  weights: { conv1: [3, 2, 5, 5], conv2: [16, 6, 5, 5], fc1: [1, 1, 120, 400],
    fc2: [1, 1, 84, 120], fc3: [1, 1, 10, 84] },
};
TILES.gradients = TILES.weights;

export function makePart(part, title, name, ...content) {
  return makeElement("section", { class: `part ${part}` },
    makeElement("h3", {}, title, code(name)), ...content);
}

function makeCell(part, layer, row) {
  const tiles = makeTiles(TILES[part][layer], layer === "conv2" && part !== "values");
  const [scale, size] = [makeElement("small"), makeElement("small")];
  const nothing = makeElement("i", {}, part === "gradients" ? "None" : "–");
  const cell = div("cell", div("map", tiles.canvas, nothing), div("size", scale, size));
  cell.dataset.layer = cell.ariaLabel = layer;
  cell.role = "group";
  cell.style.setProperty("--row", row);
  return { ...tiles, cell, scale, size };
}

function paintCell({ paint, cell, scale, size }, palette, values, limit, ...more) {
  cell.classList.toggle("empty", !values);
  scale.textContent = values ? `±${shorten(limit, 2)}` : "";
  size.replaceChildren(...more);
  if (values) paint(values, limit, palette);
}

function showNorm(sign, values) {
  const norm = measureNorm(values);
  return [makeElement("span", {}, sign), makeElement("data", { value: norm }, shorten(norm))];
}

// `getPalette()`: the colours of now. `parts`: the columns' elements; `views`: which of the weights
// are shown, before the last update, after it or what it changed.
export function makeBoard(words, loop, getPalette) {
  const columns = Object.fromEntries(Object.keys(TILES).map((part) => [part,
    LAYERS.map((layer, row) => makeCell(part, layer, row))]));
  const list = (part) => columns[part].map(({ cell }) => cell);
  const parts = {
    values: makePart("values", words.values, "images[0]", ...list("values")),
    weights: makePart("weights", words.weights, "weight", ...list("weights")),
    gradients: makePart("gradients", words.gradients, "weight.grad", ...list("gradients")),
  };
  const views = makeChoice("view", words.view,
    ["before", "change", "after"].map((view) => [view, words[view]]), paintWeights);
  views.querySelector("[value=after]").checked = true;
  const limits = []; // of the gradients' colours

  // Those of the picture with this index.
  function paintValues(index) {
    const { batch, logits } = loop;
    const at = Math.max(0, batch.indexOf(index));
    parts.values.querySelector("code").textContent = `images[${at}]`;
    columns.values.forEach((cell, n) => {
      const values = logits?.layers[at][LAYERS[n]];
      paintCell(cell, getPalette(), values, values && findLimit(values));
    });
  }

  function paintWeights() {
    const { net, before } = loop;
    const view = before ? views.querySelector(":checked").value : "after";
    columns.weights.forEach((cell, n) => {
      const { weight } = net[LAYERS[n]];
      const old = before?.[LAYERS[n]].weight;
      const change = old && weight.map((value, i) => value - old[i]);
      const shown = { before: old, change, after: weight }[view];
      const norm = change ? showNorm("Δ ", change) : [];
      paintCell(cell, getPalette(), shown, findLimit(shown), ...norm);
    });
  }

  // The scale stays while it can, so that a doubled gradient looks doubled.
  function paintGradients() {
    const { gradients } = loop;
    columns.gradients.forEach((cell, n) => {
      if (!gradients) return paintCell(cell, getPalette());
      const { weight } = gradients[LAYERS[n]];
      const largest = findLimit(weight);
      if (!(largest <= limits[n] && largest > limits[n] / 8)) limits[n] = 2 * largest;
      paintCell(cell, getPalette(), weight, limits[n], ...showNorm("‖·‖ ", weight));
    });
  }

  function paint(index) {
    paintValues(index);
    paintWeights();
    paintGradients();
    views.disabled = !loop.moves;
  }

  return { parts, views, paint, paintValues };
}
