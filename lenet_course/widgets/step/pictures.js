// The pictures, each over what the network answers and what it costs.

import { softmax } from "../shared/net.js";
import { makeCanvas, paintInk } from "../shared/maps.js";
import { fill, fix } from "../shared/numbers.js";
import { div, makeElement } from "../shared/page.js";
import { makeChoice } from "../shared/choice.js";
import { findAnswer } from "./loop.js";
import { writeNumber } from "./losses.js";

// At most five characters: there is no room for more in a window of 320 pixels.
const squeeze = (value, decimals) => fix(value, decimals, 10, Math.abs(value) < 1000 ? 3 : 1);

// `images`: 784 bytes each; `onPick(n)` is called when the reader picks one.
export function makePictures(images, labels, words, loop, onPick) {
  const thumbnails = images.map((_, n) => {
    const thumbnail = makeCanvas(28);
    const name = fill(words.digit, { label: labels[n], number: n + 1 });
    thumbnail.canvas.setAttribute("role", "img");
    thumbnail.canvas.setAttribute("aria-label", name);
    return thumbnail;
  });
  const readings = images.map(() => [0, 1, 2].map(() => makeElement("small")));
  const heads = ["", "", ""].map(() => makeElement("small"));
  const element = makeChoice("index", words.pictures,
    images.map((_, n) => [n, thumbnails[n].canvas, ...readings[n]]), onPick);
  element.append(div("heads", ...heads));

  function show() {
    const { logits, loss, isEntropy: entropy } = loop;
    const names = [words.answer, entropy ? "p" : "logit", entropy ? "−ln p" : "MSE"];
    heads.forEach((head, row) => (head.textContent = names[row]));
    readings.forEach(([answer, share, term], n) => {
      const row = logits?.layers[logits.batch.indexOf(n)]?.fc3;
      const best = row && findAnswer(row);
      answer.textContent = row ? `${best} ${best === labels[n] ? "✓" : "✗"}` : "";
      const shown = row && (entropy ? softmax(row) : row)[labels[n]];
      writeNumber(share, shown, (value) => squeeze(value, 2));
      // of these logits: a loss of earlier ones would not fit the p above it
      const cost = loss?.logits === logits ? loss?.terms[logits?.batch.indexOf(n)] : undefined;
      writeNumber(term, cost, (value) => squeeze(value, entropy ? 2 : 3));
    });
  }

  // Those that are not in the batch are faint.
  function markBatch() {
    element.querySelectorAll("label").forEach((label, n) =>
      label.classList.toggle("unused", !loop.batch.includes(n)));
  }

  const paint = (palette) =>
    images.forEach((image, n) => paintInk(thumbnails[n], image, palette, 255));
  return { element, show, markBatch, paint };
}
