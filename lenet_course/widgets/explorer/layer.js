// A layer in the page: its maps, what is painted in them and what is marked on them.

import { SHAPES, findReceptiveField } from "../shared/net.js";
import { makeCanvas, outline, paintSigned, surround } from "../shared/maps.js";
import { fill } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";
import { NAMES, VIEWS, findIndexOf, findPlace, isVector } from "./views.js";

// `group` is what can be pointed at; its cells are the maps.
export function makeView(layer, words) {
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
  const element = makeElement("section", { class: "layer" }, heading, group);
  return { layer, element, group, cells, canvases, legend };
}

// A layer to look at, with nothing in it to point at.
export function makeStill({ layer, group }) {
  group.removeAttribute("tabindex");
  group.removeAttribute("aria-description");
  group.setAttribute("role", layer === "fc3" ? "group" : "img"); // its percentages are text
}

export function paintView({ layer, canvases, legend }, values, limit, palette) {
  const { rows, columns } = VIEWS[layer];
  canvases.forEach((canvas, map) =>
    paintSigned(canvas, values, map * rows * columns, limit, palette));
  const [end, ramp] = [limit.toFixed(1), `<i style="background:${palette.ramp}"></i>`];
  const text = `−${end}${ramp}${end}`;
  if (legend.dataset.text !== text) legend.innerHTML = legend.dataset.text = text;
}

// Outlines: the value itself, and in every earlier layer what it depends on.
export function markSelected(views, selected) {
  const { layer, index } = selected ?? {};
  const place = selected && findPlace(layer, index);
  const whole = selected && isVector(layer);
  const field = !selected || layer === "input" ? {}
    : findReceptiveField(layer, ...(whole ? [] : [place.row, place.column]));
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

// A linear layer reads everything: rings show where its largest contributions come from.
export function markLargest(views, selected, terms) {
  for (const { group } of Object.values(views)) {
    group.querySelectorAll(".ring").forEach((ring) => ring.remove());
  }
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
