// The gradient that arrives at a node, as a picture.

import { fill, shorten } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";
import { chooseColumns, makeTiles } from "../shared/tiles.js";
import { readBytes } from "../shared/traits.js";

const LIMIT = 127; // the byte of a gradient's largest value
const [WIDTH, HEIGHT, LARGEST] = [258, 130, 24]; // of a picture and of one value, in pixels
const ROW = 12; // so many values stand side by side; more are folded

const multiply = (sizes) => sizes.reduce((product, size) => product * size, 1);

// → a node's bytes, by its index.
export function readGradients(model) {
  const bytes = readBytes(model.get("gradients"), Int8Array);
  let start = 0;
  return model.get("nodes").map(({ limit, shape }) =>
    (limit === undefined ? null : bytes.subarray(start, (start += multiply(shape)))));
}

// → tiles across and down, rows and columns of each, and whether they go down before they go across:
// a kernel's inputs stand in a column, an image's maps in a row.
function arrangeTiles(shape, length) {
  const [each, rows, columns] = [1, 1, 1, ...shape].slice(-3);
  const many = length / (each * rows * columns);
  if (many > 1 && each > 1) {
    return [[Math.max(many, each), Math.min(many, each), rows, columns], many > each];
  }
  if (many * each > 1) {
    const across = chooseColumns(many * each);
    return [[across, Math.ceil((many * each) / across), rows, columns], false];
  }
  if (rows > 1) return [[1, 1, rows, columns], false];
  const side = columns > ROW ? chooseColumns(columns) : columns;
  return [[1, 1, Math.ceil(columns / side), side], false];
}

// Nothing where no gradient is known.
export function makeGradient({ limit, shape, input }, gradients, values, palette, words) {
  if (input || !gradients.some(Boolean)) return [];
  const count = multiply(shape).toLocaleString("en");
  if (!values) return [makeElement("p", { class: "note" }, fill(words.not_drawn, { count }))];
  const { canvas, paint } = makeTiles(...arrangeTiles(shape, values.length));
  paint(values, LIMIT, palette);
  const size = Math.floor(Math.min(LARGEST, WIDTH / canvas.width, HEIGHT / canvas.height)) || 1;
  canvas.style.width = `${size * canvas.width}px`;
  const [end, ramp] = [shorten(limit), makeElement("i", { style: `background:${palette.ramp}` })];
  const zeros = values.filter((value) => value === 0).length;
  const told = zeros ? fill(words.zeros, { count, zeros: zeros.toLocaleString("en") }) : "";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${words.gradient}, ±${end}. ${told}`.trim());
  return [makeElement("figure", {}, canvas, makeElement("figcaption", {},
    makeElement("span", {}, `−${end}`, ramp, end), makeElement("span", {}, told)))];
}
