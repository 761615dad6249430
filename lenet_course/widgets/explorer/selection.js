// The value pointed at, by pointer or keyboard, held or not.

import { isShortcut } from "../shared/page.js";
import { VIEWS, findIndexOf, findPlace } from "./views.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const clip = (value, count) => Math.max(0, Math.min(count - 1, value));

// `selected`: { layer, index }, or null; `channel`: which of conv2's six is in view. `onChange()` is
// called when another value, or none, is selected, `onKey()` after the keyboard did something.
export function makeSelection(layers, { onChange, onKey }) {
  const selection = { selected: null, pinned: false, channel: 0, listen, move, select, unselect,
    restore };

  function select(layer, index, pin) {
    if (pin) selection.pinned = true;
    const { selected } = selection;
    if (selected?.layer !== layer) selection.channel = 0;
    const isSame = selected?.layer === layer && selected.index === index;
    if (!isSame) selection.selected = { layer, index };
    onChange(isSame);
  }

  function unselect() {
    restore({ selected: null, pinned: false });
  }

  function restore(state) {
    Object.assign(selection, state);
    onChange(false);
  }

  function move(down, right) {
    if (!selection.selected) return;
    const { layer, index } = selection.selected;
    const { maps, rows, columns } = VIEWS[layer];
    const { map, row, column } = findPlace(layer, index);
    const to = rows === 1 ? [clip(map + down + right, maps), 0, 0]
      : [map, clip(row + down, rows), clip(column + right, columns)];
    select(layer, findIndexOf(layer, ...to), true);
  }

  function movePage(step) {
    if (!selection.selected) return;
    const { layer, index } = selection.selected;
    const { maps } = VIEWS[layer];
    const { map, row, column } = findPlace(layer, index);
    select(layer, findIndexOf(layer, (map + step + maps) % maps, row, column), true);
  }

  function point(event, layer, pin) {
    const cell = event.target.closest(".map");
    if (!cell || (selection.pinned && !pin)) return;
    const { rows, columns } = VIEWS[layer];
    const { left, top, width, height } = cell.getBoundingClientRect();
    const row = clip(Math.floor(((event.clientY - top) / height) * rows), rows);
    const column = clip(Math.floor(((event.clientX - left) / width) * columns), columns);
    select(layer, findIndexOf(layer, Number(cell.dataset.map), row, column), pin);
  }

  // `group` shows the maps of the layer that getLayer() names.
  function listen(group, getLayer) {
    group.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") point(event, getLayer(), false);
    });
    group.addEventListener("click", (event) => point(event, getLayer(), true));
    group.addEventListener("focus", () => {
      const layer = getLayer();
      if (!group.matches(":focus-visible") || selection.selected?.layer === layer) return;
      select(layer, layers[layer].indexOf(Math.max(...layers[layer])), true);
      onKey();
    });
    group.addEventListener("keydown", (event) => {
      if (isShortcut(event)) return;
      const page = { PageDown: 1, PageUp: -1 }[event.key];
      if (event.key === "Escape") unselect();
      else if (MOVES[event.key]) move(...MOVES[event.key]);
      else if (page) movePage(page);
      else return;
      event.preventDefault();
      onKey();
    });
  }

  return selection;
}
