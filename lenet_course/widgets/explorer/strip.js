// The strip of packaged digits: one stop for Tab, arrow keys go along it.

import { makeCanvas, paintInk } from "../shared/maps.js";
import { fill } from "../shared/numbers.js";
import { isShortcut, makeElement } from "../shared/page.js";

const TURNS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// `images`: 784 bytes each; `onPick(n)` is called when the reader picks one.
export function makeStrip(images, labels, words, onPick) {
  const maps = images.map(() => makeCanvas(28));
  const buttons = images.map((_, n) => {
    const name = fill(words.digit, { label: labels[n], number: n + 1 });
    const button = makeElement("button", { type: "button", role: "radio", "aria-label": name },
      maps[n].canvas);
    button.addEventListener("click", () => onPick(n));
    return button;
  });
  const element = makeElement("div", {
    class: "strip", role: "radiogroup", "aria-label": words.pick,
  }, ...buttons);
  element.addEventListener("keydown", (event) => {
    const from = buttons.indexOf(event.target);
    if (from < 0 || !TURNS[event.key] || isShortcut(event)) return;
    event.preventDefault();
    const next = (from + TURNS[event.key] + buttons.length) % buttons.length;
    buttons[next].focus();
    onPick(next);
  });
  return {
    element,
    picked: null,
    mark(picked) {
      if (this.picked === picked) return;
      this.picked = picked;
      buttons.forEach((button, n) => {
        button.setAttribute("aria-checked", n === picked);
        button.tabIndex = n === Math.max(picked, 0) ? 0 : -1;
      });
    },
    paint(palette) {
      images.forEach((image, n) => paintInk(maps[n], image, palette, 255));
    },
  };
}
