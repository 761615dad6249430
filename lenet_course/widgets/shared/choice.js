// One of several, as radio buttons: one stop for Tab, arrow keys choose.

import { makeElement } from "./page.js";

// `options`: [value, ...content] each; `onChange(value)` is called when the reader chooses.
export function makeChoice(name, title, options, onChange) {
  const radios = options.map(([value, ...content]) => {
    const radio = makeElement("input", { type: "radio", name, value });
    radio.addEventListener("change", () => onChange(value));
    return makeElement("label", {}, radio, makeElement("span", {}, ...content));
  });
  return makeElement("fieldset", { class: `choice ${name}` },
    makeElement("legend", {}, title), ...radios);
}
