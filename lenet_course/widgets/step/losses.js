// The loss as a number and as a curve, and the weights that the last update moved furthest.

import { PARAMETERS } from "../shared/net.js";
import { fill, fix, shorten } from "../shared/numbers.js";
import { code, div, makeElement } from "../shared/page.js";
import { makePart } from "./board.js";

// A number, if there is one, and how it is shown.
export function writeNumber(element, value, write) {
  element.replaceChildren(value === undefined ? "" : makeElement("data", { value }, write(value)));
}

// Where a weight lies in its tensor, as one writes it in Python.
function writePlace(layer, index) {
  const place = [...PARAMETERS[layer].weight].reverse().map((size) => {
    const at = index % size;
    index = Math.floor(index / size);
    return at;
  });
  return `${layer}.weight[${place.reverse().join(", ")}]`;
}

export function makeLosses(words, loop) {
  const number = makeElement("strong");
  const formula = makeElement("small");
  const figure = div("curve");
  const part = makePart("losses", words.losses, "loss", div("number", number, formula), figure);

  function show() {
    const { loss } = loop;
    writeNumber(number, loss?.value, (value) => fix(value, 4, 100));
    const count = loss?.logits.batch.length;
    formula.textContent = count > 1 ? fill(words.mean, { count }) : "";
    drawCurve();
  }

  function drawCurve() {
    const points = loop.curve.filter(([, value]) => Number.isFinite(value));
    figure.replaceChildren();
    figure.role = figure.ariaLabel = null;
    if (!points.length) return;
    const first = points[0][0];
    const last = Math.max(first + 10, points.at(-1)[0]);
    const top = Math.max(...points.map(([, value]) => value));
    const places = points.map(([step, value]) =>
      [(100 * (step - first)) / (last - first), 100 - (100 * value) / (top || 1)]);
    const [x, y] = places.at(-1);
    figure.innerHTML = `<svg viewBox="0 0 100 100" preserveAspectRatio="none"><polyline
      points="${places.join(" ")}"/></svg><i style="left:${x}%;top:${y}%"></i>`;
    const [start, end] = [points[0], points.at(-1)].map(([, value]) => shorten(value));
    figure.role = "img";
    figure.ariaLabel = fill(words.curve, { start, end });
    figure.append(...[shorten(top, 2), 0, first, last].map((text) => makeElement("small", {}, text)));
  }

  return { part, show };
}

export function makeMoves(words, loop) {
  const element = div("moves");

  function show() {
    const { moves } = loop;
    element.hidden = !moves;
    if (!moves) return;
    const five = (value) => makeElement("data", { value }, fix(value, 5, 10, 5));
    const rows = moves.map(({ layer, at, old, step, now, learningRate }) => {
      const factor = step < 0 ? `(${shorten(step)})` : shorten(step);
      return makeElement("p", {}, code(writePlace(layer, at)),
        makeElement("span", {}, five(old), ` − ${learningRate} × `,
          makeElement("data", { value: step }, factor), " ≈ ", five(now)));
    });
    element.replaceChildren(makeElement("h3", {}, words.moves), ...rows);
  }

  return { element, show };
}
