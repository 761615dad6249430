// A whole number from 0 on: a box to type it into and a slider, each with the name.

import { makeElement } from "../shared/page.js";

// `onChange(number)` is called when the reader chooses one.
export function makeNumber(name, onChange) {
  const box = makeElement("input", { type: "number", min: 0, step: 1, inputmode: "numeric" });
  const slider = makeElement("input", { type: "range", min: 0, step: 1, "aria-label": name });
  let shown = 0;
  box.addEventListener("change", () => {
    const number = Math.round(Math.min(box.max, Math.max(0, box.valueAsNumber)));
    if (Number.isNaN(number)) box.value = shown;
    else onChange(number);
  });
  slider.addEventListener("input", () => onChange(slider.valueAsNumber));
  return {
    element: makeElement("div", { class: "number" }, makeElement("label", {}, name, box), slider),
    show(number, last) {
      shown = number;
      for (const input of [box, slider]) {
        input.max = last; // before the value, which it would cut
        input.value = number;
        input.disabled = last === 0;
      }
    },
  };
}
