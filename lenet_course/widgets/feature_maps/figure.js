// Maps as a figure: side by side, their name below them, and the ends of their colours' scale.

import { makeCanvas, outline, paintInk, paintSigned, surround } from "../shared/maps.js";
import { shorten } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";
import { chooseColumns } from "../shared/tiles.js";

// The lowest and the highest of what is finite.
export function findEnds(values) {
  const sorted = values.filter(Number.isFinite).sort();
  return [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
}

export function makeInk({ values, rows, columns }, palette) {
  const canvas = makeCanvas(columns, rows);
  paintInk(canvas, values, palette, 255);
  return canvas.canvas;
}

// `label`: what the maps are to who does not see them; `ends`: of the scale; `chosen`: the map that
// is marked; `onPick(channel)` is called when the reader points at one.
export function makeFigure(palette, name, size, maps, label, { ends, chosen, onPick } = {}) {
  const limit = ends && Math.max(0, ...ends.map(Math.abs).filter(Number.isFinite));
  const grid = ends ? makeGrid(maps, limit, palette, chosen, onPick)
    : makeElement("div", { class: "grid" }, makeInk(maps, palette));
  grid.setAttribute("role", "img");
  grid.setAttribute("aria-label", label);
  const caption = makeElement("figcaption", {}, makeElement("code", {}, name));
  if (ends) {
    const end = shorten(limit);
    const ramp = makeElement("i", { style: `background:${palette.ramp}` });
    caption.append(makeElement("span", { class: "scale" }, `−${end}`, ramp, end));
  }
  return makeElement("figure", { class: size }, grid, caption);
}

// Single values lie folded in one map.
function makeGrid({ values, count, rows, columns }, limit, palette, chosen, onPick) {
  const across = chooseColumns(count);
  const single = rows * columns === 1;
  const view = single ? { rows: Math.ceil(count / across), columns: across } : { rows, columns };
  const cells = Array.from({ length: single ? 1 : count }, (_, map) => {
    const canvas = makeCanvas(view.columns, view.rows);
    paintSigned(canvas, values, map * rows * columns, limit, palette);
    return makeElement("div", { class: "map" }, canvas.canvas);
  });
  const numbered = cells.map((cell, map) => makeElement("div", {},
    ...(cells.length > 1 ? [makeElement("small", {}, map)] : []), cell));
  const grid = makeElement("div",
    { class: "grid", style: `--across:${single ? 1 : across}` }, ...numbered);
  if (!onPick) return grid;
  const mark = makeElement("i", { class: "mark" });
  const place = single ? surround(Math.floor(chosen / across), chosen % across)
    : { rows: [0, rows], columns: [0, columns] };
  outline(mark, place, view);
  cells[single ? 0 : chosen].append(mark);
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest(".map");
    if (!cell) return;
    const { left, top, width, height } = cell.getBoundingClientRect();
    const row = Math.floor(((event.clientY - top) / height) * view.rows);
    const column = Math.floor(((event.clientX - left) / width) * across);
    const channel = single ? row * across + column : cells.indexOf(cell);
    if (channel >= 0 && channel < count) onPick(channel);
  });
  return grid;
}
