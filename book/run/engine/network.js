// What layers and losses compute: convolution, pooling, cross-entropy, and pictures in other sizes.

import { ops, record, rename } from "./autograd.js";
import { DTYPES, require } from "./dtypes.js";
import { Tensor, allocate, countOf, make, showShape, tensor, valuesOf } from "./tensor.js";
import { addRows, multiplyRows, toDoubles } from "./products.js";

const pair = (x) => (Array.isArray(x) ? x : [x, x]);

// Convolution. Each place of the output sees a patch of the image, as many numbers as a kernel has.
// Forward is kernels times patches.

function describe(t, weight, stride, dilation) {
  const [count, channels, height, width] = t.shape;
  const [maps, , rows, columns] = weight.shape;
  const [[stepY, stepX], [farY, farX]] = [stride, dilation].map(pair);
  const [tall, wide] = [farY * (rows - 1) + 1, farX * (columns - 1) + 1];
  require(tall <= height && wide <= width, () => `Calculated padded input size per channel: (${height} x ${width}). ` +
    `Kernel size: (${tall} x ${wide}). Kernel size can't be greater than actual input size`);
  const [outY, outX] = [Math.floor((height - tall) / stepY) + 1, Math.floor((width - wide) / stepX) + 1];
  const length = channels * rows * columns;
  const places = new Int32Array(outY * outX * length); // of each patch, where its numbers lie in an image
  let i = 0;
  for (let y = 0; y < outY; y++) {
    for (let x = 0; x < outX; x++) {
      for (let c = 0; c < channels; c++) {
        for (let row = 0; row < rows; row++) {
          const start = (c * height + y * stepY + row * farY) * width + x * stepX;
          for (let column = 0; column < columns; column++) places[i++] = start + column * farX;
        }
      }
    }
  }
  return { count, maps, outY, outX, area: outY * outX, length, places, size: channels * height * width };
}

function readPatches(values, n, { places, size }, patches) {
  for (let i = 0; i < patches.length; i++) patches[i] = values[n * size + places[i]];
}

function convolve(t, weight, d, bias = undefined) {
  const { count, maps, outY, outX, area, length } = d;
  const [values, kernels, patches] = [valuesOf(t), toDoubles(weight), new Float64Array(area * length)];
  const out = allocate(t.dtype, count * maps * area);
  for (let n = 0; n < count; n++) {
    readPatches(values, n, d, patches);
    multiplyRows(kernels, patches, maps, area, length, out, n * maps * area, bias);
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
      addRows(gradients, (n * maps + map) * area, 1, area, patches, length, total, map * length);
    }
  }
  return make(total, shape, g.dtype);
}

function convolveToInput(g, weight, shape, d) {
  const { count, maps, area, length, places, size } = d;
  const [gradients, kernels, total] = [valuesOf(g), toDoubles(weight), new Float64Array(countOf(shape))];
  const patches = new Float64Array(area * length);
  for (let n = 0; n < count; n++) {
    patches.fill(0);
    for (let patch = 0; patch < area; patch++) {
      addRows(gradients, n * maps * area + patch, area, maps, kernels, length, patches, patch * length);
    }
    for (let i = 0; i < patches.length; i++) total[n * size + places[i]] += patches[i];
  }
  return make(total, shape, g.dtype);
}

function requireImages(t, weight, bias, groups) {
  require(t.shape.length === 3 || t.shape.length === 4, () => "Expected 3D (unbatched) or 4D (batched) input to conv2d, " +
    `but got input of size: ${showShape(t.shape)}`);
  const [other, what] = bias ? [bias, "bias"] : [weight, "weight"];
  require(t.dtype === other.dtype, () => `Input type (${DTYPES[t.dtype].word}) and ${what} type ` +
    `(${DTYPES[other.dtype].word}) should be the same`);
  const [channels, wanted] = [t.shape.at(-3), weight.shape[1] * groups];
  const shape = t.shape.length === 4 ? t.shape : [1, ...t.shape];
  require(channels === wanted, () => `Given groups=${groups}, weight of size ${showShape(weight.shape)}, expected ` +
    `input${showShape(shape)} to have ${wanted} channels, but got ${channels} channels instead`);
}

// One picture of three dimensions is a batch of one.
const ofBatch = (t, call) => (t.shape.length === 3 ? ops.squeeze(call(ops.unsqueeze(t, 0)), 0) : call(t));

const padBy = (t, [y, x]) => (y || x ? ops.pad(ops.detach(t), [x, x, y, y]) : t);
const biasOf = (g) => ops.sum(ops.sum(g, [2, 3]), 0); // both over rows that lie in memory so

export const network = {
  conv2d(t, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) {
    requireImages(t, weight, bias, groups);
    if (t.shape.length === 3) return ofBatch(t, (x) => ops.conv2d(x, weight, bias, stride, padding, dilation, groups));
    if (groups > 1) {
      const parts = [ops.chunk(t, groups, 1), ops.chunk(weight, groups, 0), bias && ops.chunk(bias, groups, 0)];
      return rename(ops.cat(parts[0].map((x, i) =>
        ops.conv2d(x, parts[1][i], bias && parts[2][i], stride, padding, dilation)), 1), "ConvolutionBackward0");
    }
    const around = (x, sign) => padBy(x, pair(padding).map((size) => sign * size));
    const d = describe(around(t, 1), weight, stride, dilation);
    const result = convolve(around(t, 1), weight, d, bias ? toDoubles(bias) : undefined);
    return record(result, "ConvolutionBackward0", bias ? [t, weight, bias] : [t, weight], [t, weight], (g, x, w) => [
      () => around(convolveToInput(g, w, around(x, 1).shape, d), -1),
      () => convolveToWeight(g, around(x, 1), w.shape, d), () => biasOf(g)]);
  },

  // The way back of a convolution as a way forward
  conv_transpose2d(t, weight, bias = null, stride = 1, padding = 0) {
    if (t.shape.length === 3) return ofBatch(t, (x) => ops.conv_transpose2d(x, weight, bias, stride, padding));
    const sides = [0, 1].map((i) => (t.shape[2 + i] - 1) * pair(stride)[i] + weight.shape[2 + i]);
    const whole = ops.zeros([t.shape[0], weight.shape[1], ...sides], t.dtype);
    const d = describe(whole, weight, stride, 1);
    const around = (x, sign) => padBy(x, pair(padding).map((size) => sign * size));
    const plain = around(convolveToInput(t, weight, whole.shape, d), -1);
    const result = bias ? ops.add(plain, ops.view(ops.detach(bias), [-1, 1, 1])) : plain;
    return record(result, "ConvolutionBackward0", bias ? [t, weight, bias] : [t, weight], [t, weight], (g, x, w) => [
      () => convolve(around(g, 1), w, d), () => convolveToWeight(x, around(g, 1), w.shape, d), () => biasOf(g)]);
  },

  // Pooling

  max_pool2d_with_indices(t, kernel, stride = null, padding = 0) {
    if (t.shape.length === 3) {
      return ops.max_pool2d_with_indices(ops.unsqueeze(t, 0), kernel, stride, padding).map((x) => ops.squeeze(x, 0));
    }
    const [count, channels, height, width] = t.shape;
    const [[rows, columns], [stepY, stepX], [padY, padX]] = [kernel, stride ?? kernel, padding].map(pair);
    const [outY, outX] = [
      Math.floor((height + 2 * padY - rows) / stepY) + 1, Math.floor((width + 2 * padX - columns) / stepX) + 1];
    require(outY > 0 && outX > 0, () => `Given input size: (${channels}x${height}x${width}). Calculated output size: ` +
      `(${channels}x${outY}x${outX}). Output size is too small`);
    const values = valuesOf(t);
    const shape = [count, channels, outY, outX];
    const out = allocate(t.dtype, countOf(shape));
    const winners = new Float64Array(out.length);
    for (let plane = 0, o = 0; plane < count * channels; plane++) {
      const start = plane * height * width;
      for (let y = -padY; y < outY * stepY - padY; y += stepY) {
        for (let x = -padX; x < outX * stepX - padX; x += stepX, o++) {
          const [left, right] = [Math.max(x, 0), Math.min(x + columns, width)];
          const [top, bottom] = [Math.max(y, 0), Math.min(y + rows, height)];
          let best = -Infinity;
          let winner = top * width + left;
          for (let row = top; row < bottom; row++) {
            for (let at = row * width + left; at < row * width + right; at++) {
              const value = values[start + at];
              if (value > best || value !== value) { // among equals the first
                best = value;
                winner = at;
              }
            }
          }
          out[o] = best;
          winners[o] = winner;
        }
      }
    }
    const indices = new Tensor(winners, shape, "int64");
    const result = record(make(out, shape, t.dtype), "MaxPool2DWithIndicesBackward0", [t], [t, indices], (g) => [() => {
      const [back, gradients] = [allocate(g.dtype, values.length), valuesOf(g)];
      for (let o = 0; o < winners.length; o++) {
        back[Math.floor(o / (outY * outX)) * height * width + winners[o]] += gradients[o];
      }
      return make(back, t.shape, g.dtype);
    }]);
    return [result, indices];
  },
  max_pool2d: (t, kernel, stride = null, padding = 0) => ops.max_pool2d_with_indices(t, kernel, stride, padding)[0],

  avg_pool2d(t, kernel, stride = null) {
    const [[rows, columns], [stepY, stepX]] = [kernel, stride ?? kernel].map(pair);
    const windows = ops.unfold(ops.unfold(t, -2, rows, stepY), -2, columns, stepX);
    return rename(ops.mean(windows, [-2, -1]), "AvgPool2DBackward0");
  },

  batch_norm(t, runningMean, runningVariance, weight, bias, training, momentum = 0.1, eps = 1e-5) {
    const dims = t.shape.map((_, d) => d).filter((d) => d !== 1);
    const across = (x) => ops.view(x, t.shape.map((size, d) => (d === 1 ? size : 1)));
    const [mean, variance] = training
      ? [ops.mean(t, dims), ops.variance(t, dims, 0)] : [runningMean, runningVariance];
    if (training && runningMean) {
      ops.lerp_(runningMean, ops.detach(mean), momentum);
      ops.lerp_(runningVariance, ops.variance(ops.detach(t), dims), momentum);
    }
    const normal = ops.mul(ops.sub(t, across(mean)), across(ops.pow(ops.add(variance, eps), -0.5)));
    const scaled = weight ? ops.mul(normal, across(weight)) : normal;
    return rename(bias ? ops.add(scaled, across(bias)) : scaled, "NativeBatchNormBackward0");
  },

  // Losses

  cross_entropy(t, target, reduction = "mean") {
    const dim = t.shape.length === 1 ? 0 : 1;
    if (target.shape.join() === t.shape.join()) {
      const each = ops.neg(ops.sum(ops.mul(ops.log_softmax(t, dim), target), dim));
      return reduction === "mean" ? ops.div(ops.sum(each), countOf(each.shape)) : reduceLoss(each, reduction);
    }
    return ops.nll_loss(ops.log_softmax(t, dim), target, reduction);
  },

  nll_loss(t, target, reduction = "mean", ignored = -100) {
    const [count, classes] = t.shape.length === 1 ? [1, t.shape[0]] : t.shape;
    require(t.shape.length <= 2, () => `nll_loss: the page's engine takes (N, classes), not ${showShape(t.shape)}`, "NotImplementedError");
    require(target.numel === count, () => `Expected input batch_size (${count}) to match target batch_size (${target.numel}).`, "ValueError");
    require(["int64", "uint8"].includes(target.dtype), () =>
      `expected target dtype to be Long or Byte, but got ${DTYPES[target.dtype].type}`);
    const [values, labels] = [valuesOf(t), valuesOf(target)];
    const losses = Float64Array.from(labels, (label, n) => {
      require(label === ignored || (label >= 0 && label < classes), () => `Target ${label} is out of bounds.`, "IndexError");
      return label === ignored ? 0 : -values[n * classes + label];
    });
    const kept = labels.reduce((n, label) => n + (label !== ignored), 0);
    const divisor = reduction === "mean" ? kept : 1;
    const total = losses.reduce((a, b) => a + b, 0) / divisor;
    const result = reduction === "none" ? make(losses, target.shape, t.dtype) : make(Float64Array.of(total), [], t.dtype);
    return record(result, "NllLossBackward0", [t], [t, target], (g) => [() => {
      const [back, by] = [allocate(g.dtype, t.numel), valuesOf(g)];
      labels.forEach((label, n) => {
        if (label !== ignored) back[n * classes + label] = -by[reduction === "none" ? n : 0] / divisor;
      });
      return make(back, t.shape, g.dtype);
    }]);
  },

  mse_loss(a, b, reduction = "mean") {
    const difference = ops.sub(ops.detach(a), ops.detach(b));
    const result = reduceLoss(ops.square(difference), reduction);
    const share = reduction === "mean" ? difference.numel : 1;
    return record(result, "MseLossBackward0", [a, b], [a, b], (g, x, y) => {
      const slope = ops.mul(g, ops.mul(ops.sub(x, y), 2 / share));
      return [() => slope, () => ops.neg(slope)];
    });
  },
  l1_loss: (a, b, reduction = "mean") => reduceLoss(ops.abs(ops.sub(a, b)), reduction),

  // Pictures in other sizes and places

  // Each row of the result is a mean of rows of the picture, and so with columns: two matrix products.
  interpolate(t, sizes, mode = "nearest", antialias = false) {
    require(["nearest", "bilinear"].includes(mode), `interpolate: the page's engine knows "nearest" and "bilinear", got ${mode}`, "NotImplementedError");
    const [down, across] = sizes.map((size, i) => makeResize(t.shape[2 + i], size, mode, antialias, t.dtype));
    const result = ops.matmul(ops.matmul(down, t), ops.t(across));
    return rename(result, mode === "nearest" ? "UpsampleNearest2DBackward0" : `UpsampleBilinear2D${antialias ? "Aa" : ""}Backward0`);
  },

  // Where each place of the result reads, from -1 to 1, (x, y): theta (N, 2, 3) times (x, y, 1)
  affine_grid(theta, [count, , height, width]) {
    const centre = (i, size) => (2 * i + 1) / size - 1;
    const places = Array.from({ length: height * width }, (_, i) =>
      [centre(i % width, width), centre(Math.floor(i / width), height), 1]);
    const base = tensor(places.flat(), [height * width, 3], theta.dtype);
    return rename(ops.view(ops.matmul(base, ops.transpose(theta, 1, 2)), [count, height, width, 2]), "AffineGridGeneratorBackward0");
  },

  // Between four pixels; outside of the picture all are 0.
  grid_sample(t, grid) {
    require(!t.requiresGrad && !grid.requiresGrad, "grid_sample: the page's engine has no gradient for it", "NotImplementedError");
    const [count, channels, height, width] = t.shape;
    const [, outY, outX] = grid.shape;
    const [values, places] = [valuesOf(t), valuesOf(grid)];
    const area = outY * outX;
    const out = allocate(t.dtype, count * channels * area);
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < area; i++) {
        const x = ((places[2 * (n * area + i)] + 1) * width - 1) / 2;
        const y = ((places[2 * (n * area + i) + 1] + 1) * height - 1) / 2;
        const [left, top] = [Math.floor(x), Math.floor(y)];
        for (let corner = 0; corner < 4; corner++) {
          const [column, row] = [left + (corner & 1), top + (corner >> 1)];
          if (column < 0 || row < 0 || column >= width || row >= height) continue;
          const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
          for (let c = 0; c < channels; c++) {
            const plane = n * channels + c;
            out[plane * area + i] += share * values[(plane * height + row) * width + column];
          }
        }
      }
    }
    return make(out, [count, channels, outY, outX], t.dtype);
  },
};

const reduceLoss = (each, reduction) => (reduction === "none" ? each : ops[reduction](each));

// (to, from): how much of each old place goes into a new one. Antialiased, a place as wide as `step`
// old ones reads all of them.
function makeResize(from, to, mode, antialias, dtype) {
  const step = from / to;
  const reach = antialias ? Math.max(step, 1) : 1;
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = step * (i + 0.5) - 0.5;
    const row = weights.subarray(i * from, (i + 1) * from);
    if (mode === "nearest") {
      row[Math.floor(i * step)] = 1;
      continue;
    }
    const at = antialias ? centre : Math.min(Math.max(centre, 0), from - 1);
    for (let j = 0; j < from; j++) row[j] = Math.max(0, 1 - Math.abs(j - at) / reach);
    const total = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < from; j++) row[j] /= total;
  }
  return make(weights, [to, from], dtype);
}
