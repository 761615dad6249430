// What layers and losses compute: convolution, pooling, cross-entropy, and pictures in other sizes.

import { ops, record, rename } from "./autograd.js";
import { DTYPES, require } from "./dtypes.js";
import { Tensor, allocate, countOf, make, showShape, tensor, valuesOf } from "./tensor.js";
import { multiplyRows, toDoubles } from "./products.js";

const pair = (x) => (Array.isArray(x) ? x : [x, x]);

// Convolution. Each place of the output sees a patch of the image: a row of as many numbers as a
// kernel has. Forward is kernels times patches.

function describe(t, weight, stride, padding, dilation) {
  const [count, channels, height, width] = t.shape;
  const [maps, , rows, columns] = weight.shape;
  const [[stepY, stepX], [padY, padX], [farY, farX]] = [stride, padding, dilation].map(pair);
  const [tall, wide] = [height + 2 * padY, width + 2 * padX];
  const [outY, outX] = [
    Math.floor((tall - farY * (rows - 1) - 1) / stepY) + 1, Math.floor((wide - farX * (columns - 1) - 1) / stepX) + 1];
  require(outY > 0 && outX > 0, () => `Calculated padded input size per channel: (${tall} x ${wide}). Kernel size: ` +
    `(${farY * (rows - 1) + 1} x ${farX * (columns - 1) + 1}). Kernel size can't be greater than actual input size`);
  return { count, channels, height, width, maps, rows, columns, stepY, stepX, padY, padX, farY, farX, tall, wide, outY, outX,
    area: outY * outX, length: channels * rows * columns };
}

// visit(place in the patches, place in the padded image) for each row of each patch
function visitPatches({ channels, rows, columns, stepY, stepX, farY, tall, wide, outY, outX }, visit) {
  let k = 0;
  for (let y = 0; y < outY; y++) {
    for (let x = 0; x < outX; x++) {
      for (let c = 0; c < channels; c++) {
        for (let row = 0; row < rows; row++, k += columns) {
          visit(k, (c * tall + y * stepY + row * farY) * wide + x * stepX);
        }
      }
    }
  }
}

// The patches of one image after the other: of each (area, length)
function visitImages(values, d, visit) {
  const { count, channels, height, width, padY, padX, tall, wide, columns, farX, area, length } = d;
  const image = new Float64Array(channels * tall * wide);
  const patches = new Float64Array(area * length);
  for (let n = 0, i = 0; n < count; n++) {
    for (let line = 0; line < channels * height; line++) {
      let at = (Math.floor(line / height) * tall + (line % height) + padY) * wide + padX;
      for (let x = 0; x < width; x++) image[at++] = values[i++];
    }
    visitPatches(d, (k, at) => {
      for (let x = 0; x < columns; x++) patches[k + x] = image[at + x * farX];
    });
    visit(n, patches);
  }
}

function convolve(t, weight, d) {
  const out = allocate(t.dtype, d.count * d.maps * d.area);
  const kernels = toDoubles(weight);
  visitImages(valuesOf(t), d, (n, patches) =>
    multiplyRows(kernels, patches, d.maps, d.area, d.length, out, n * d.maps * d.area));
  return make(out, [d.count, d.maps, d.outY, d.outX], t.dtype);
}

// Backward, each output hands its gradient to the weights, times the patch that they met, and to the
// patch, times the weights. Most gradients are 0: losers of pooling, and what ReLU cut off.

function visitGradients(gradients, n, { maps, area, length }, visit) {
  for (let map = 0, i = n * maps * area; map < maps; map++) {
    for (let place = 0; place < area; place++, i++) {
      if (gradients[i] !== 0) visit(gradients[i], map * length, place * length);
    }
  }
}

function addScaled(to, i, factor, from, j, length) {
  for (let e = 0; e < length; e++) to[i + e] += factor * from[j + e];
}

function convolveToWeight(g, t, shape, d) {
  const [total, gradients] = [new Float64Array(countOf(shape)), valuesOf(g)];
  visitImages(valuesOf(t), d, (n, patches) => visitGradients(gradients, n, d, (gradient, kernel, patch) =>
    addScaled(total, kernel, gradient, patches, patch, d.length)));
  return make(total, shape, g.dtype);
}

function convolveToInput(g, weight, shape, d) {
  const { count, channels, height, width, padY, padX, tall, wide, columns, farX, area, length } = d;
  const [kernels, gradients] = [toDoubles(weight), valuesOf(g)];
  const [image, patches] = [new Float64Array(channels * tall * wide), new Float64Array(area * length)];
  const out = allocate(g.dtype, countOf(shape));
  for (let n = 0, i = 0; n < count; n++) {
    patches.fill(0);
    image.fill(0);
    visitGradients(gradients, n, d, (gradient, kernel, patch) =>
      addScaled(patches, patch, gradient, kernels, kernel, length));
    visitPatches(d, (k, at) => {
      for (let x = 0; x < columns; x++) image[at + x * farX] += patches[k + x];
    });
    for (let line = 0; line < channels * height; line++) {
      let at = (Math.floor(line / height) * tall + (line % height) + padY) * wide + padX;
      for (let x = 0; x < width; x++) out[i++] = image[at++];
    }
  }
  return make(out, shape, g.dtype);
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

const addBias = (result, bias) => bias && ops.add_(result, ops.view(ops.detach(bias), [-1, 1, 1]));
const biasOf = (g) => ops.sum(ops.sum(g, [2, 3]), 0);

Object.assign(ops, {
  conv2d(t, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) {
    requireImages(t, weight, bias, groups);
    if (t.shape.length === 3) return ofBatch(t, (x) => ops.conv2d(x, weight, bias, stride, padding, dilation, groups));
    if (groups > 1) {
      const parts = [ops.chunk(t, groups, 1), ops.chunk(weight, groups, 0), bias && ops.chunk(bias, groups, 0)];
      return rename(ops.cat(parts[0].map((x, i) =>
        ops.conv2d(x, parts[1][i], bias && parts[2][i], stride, padding, dilation)), 1), "ConvolutionBackward0");
    }
    const d = describe(t, weight, stride, padding, dilation);
    const result = convolve(t, weight, d);
    addBias(result, bias);
    return record(result, "ConvolutionBackward0", bias ? [t, weight, bias] : [t, weight], [t, weight], (g, x, w) => [
      () => convolveToInput(g, w, x.shape, d), () => convolveToWeight(g, x, w.shape, d), () => biasOf(g)]);
  },

  // The way back of a convolution as a way forward
  conv_transpose2d(t, weight, bias = null, stride = 1, padding = 0) {
    if (t.shape.length === 3) return ofBatch(t, (x) => ops.conv_transpose2d(x, weight, bias, stride, padding));
    const sides = [0, 1].map((i) => (t.shape[2 + i] - 1) * pair(stride)[i] - 2 * pair(padding)[i] + weight.shape[2 + i]);
    const image = ops.zeros([t.shape[0], weight.shape[1], ...sides], t.dtype);
    const d = describe(image, weight, stride, padding, 1);
    const result = convolveToInput(t, weight, image.shape, d);
    addBias(result, bias);
    return record(result, "ConvolutionBackward0", bias ? [t, weight, bias] : [t, weight], [t, weight], (g, x, w) => [
      () => convolve(g, w, d), () => convolveToWeight(x, g, w.shape, d), () => biasOf(g)]);
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
          let [best, winner] = [-Infinity, Math.max(y, 0) * width + Math.max(x, 0)];
          for (let row = Math.max(y, 0); row < Math.min(y + rows, height); row++) {
            for (let at = row * width + Math.max(x, 0), end = row * width + Math.min(x + columns, width); at < end; at++) {
              const value = values[start + at];
              if (value > best || value !== value) [best, winner] = [value, at]; // among equals the first
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
    const normal = ops.mul(ops.sub(t, across(mean)), across(ops.rsqrt(ops.add(variance, eps))));
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
});

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
