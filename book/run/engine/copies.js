// The same numbers in another order or in company: copies.

import { resultType } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { countOf, sameShape, wrapDim, wrapDims } from "./shapes.js";
import { Tensor, allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

export const copies = {
  cat(tensors, dim = 0) {
    const isEmpty = (t) => t.shape.length === 1 && t.numel === 0; // fits everywhere
    const parts = tensors.every(isEmpty) ? tensors : tensors.filter((t) => !isEmpty(t));
    const [first, dtype] = [parts[0].shape, resultType(tensors)];
    const d = wrapDim(dim, first.length);
    parts.forEach(({ shape: { length } }) =>
      require(length === first.length, words.catDims, first.length, length));
    parts.forEach(({ shape }, i) => shape.forEach((size, e) =>
      require(e === d || size === first[e], words.cat, d, first[e], size, i)));
    const shape = first.with(d, parts.reduce((total, part) => total + part.shape[d], 0));
    const out = allocate(dtype, countOf(shape));
    const inner = countOf(shape.slice(d + 1));
    const starts = [];
    for (let i = 0, start = 0; i < parts.length; start += parts[i++].shape[d]) {
      const [values, width] = [valuesOf(parts[i]), parts[i].shape[d] * inner];
      for (let from = 0, to = start * inner; from < values.length; from += width) {
        out.set(values.subarray(from, from + width), to);
        to += shape[d] * inner;
      }
      starts.push(start);
    }
    return record(make(out, shape, dtype), "CatBackward0", parts, [], (g) =>
      parts.map((part, i) => () => ops.narrow(g, d, starts[i], part.shape[d])));
  },
  stack(tensors, dim = 0) {
    const [first] = tensors;
    tensors.forEach(({ shape }, i) =>
      require(sameShape(shape, first.shape), words.stack, first.shape, shape, i));
    return rename(ops.cat(tensors.map((t) => ops.unsqueeze(t, dim)), dim), "StackBackward0");
  },

  repeat(t, times) {
    const own = [...new Array(times.length - t.shape.length).fill(1), ...t.shape];
    const apart = ops.reshape(t, own.flatMap((size) => [1, size]));
    const wide = ops.expand(apart, own.flatMap((size, d) => [times[d], size]));
    return rename(ops.reshape(wide, own.map((size, d) => size * times[d])), "RepeatBackward0");
  },
  repeat_interleave(t, n, dim = null) {
    const [row, d] = dim === null ? [ops.flatten(t), 0] : [t, wrapDim(dim, t.shape.length)];
    const wide = ops.expand(ops.unsqueeze(row, d + 1), row.shape.toSpliced(d + 1, 0, n));
    return ops.reshape(wide, row.shape.with(d, row.shape[d] * n));
  },

  flip(t, dims) {
    const flipped = wrapDims(dims, t.shape.length);
    const last = flipped.reduce((at, d) => at + (t.shape[d] - 1) * t.strides[d], t.offset);
    const strides = t.strides.map((step, d) => (flipped.includes(d) ? -step : step));
    const turned = new Tensor(t.storage, t.shape, t.dtype, strides, last);
    const result = new Tensor(valuesOf(turned).slice(), t.shape, t.dtype);
    return record(result, "FlipBackward0", [t], [], (g) => [() => ops.flip(g, dims)]);
  },
  roll(t, shifts, dims = null) {
    if (dims === null) {
      return rename(ops.view(ops.roll(ops.flatten(t), shifts, 0), t.shape), "RollBackward0");
    }
    return [dims].flat().reduce((rolled, dim, i) => {
      const cut = -[shifts].flat()[i] % t.shape.at(dim);
      const parts = [ops.slice(rolled, dim, cut), ops.slice(rolled, dim, 0, cut)];
      return rename(ops.cat(cut ? parts : [rolled], dim), "RollBackward0");
    }, t);
  },

  // sizes: before and after the last dimension, then the one before it, …; below 0, it cuts off.
  pad(t, sizes, value = 0) {
    require(sizes.length % 2 === 0, words.pad);
    const around = t.shape.map((_, d) => {
      const n = 2 * (t.shape.length - 1 - d);
      return [sizes[n] ?? 0, sizes[n + 1] ?? 0];
    });
    const crop = (x, sign) => around.reduce((part, [before, after], d) => {
      const [first, last] = [before, after].map((size) => Math.max(sign * size, 0));
      return ops.narrow(part, d, first, part.shape[d] - first - last);
    }, x);
    const shape = t.shape.map((size, d) => size + around[d][0] + around[d][1]);
    const result = ops.full(shape, value, t.dtype);
    ops.copy_(crop(result, 1), crop(ops.detach(t), -1));
    result.version.count = 0;
    return record(result, "ConstantPadNdBackward0", [t], [], (g) => [
      () => ops.pad(g, sizes.map((size) => -size))]);
  },
  diag(t, k = 0) {
    if (t.shape.length === 2) return ops.clone(ops.diagonal(t, k));
    const size = t.numel + Math.abs(k);
    const square = ops.zeros([size, size], t.dtype);
    ops.copy_(ops.diagonal(square, k), t);
    return square;
  },
};
