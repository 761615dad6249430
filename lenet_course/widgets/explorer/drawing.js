// A drawing: what was on the pad before, and the strokes made since. The pen is thinner on a small
// drawing, as scaling that to the network's input thickens its lines: a small 8 keeps its holes. So
// strokes are kept, and all are drawn anew when the drawing, and with it the pen, has grown.

import { drawLine, findInk } from "../shared/ink.js";

const PEN = 7; // radii, in pixels of the pad
const ERASER = 12;
const THINNEST = 1;
const LARGE = 100; // pixels across, from which the pen has its whole radius

// `ink` may be set from outside; `strokes`: { erase, points } each; `base`: the ink under them.
export function makeDrawing(side) {
  const drawing = { ink: new Float32Array(side * side), strokes: [], base: null,
    begin, extend, clear, keep, restore };
  let radius, bounds;

  function begin(erase) {
    const found = findInk(drawing.ink, side, side);
    if (!found) clear();
    else if (!drawing.strokes.length) {
      clear(drawing.ink.slice());
      include({ x: found.left, y: found.top });
      include({ x: found.left + found.width, y: found.top + found.height });
    }
    drawing.strokes = [...drawing.strokes, { erase, points: [] }];
  }

  function extend(place) {
    const { erase, points } = drawing.strokes.at(-1);
    points.push(place);
    if (!erase && include(place)) redraw();
    else drawPart(points.at(-2) ?? place, place, erase);
  }

  // Tells whether the pen has grown: by quarters, so that not every move draws all anew.
  function include({ x, y }) {
    const { left, right, top, bottom } = bounds;
    bounds = { left: Math.min(left, x), right: Math.max(right, x),
      top: Math.min(top, y), bottom: Math.max(bottom, y) };
    const size = Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
    const before = radius;
    radius = Math.max(THINNEST, Math.round(4 * PEN * Math.min(1, size / LARGE)) / 4);
    return radius > before;
  }

  function drawPart(from, to, erase) {
    drawLine(drawing.ink, side, from, to, erase ? ERASER : radius, erase);
  }

  function redraw() {
    drawing.ink.set(drawing.base ?? new Float32Array(side * side));
    for (const { erase, points } of drawing.strokes) {
      points.forEach((place, n) => drawPart(points[n - 1] ?? place, place, erase));
    }
  }

  function clear(base = null) {
    drawing.base = base;
    drawing.strokes = [];
    radius = THINNEST;
    bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    drawing.ink.set(base ?? new Float32Array(side * side));
  }

  // For undoing: what restore() takes.
  function keep() {
    const { ink, strokes, base } = drawing;
    return { shown: ink.slice(), strokes, base, radius, bounds };
  }

  function restore(kept) {
    drawing.ink.set(kept.shown);
    ({ radius, bounds } = kept);
    Object.assign(drawing, { strokes: kept.strokes, base: kept.base });
  }

  clear();
  return drawing;
}
