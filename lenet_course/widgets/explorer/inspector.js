// How the selected value came about, in the panel; it keeps up with a drawing.

import { explain, softmax } from "../shared/net.js";
import { format, formatPercent } from "../shared/numbers.js";
import { markLargest, markSelected } from "./layer.js";
import { makePanel } from "./panel.js";
import { makeSelection } from "./selection.js";
import { placeSheet } from "./sheet.js";
import { LARGEST, drawStory } from "./story.js";
import { VIEWS, findCoordinates, findPlace, isVector } from "./views.js";

const REST = 80; // ms without a change before the numbers follow

// `seen`: { net, layers, palette } as they are now; `findScale(layer)`: the limit of its colours;
// `onKey(describe)` is called after the keyboard or an arrow of the panel did something.
export function makeInspector(words, seen, views, findScale, { onChange, onKey }) {
  const selection = makeSelection(seen.layers, {
    onChange(isSame) {
      onChange(selection);
      if (isSame) return;
      markSelected(views, selection.selected);
      draw();
    },
    onKey: () => onKey(describe),
  });
  const panel = makePanel(words, {
    onStep(down, right) {
      selection.move(down, right);
      onKey(describe);
    },
    onClose() { // the focus first: its button goes
      views[selection.selected.layer].group.focus({ preventScroll: true });
      selection.unselect();
    },
    onChannel(channel) {
      selection.channel = channel;
      draw();
    },
  });
  let telling = 0;
  for (const [layer, { group }] of Object.entries(views)) selection.listen(group, () => layer);
  selection.listen(panel.zoom, () => selection.selected.layer);

  function draw() {
    wait();
    const { selected, channel } = selection;
    if (!selected) {
      panel.hide();
      return markLargest(views, selected, []);
    }
    const { layer, index } = selected;
    const { net, layers, palette } = seen;
    const coordinates = findCoordinates(layer, index);
    const story = layer === "input" ? `<p class="note">${words.input_value}</p>`
      : drawStory(net, layers, layer, coordinates, channel, palette, words);
    panel.show(layer, coordinates, layers[layer][index], story);
    enlarge();
    place();
    const terms = isVector(layer) ? explain(net, layers, layer, index).terms.slice(0, LARGEST) : [];
    markLargest(views, selected, terms);
  }

  function enlarge() {
    const { layer, index } = selection.selected;
    panel.enlarge(layer, VIEWS[layer], isVector(layer) ? null : seen.layers[layer],
      findPlace(layer, index), findScale(layer), seen.palette);
  }

  function place() {
    if (!selection.selected) return;
    const { layer, index } = selection.selected;
    const { group, cells } = views[layer];
    placeSheet(panel.element, group, cells[findPlace(layer, index).map]);
  }

  // The map follows each frame of a stroke; the numbers, which nobody could read, wait for a rest.
  function follow() {
    if (!selection.selected) return;
    enlarge();
    wait();
    telling = setTimeout(draw, REST);
  }

  function describe() {
    if (!selection.selected) return "";
    const { layer, index } = selection.selected;
    const value = format(seen.layers[layer][index]);
    const share = layer === "fc3" ? `, softmax ${formatPercent(softmax(seen.layers.fc3)[index])}` : "";
    return `${layer}[${findCoordinates(layer, index).join(", ")}]: ${value}${share}`;
  }

  const wait = () => clearTimeout(telling);
  const scrolling = { capture: true, passive: true }; // of the window, or of what a notebook scrolls
  document.addEventListener("scroll", place, scrolling);

  function stop() {
    wait();
    document.removeEventListener("scroll", place, scrolling);
  }

  return { element: panel.element, selection, follow, describe, stop };
}
