// Three things to draw, each ticked off once it is done; a page keeps which (`done`).

import { drawLine, prepareInk } from "../shared/ink.js";
import { forward, sum } from "../shared/net.js";
import { div, makeElement } from "../shared/page.js";

const SURE = 0.99;
const ALIKE = 0.82; // which most letters A surpass, and no digit that was tried
const A = [[[50, 160], [98, 30]], [[98, 30], [146, 160]], [[66, 115], [130, 115]]];

// What is asked for, and whether { net, drawing, side, input, digit, share, isFar } is that.
const listChallenges = (words) => ({
  nine: [words.challenge_nine, ({ net, drawing: { base, strokes }, side, digit }) => {
    const wasNine = base && readDigit(forward(net, prepareInk(base, side, side).input).fc3) === 9;
    return digit === 9 && strokes.length === 1 && !wasNine;
  }],
  letter: [words.challenge_letter, ({ side, input }) =>
    compareShapes(input, drawLetter(side)) > ALIKE],
  sure: [words.challenge_sure, ({ share, isFar }) => isFar && share > SURE],
});

const readDigit = (logits) => logits.indexOf(Math.max(...logits));

function drawLetter(side) {
  const ink = new Float32Array(side * side);
  for (const [[x, y], [toX, toY]] of A) drawLine(ink, side, { x, y }, { x: toX, y: toY }, 7);
  return prepareInk(ink, side, side).input;
}

// The cosine between two inputs that were blurred, so that lines need not meet exactly.
function compareShapes(one, other) {
  const [a, b] = [one, other].map(blur);
  const multiply = (left, right) => sum(left.map((value, i) => value * right[i]));
  return multiply(a, b) / Math.sqrt(multiply(a, a) * multiply(b, b));
}

function blur(input) {
  let blurred = Float64Array.from(input);
  for (const step of [1, 32, 1, 32]) { // along rows and columns, in turns
    blurred = blurred.map((value, i, all) =>
      (all[i - step] ?? 0) + 2 * value + (all[i + step] ?? 0));
  }
  return blurred;
}

// `judge(reading)` is called when the hand rests; `takeNews()` says once what was done since.
export function makeChallenges(model, words) {
  const challenges = Object.entries(listChallenges(words)).map(([name, [text, isDone]]) =>
    ({ name, text, isDone, item: makeElement("li", { "data-challenge": name }, text) }));
  const element = div("challenges", makeElement("h3", {}, words.challenges),
    makeElement("ul", {}, ...challenges.map(({ item }) => item)));
  let news = [], done;

  function show() {
    for (const { name, text, item } of challenges) {
      const isDone = done.has(name);
      item.toggleAttribute("data-done", isDone);
      item.replaceChildren(text, ...(isDone ? [" ", makeElement("b", {}, words.done)] : []));
    }
  }

  function takeKept() {
    done = new Set(model.get("done"));
    show();
  }

  function judge(reading) {
    if (!reading.drawing.strokes.length) return;
    for (const { name, text, isDone } of challenges) {
      if (done.has(name) || !isDone(reading)) continue;
      done.add(name);
      news.push(`${words.done}: ${text}`);
      model.keep?.("did", name);
    }
    show();
  }

  function takeNews() {
    const said = news.join(" ");
    news = [];
    return said;
  }

  takeKept();
  model.on("change:done", takeKept);
  return { element, judge, takeNews, stop: () => model.off("change:done", takeKept) };
}
