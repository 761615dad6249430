// What the network reads: ten bars, and a sentence.

import { fill, formatPercent } from "../shared/numbers.js";
import { makeElement, write } from "../shared/page.js";

// `cells`: a digit's bar each; `show(shares, isBlank)` takes the ten probabilities.
export function makeAnswer(words, cells) {
  const element = makeElement("p", { class: "answer" });

  function show(shares, isBlank) {
    const best = shares.indexOf(Math.max(...shares));
    cells.forEach((cell, digit) => {
      cell.classList.toggle("best", digit === best);
      cell.querySelector(".bar i").style.transform = `scaleX(${shares[digit].toFixed(3)})`;
      write(cell.querySelector(".bar + span"), formatPercent(shares[digit]));
    });
    const share = formatPercent(shares[best]);
    write(element, isBlank ? words.blank : fill(words.answer, { digit: best, share }));
    element.dataset.digit = isBlank ? "" : best;
  }

  return { element, show };
}
