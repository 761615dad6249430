// Which values of each layer are shown as which maps.

import { SHAPES } from "../shared/net.js";

// What is shown: maps × rows × columns. A value's index in its layer is
// (map * rows + row) * columns + column, for vectors too, however they are folded.
export const VIEWS = {
  input: { maps: 1, rows: 32, columns: 32 },
  conv1: { maps: 6, rows: 28, columns: 28 },
  pool1: { maps: 6, rows: 14, columns: 14 },
  conv2: { maps: 16, rows: 10, columns: 10 },
  pool2: { maps: 16, rows: 5, columns: 5 },
  fc1: { maps: 1, rows: 4, columns: 30 },
  fc2: { maps: 1, rows: 3, columns: 28 },
  fc3: { maps: 10, rows: 1, columns: 1 },
};
export const NAMES = Object.keys(VIEWS);
export const HIDDEN = NAMES.slice(1, -1); // those below the stage
export const SCALES = { pool1: "conv1", pool2: "conv2" }; // a pair's colours can be compared

export const isVector = (layer) => SHAPES[layer].length === 1;

export function findPlace(layer, index) {
  const { rows, columns } = VIEWS[layer];
  const map = Math.floor(index / rows / columns);
  return { map, row: Math.floor(index / columns) % rows, column: index % columns };
}

export function findIndexOf(layer, map, row, column) {
  const { rows, columns } = VIEWS[layer];
  return (map * rows + row) * columns + column;
}

// The value's own coordinates in its tensor: [channel, row, column] or [neuron].
export function findCoordinates(layer, index) {
  if (isVector(layer)) return [index];
  const { map, row, column } = findPlace(layer, index);
  return [map, row, column];
}
