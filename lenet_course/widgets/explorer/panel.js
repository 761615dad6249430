// The panel beside the layers: the value pointed at, its map enlarged, and how it came about.

import { makeCanvas, outline, paintInk, paintSigned, surround } from "../shared/maps.js";
import { format } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";

const BUTTONS = { Left: ["←", 0, -1], Up: ["↑", -1, 0], Down: ["↓", 1, 0], Right: ["→", 0, 1] };

// `onStep(down, right)`, `onClose()` and `onChannel(channel)` are called by the panel's buttons.
export function makePanel(words, { onStep, onClose, onChannel }) {
  const button = (name, sign, click) => {
    const element = makeElement("button", { type: "button", "aria-label": words[name],
      "data-tool": name }, sign);
    element.addEventListener("click", click);
    return element;
  };
  const steps = Object.entries(BUTTONS).map(([name, [sign, down, right]]) =>
    button(name, sign, () => onStep(down, right)));
  const title = makeElement("p", { class: "title" });
  const zoom = makeElement("div", { class: "zoom" });
  const body = makeElement("div", { class: "numbers" });
  const element = makeElement("aside", { class: "panel", "aria-label": words.panel, hidden: "" },
    makeElement("div", { class: "head" }, zoom,
      makeElement("div", {}, title, makeElement("div", { class: "steps" }, ...steps))),
    button("close", "×", onClose), body);
  body.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-channel]");
    if (!choice) return;
    const { channel } = choice.dataset;
    onChannel(Number(channel));
    body.querySelector(`[data-channel="${channel}"]`).focus(); // the buttons were drawn anew
  });

  let large = null, cell = null, layerShown = null;

  function show(layer, coordinates, value, story) {
    element.hidden = false;
    title.innerHTML = `<code>${layer}[${coordinates.join(", ")}]</code>
      <strong><data value="${value}">${format(value)}</data></strong>`;
    body.innerHTML = story;
  }

  // The whole map once more, large enough for a finger.
  function enlarge(layer, view, values, place, limit, palette) {
    zoom.hidden = !values;
    if (!values) return;
    if (layerShown !== layer) {
      layerShown = layer;
      large = makeCanvas(view.columns, view.rows);
      const point = makeElement("i", { class: "point" });
      cell = makeElement("div", { class: "map" }, large.canvas, point);
      zoom.replaceChildren(cell);
    }
    cell.dataset.map = place.map;
    outline(cell.lastChild, surround(place.row, place.column), view);
    const start = place.map * view.rows * view.columns;
    if (layer === "input") paintInk(large, values, palette);
    else paintSigned(large, values, start, limit, palette);
  }

  function hide() {
    element.hidden = true;
    element.classList.remove("above");
  }

  return { element, zoom, show, enlarge, hide };
}
