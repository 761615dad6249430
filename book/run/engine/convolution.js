// Convolution. Each place of the output sees a patch of the image, as many numbers as a kernel has:
// forward is kernels times patches.

import { DTYPES } from "./dtypes.js";
import { makeWorkspace, stackRows } from "./kernel.js";
import { ops, record, rename } from "./graph.js";
import { allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

export const pair = (x) => (Array.isArray(x) ? x : [x, x]);

// How images lie in a workspace, with zeros around them: in lines of `line` numbers, where what is
// beyond the end of one is before the start of the next. The patch at a place is what lies at
// `starts` from there, so the patches of all places are rows of the images themselves, each begun
// elsewhere; between two lines of places some follow that do not count.
function layOut(t, weight, [top, left] = [0, 0]) {
  const [count, channels, height, width] = t.shape;
  const [maps, , rows, columns] = weight.shape;
  const [tall, wide] = [height + 2 * top, width + 2 * left];
  require(rows <= tall && columns <= wide, words.kernel, [tall, wide], [rows, columns]);
  const [line, outY, outX] = [width + left, tall - rows + 1, wide - columns + 1];
  const starts = Array.from({ length: channels * rows * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    return (Math.floor(row / rows) * tall + (row % rows)) * line + (i % columns);
  });
  return {
    count, channels, height, width, maps, top, left, tall, line, outY, outX,
    patches: { starts, size: channels * tall * line + left }, span: (outY - 1) * line + outX,
  };
}

function writeImage(values, n, { channels, height, width, top, left, tall, line }, to) {
  for (let row = 0, i = n * channels * height * width; row < channels * height; row++) {
    const start = (Math.floor(row / height) * tall + (row % height) + top) * line + left;
    for (let x = 0; x < width; x++) to[start + x] = values[i++];
  }
}

function convolve(t, weight, bias = null, padding = [0, 0]) {
  const d = layOut(t, weight, padding);
  const { count, maps, line, outY, outX, patches, span } = d;
  const { left, right, out, width, multiply } = makeWorkspace(
    stackRows(maps, patches.starts.length), patches, span);
  const [values, starts] = [valuesOf(t), bias ? valuesOf(bias) : new Float32Array(maps)];
  const result = allocate(t.dtype, count * maps * outY * outX);
  left.set(valuesOf(weight));
  right.fill(0);
  for (let n = 0, i = 0; n < count; n++) {
    writeImage(values, n, d, right);
    out.fill(0);
    multiply();
    for (let map = 0; map < maps; map++) {
      for (let y = 0; y < outY; y++) {
        const row = map * width + y * line;
        for (let x = 0; x < outX; x++) result[i++] = out[row + x] + starts[map];
      }
    }
  }
  return make(result, [count, maps, outY, outX], t.dtype);
}

// Backward, each output hands its gradient to the kernel, times the patch that it met, and to the
// patch, times the kernel.

function convolveToWeight(g, t, weight, padding = [0, 0]) {
  const d = layOut(t, weight, padding);
  const { count, maps, line, outY, outX, patches, span } = d;
  const { left, right, out, width, multiply } = makeWorkspace(patches, stackRows(span, maps), maps);
  const [gradients, values] = [valuesOf(g), valuesOf(t)];
  for (const each of [left, right, out]) each.fill(0);
  for (let n = 0, i = 0; n < count; n++) {
    writeImage(values, n, d, left);
    for (let map = 0; map < maps; map++) {
      for (let y = 0; y < outY; y++) {
        const place = y * line * maps + map;
        for (let x = 0; x < outX; x++) right[place + x * maps] = gradients[i++];
      }
    }
    multiply();
  }
  const { length } = patches.starts;
  const total = Float64Array.from({ length: maps * length }, (_, i) =>
    out[(i % length) * width + Math.floor(i / length)]);
  return make(total, weight.shape, g.dtype);
}

// Each place of an image met every number of a kernel: a convolution with the kernels turned round.
function convolveToInput(g, weight, [top, left] = [0, 0]) {
  const around = [weight.shape[2] - 1 - top, weight.shape[3] - 1 - left];
  return convolve(g, ops.transpose(ops.flip(weight, [2, 3]), 0, 1), null, around);
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

const biasOf = (g) => ops.sum(ops.sum(g, [2, 3]), 0); // both over rows that lie so in memory

export const convolution = {
  conv2d(t, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) {
    const [around, sizes] = [pair(padding), weight.shape.slice(2)];
    const isKnown = pair(dilation).every((step) => step === 1) && groups === 1;
    require(isKnown && around.every((size, i) => size < sizes[i]), words.convolution);
    requireImages(t, weight, bias);
    if (t.shape.length === 3) {
      return asBatch(t, (x) => ops.conv2d(x, weight, bias, stride, padding));
    }
    const [down, right] = pair(stride);
    if (down > 1 || right > 1) {
      const each = ops.conv2d(t, weight, bias, 1, padding);
      const some = ops.slice(ops.slice(each, 2, 0, null, down), 3, 0, null, right);
      return rename(ops.clone(some), "ConvolutionBackward0");
    }
    const inputs = bias ? [t, weight, bias] : [t, weight];
    const result = convolve(t, weight, bias, around);
    return record(result, "ConvolutionBackward0", inputs, [t, weight], (g, x, w) => [
      () => convolveToInput(g, w, around),
      () => convolveToWeight(g, x, w, around),
      () => biasOf(g),
    ]);
  },

  // The way back of a convolution as a way forward
  conv_transpose2d(t, weight, bias = null, stride = 1, padding = 0) {
    const isKnown = !bias && [stride, padding].map(pair).join() === "1,1,0,0";
    require(isKnown, words.convTranspose);
    if (t.shape.length === 3) return asBatch(t, (x) => ops.conv_transpose2d(x, weight));
    const result = convolveToInput(t, weight);
    return record(result, "ConvolutionBackward0", [t, weight], [t, weight], (g, x, w) => [
      () => convolve(g, w),
      () => convolveToWeight(x, g, w),
    ]);
  },
};
