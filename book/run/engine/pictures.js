// Pictures in other sizes and places.

import { ops, rename } from "./graph.js";
import { allocate, make, tensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

// (to, from): how much of each old place goes into a new one. Antialiased, a place as wide as
// `step` old ones reads all of them.
function makeResize(from, to, antialias, dtype) {
  const step = from / to;
  const reach = antialias ? Math.max(step, 1) : 1;
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = step * (i + 0.5) - 0.5;
    const at = antialias ? centre : Math.min(Math.max(centre, 0), from - 1);
    const row = weights.subarray(i * from, (i + 1) * from);
    for (let j = 0; j < from; j++) row[j] = Math.max(0, 1 - Math.abs(j - at) / reach);
    const total = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < from; j++) row[j] /= total;
  }
  return make(weights, [to, from], dtype);
}

// The four pixels around a place, with their shares: outside of the picture all are 0.
function sampleAt(values, start, height, width, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let total = 0;
  for (let row = top; row < top + 2; row++) {
    for (let column = left; column < left + 2; column++) {
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      total += share * values[start + row * width + column];
    }
  }
  return total;
}

export const pictures = {
  // Each row of the result is a mean of rows of the picture, and so with columns: two products.
  interpolate(t, sizes, mode = "nearest", antialias = false) {
    require(mode === "bilinear", words.resize, mode);
    const [down, across] = sizes.map((size, i) =>
      makeResize(t.shape[2 + i], size, antialias, t.dtype));
    const result = ops.matmul(ops.matmul(down, t), ops.t(across));
    return rename(result, `UpsampleBilinear2D${antialias ? "Aa" : ""}Backward0`);
  },

  // Where each place of the result reads, from -1 to 1, (x, y): theta (N, 2, 3) times (x, y, 1)
  affine_grid(theta, [count, , height, width]) {
    const centre = (i, size) => (2 * i + 1) / size - 1;
    const places = Array.from({ length: height * width }, (_, i) =>
      [centre(i % width, width), centre(Math.floor(i / width), height), 1]);
    const base = tensor(places.flat(), [height * width, 3], theta.dtype);
    const grid = ops.matmul(base, ops.transpose(theta, 1, 2));
    return rename(ops.view(grid, [count, height, width, 2]), "AffineGridGeneratorBackward0");
  },

  grid_sample(t, grid) {
    require(!t.requiresGrad && !grid.requiresGrad, words.gridGradient);
    const [count, channels, height, width] = t.shape;
    const [, outY, outX] = grid.shape;
    const [values, places, area] = [valuesOf(t), valuesOf(grid), outY * outX];
    const out = allocate(t.dtype, count * channels * area);
    for (let o = 0; o < out.length; o++) {
      const map = Math.floor(o / area);
      const at = 2 * (Math.floor(map / channels) * area + (o % area));
      const [x, y] = [((places[at] + 1) * width - 1) / 2, ((places[at + 1] + 1) * height - 1) / 2];
      out[o] = sampleAt(values, map * height * width, height, width, x, y);
    }
    return make(out, [count, channels, outY, outX], t.dtype);
  },
};
