// Pooling: one number for each window.

import { asBatch, pair } from "./convolution.js";
import { ops, record, rename } from "./graph.js";
import { allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

const isNone = (padding) => pair(padding).every((size) => size === 0);

// Where windows begin in a map, and where their numbers lie from there
function listWindows({ shape }, kernel, stride) {
  const [height, width] = shape.slice(-2);
  const [[rows, columns], [down, right]] = [kernel, stride ?? kernel].map(pair);
  const [outY, outX] = [[height, rows, down], [width, columns, right]].map(([size, window, step]) =>
    Math.max(0, Math.floor((size - window) / step) + 1));
  const sizes = [shape[0], shape[1], outY, outX];
  require(outY && outX, words.pool, shape.slice(1), sizes.slice(1));
  const starts = Array.from({ length: outY * outX }, (_, i) =>
    Math.floor(i / outX) * down * width + (i % outX) * right);
  const inside = Array.from({ length: rows * columns }, (_, i) =>
    Math.floor(i / columns) * width + (i % columns));
  return { sizes, starts, inside, area: height * width };
}

// The maxima of windows and where they lie in their maps. Among equals the first wins; nothing
// beats NaN.
function findMaxima(t, kernel, stride) {
  const { sizes, starts, inside, area } = listWindows(t, kernel, stride);
  const [values, count] = [valuesOf(t), starts.length];
  const out = allocate(t.dtype, (values.length / area) * count);
  const winners = new Int32Array(out.length);
  for (let o = 0; o < out.length; o++) {
    const [map, start] = [Math.floor(o / count) * area, starts[o % count]];
    let [winner, best] = [start, values[map + start]];
    for (let i = 1; i < inside.length; i++) {
      const value = values[map + start + inside[i]];
      if (value > best || (value !== value && best === best)) {
        winner = start + inside[i];
        best = value;
      }
    }
    winners[o] = winner;
    out[o] = best;
  }
  const result = make(out, sizes, t.dtype);
  record(result, "MaxPool2DWithIndicesBackward0", [t], [t], (g) => [() => {
    const [back, gradients] = [allocate(g.dtype, t.numel), valuesOf(g)];
    for (let map = 0, o = 0; o < winners.length; map += area) {
      for (const end = o + count; o < end; o++) back[map + winners[o]] += gradients[o];
    }
    return make(back, t.shape, g.dtype);
  }]);
  return [result, winners];
}

export const pooling = {
  max_pool2d(t, kernel, stride = null, padding = 0) {
    if (t.shape.length === 3) return asBatch(t, (x) => ops.max_pool2d(x, kernel, stride, padding));
    const [y, x] = pair(padding);
    const around = y || x ? ops.pad(t, [x, x, y, y], -Infinity) : t;
    return findMaxima(around, kernel, stride)[0];
  },
  max_pool2d_with_indices(t, kernel, stride = null, padding = 0) {
    require(isNone(padding), words.poolPadding);
    if (t.shape.length === 3) {
      const whole = ops.max_pool2d_with_indices(ops.unsqueeze(t, 0), kernel, stride);
      return whole.map((x) => ops.squeeze(x, 0));
    }
    const [result, winners] = findMaxima(t, kernel, stride);
    return [result, make(winners, result.shape, "int64")];
  },

  avg_pool2d(t, kernel, stride = null, padding = 0) {
    require(isNone(padding), words.poolPadding);
    if (t.shape.length === 3) return asBatch(t, (x) => ops.avg_pool2d(x, kernel, stride));
    const [[rows, columns], [down, right]] = [kernel, stride ?? kernel].map(pair);
    const windows = ops.unfold(ops.unfold(t, 2, rows, down), 3, columns, right);
    return rename(ops.mean(windows, [4, 5]), "AvgPool2DBackward0");
  },
};
