// Convolution. Each place of the output sees a patch of the image, as many numbers as a kernel has:
// forward is kernels times patches.

import { DTYPES } from "./dtypes.js";
import { ops, record } from "./graph.js";
import { addRows, multiplyRows, toDoubles } from "./products.js";
import { countOf } from "./shapes.js";
import { allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

export const pair = (x) => (Array.isArray(x) ? x : [x, x]);

// Sizes, and for each number of each patch where it lies in an image
function layOut(t, weight, stride) {
  const [count, channels, height, width] = t.shape;
  const [maps, , rows, columns] = weight.shape;
  const [down, right] = pair(stride);
  require(rows <= height && columns <= width, words.kernel, [height, width], [rows, columns]);
  const [outY, outX] = [
    Math.floor((height - rows) / down) + 1, Math.floor((width - columns) / right) + 1];
  const [area, length] = [outY * outX, channels * rows * columns];
  const places = new Int32Array(area * length);
  let i = 0;
  for (let place = 0; place < area; place++) {
    const corner = Math.floor(place / outX) * down * width + (place % outX) * right;
    for (let line = 0; line < channels * rows; line++) {
      const [channel, row] = [Math.floor(line / rows), line % rows];
      const start = corner + (channel * height + row) * width;
      for (let column = 0; column < columns; column++) places[i++] = start + column;
    }
  }
  return { count, maps, outY, outX, area, length, places, size: channels * height * width };
}

function readPatches(values, n, { places, size }, patches) {
  for (let i = 0; i < patches.length; i++) patches[i] = values[n * size + places[i]];
}

function convolve(t, weight, d, bias = null) {
  const { count, maps, outY, outX, area, length } = d;
  const [values, kernels] = [valuesOf(t), toDoubles(weight)];
  const patches = new Float64Array(area * length);
  const start = bias ? toDoubles(bias) : new Float64Array(maps);
  const out = allocate(t.dtype, count * maps * area);
  for (let n = 0; n < count; n++) {
    readPatches(values, n, d, patches);
    multiplyRows(kernels, patches, maps, area, length, start, out, n * maps * area);
  }
  return make(out, [count, maps, outY, outX], t.dtype);
}

// Backward, each output hands its gradient to the kernel, times the patch that it met, and to the
// patch, times the kernel.

function convolveToWeight(g, t, shape, d) {
  const { count, maps, area, length } = d;
  const [gradients, values, total] = [valuesOf(g), valuesOf(t), new Float64Array(countOf(shape))];
  const patches = new Float64Array(area * length);
  for (let n = 0; n < count; n++) {
    readPatches(values, n, d, patches);
    for (let map = 0; map < maps; map++) {
      const start = (n * maps + map) * area;
      addRows(gradients, start, 1, area, patches, length, total, map * length);
    }
  }
  return make(total, shape, g.dtype);
}

function convolveToInput(g, weight, shape, d) {
  const { count, maps, area, length, places, size } = d;
  const [gradients, kernels] = [valuesOf(g), toDoubles(weight)];
  const total = new Float64Array(countOf(shape));
  const patches = new Float64Array(area * length);
  for (let n = 0; n < count; n++) {
    patches.fill(0);
    for (let patch = 0; patch < area; patch++) {
      const start = n * maps * area + patch;
      addRows(gradients, start, area, maps, kernels, length, patches, patch * length);
    }
    for (let i = 0; i < patches.length; i++) total[n * size + places[i]] += patches[i];
  }
  return make(total, shape, g.dtype);
}

function requireImages(t, weight, bias) {
  const { shape } = t;
  require(shape.length === 3 || shape.length === 4, words.images, shape);
  const [other, what] = bias ? [bias, "bias"] : [weight, "weight"];
  const [have, wanted] = [t, other].map(({ dtype }) => DTYPES[dtype].word);
  require(have === wanted, words.inputDtype, have, what, wanted);
  const [channels, expected] = [shape.at(-3), weight.shape[1]];
  const batch = shape.length === 4 ? shape : [1, ...shape];
  require(channels === expected, words.channels, weight.shape, batch, expected, channels);
}

// One picture of three dimensions is a batch of one.
export const asBatch = (t, call) => ops.squeeze(call(ops.unsqueeze(t, 0)), 0);

// Zeros around the images; with −1, the border is cut off.
function surround(t, padding, sign) {
  const [y, x] = pair(padding).map((size) => sign * size);
  return y || x ? ops.pad(ops.detach(t), [x, x, y, y]) : t;
}

const biasOf = (g) => ops.sum(ops.sum(g, [2, 3]), 0); // both over rows that lie so in memory

export const convolution = {
  conv2d(t, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) {
    require(pair(dilation).every((step) => step === 1) && groups === 1, words.convolution);
    requireImages(t, weight, bias);
    if (t.shape.length === 3) {
      return asBatch(t, (x) => ops.conv2d(x, weight, bias, stride, padding));
    }
    const around = (x) => surround(x, padding, 1);
    const d = layOut(around(t), weight, stride);
    const inputs = bias ? [t, weight, bias] : [t, weight];
    const result = convolve(around(t), weight, d, bias);
    return record(result, "ConvolutionBackward0", inputs, [t, weight], (g, x, w) => [
      () => surround(convolveToInput(g, w, around(x).shape, d), padding, -1),
      () => convolveToWeight(g, around(x), w.shape, d),
      () => biasOf(g),
    ]);
  },

  // The way back of a convolution as a way forward
  conv_transpose2d(t, weight, bias = null, stride = 1, padding = 0) {
    if (t.shape.length === 3) {
      return asBatch(t, (x) => ops.conv_transpose2d(x, weight, bias, stride, padding));
    }
    const sides = pair(stride).map((step, i) => (t.shape[2 + i] - 1) * step + weight.shape[2 + i]);
    const whole = ops.zeros([t.shape[0], weight.shape[1], ...sides], t.dtype);
    const d = layOut(whole, weight, stride);
    const inputs = bias ? [t, weight, bias] : [t, weight];
    const plain = surround(convolveToInput(t, weight, whole.shape, d), padding, -1);
    const result = bias ? ops.add(plain, ops.view(ops.detach(bias), [-1, 1, 1])) : plain;
    return record(result, "ConvolutionBackward0", inputs, [t, weight], (g, x, w) => [
      () => convolve(surround(g, padding, 1), w, d),
      () => convolveToWeight(x, surround(g, padding, 1), w.shape, d),
      () => biasOf(g),
    ]);
  },
};
