// Pooling: one number for each window.

import { asBatch, pair } from "./convolution.js";
import { ops, record, rename } from "./graph.js";
import { countOf } from "./shapes.js";
import { Tensor, allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

// The windows of one dimension, cut to where there are numbers: [start, end] each
function listWindows(size, width, step, padding) {
  const count = Math.max(0, Math.floor((size + 2 * padding - width) / step) + 1);
  return Array.from({ length: count }, (_, i) => {
    const start = i * step - padding;
    return [Math.max(start, 0), Math.min(start + width, size)];
  });
}

// Where the largest number of a window lies in its map; among equals the first.
function findLargest(values, start, width, [top, bottom], [left, right]) {
  let best = -Infinity;
  let winner = top * width + left;
  for (let row = top; row < bottom; row++) {
    for (let at = row * width + left; at < row * width + right; at++) {
      const value = values[start + at];
      if (value > best || value !== value) {
        best = value;
        winner = at;
      }
    }
  }
  return winner;
}

export const pooling = {
  max_pool2d_with_indices(t, kernel, stride = null, padding = 0) {
    if (t.shape.length === 3) {
      const whole = ops.max_pool2d_with_indices(ops.unsqueeze(t, 0), kernel, stride, padding);
      return whole.map((x) => ops.squeeze(x, 0));
    }
    const [count, channels, height, width] = t.shape;
    const [widths, steps, paddings] = [kernel, stride ?? kernel, padding].map(pair);
    const [rows, columns] = [height, width].map((size, i) =>
      listWindows(size, widths[i], steps[i], paddings[i]));
    const shape = [count, channels, rows.length, columns.length];
    require(rows.length && columns.length, words.pool, t.shape.slice(1), shape.slice(1));
    const [values, winners] = [valuesOf(t), new Float64Array(countOf(shape))];
    const out = allocate(t.dtype, winners.length);
    for (let start = 0, o = 0; start < values.length; start += height * width) {
      for (const row of rows) {
        for (const column of columns) {
          winners[o] = findLargest(values, start, width, row, column);
          out[o] = values[start + winners[o++]];
        }
      }
    }
    const area = rows.length * columns.length;
    const indices = new Tensor(winners, shape, "int64");
    const result = make(out, shape, t.dtype);
    record(result, "MaxPool2DWithIndicesBackward0", [t], [t, indices], (g) => [() => {
      const [back, gradients] = [allocate(g.dtype, values.length), valuesOf(g)];
      for (let map = 0, o = 0; o < winners.length; map += height * width) {
        for (const end = o + area; o < end; o++) back[map + winners[o]] += gradients[o];
      }
      return make(back, t.shape, g.dtype);
    }]);
    return [result, indices];
  },
  max_pool2d: (t, kernel, stride = null, padding = 0) =>
    ops.max_pool2d_with_indices(t, kernel, stride, padding)[0],

  avg_pool2d(t, kernel, stride = null) {
    if (t.shape.length === 3) return asBatch(t, (x) => ops.avg_pool2d(x, kernel, stride));
    const [[rows, columns], [down, right]] = [kernel, stride ?? kernel].map(pair);
    const windows = ops.unfold(ops.unfold(t, 2, rows, down), 3, columns, right);
    return rename(ops.mean(windows, [4, 5]), "AvgPool2DBackward0");
  },
};
