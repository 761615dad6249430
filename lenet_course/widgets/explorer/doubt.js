// How far what is read lies from the digits that the network was taught: there is no answer for
// "no digit", so that a reader has to doubt.

import { sum } from "../shared/net.js";
import { fill } from "../shared/numbers.js";
import { div, makeElement, write } from "../shared/page.js";
import { TAUGHT } from "./taught.js";

// Other networks' logits lie elsewhere. (All values: a step of training keeps the sum of fc3's.)
export function isMeasured(net) {
  let total = 0;
  for (const value of net.values) total += value;
  return Math.abs(total - TAUGHT.sum) < 0.001;
}

// How many of a hundred of MNIST's digits are nearer: by Mahalanobis' distance of the ten logits
// from the nearest digit's mean.
function countNearer(logits) {
  const turned = TAUGHT.turn.map((row) => sum(row.map((weight, i) => weight * logits[i])));
  const nearest = Math.min(...TAUGHT.means.map((mean) =>
    Math.hypot(...mean.map((value, i) => value - turned[i]))));
  return Math.max(0, TAUGHT.percentiles.filter((distance) => distance < nearest).length - 1);
}

// `show(net, logits)`, without logits where nothing is drawn; `isFar` and `text` say what came out.
// A compact one shows a sentence where it is far, and else nothing. What is not measured leaves its
// place as it was: whose weights read may change under the hand.
export function makeDoubt(words, isCompact) {
  const bar = makeElement("i");
  const text = makeElement("p");
  const meter = div("meter", bar, makeElement("b", { style: `left:${TAUGHT.limit}%` }));
  meter.setAttribute("aria-hidden", "true");
  const measured = div("measured", makeElement("h3", {}, words.distance), meter, text);
  const misses = makeElement("span", {}, ` ${words.misses}`);
  const note = makeElement("p", { class: "limits" }, words.no_answer, misses);
  const doubt = { element: isCompact ? div("doubt", text) : div("doubt", measured, note),
    isFar: false, text: "", show };
  let known = null; // a net, and whether it is the one that was measured

  function show(net, logits) {
    if (known?.net !== net) known = { net, is: isMeasured(net) };
    for (const part of [meter, misses]) part.style.visibility = known.is ? "" : "hidden";
    const count = known.is && logits ? countNearer(logits) : 0;
    doubt.isFar = count >= TAUGHT.limit;
    doubt.text = doubt.isFar ? words.far : "";
    bar.style.transform = `scaleX(${count / 100})`;
    doubt.element.classList.toggle("far", doubt.isFar);
    const nearer = isCompact ? "" : !known.is ? words.unmeasured : logits ? fill(words.nearer, { count }) : "";
    write(text, [nearer, doubt.text].filter(Boolean).join(" "));
  }

  return doubt;
}
