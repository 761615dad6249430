// The same numbers seen in another shape: views of a tensor's memory.

import { ops, rename } from "./graph.js";
import { viewOf } from "./memory.js";
import { broadcastStrides, countOf, findStrides, inferShape, wrapDim, wrapDims } from "./shapes.js";
import { is_contiguous } from "./tensor.js";
import { require, words } from "./words.js";

const reshapeBack = (g, shape) => ops.reshape(g, shape);
const sumOf = (sizes) => sizes.reduce((a, b) => a + b, 0);
const pick = (values, order) => order.map((d) => values[d]);

export const views = {
  view(t, shape) {
    const sizes = inferShape(shape, t.numel);
    const strides = findStrides(t, sizes);
    require(strides, words.viewStrides);
    const seen = { shape: sizes, strides };
    return viewOf(t, seen, "ViewBackward0", (x) => ops.view(x, sizes), reshapeBack);
  },
  reshape(t, shape) {
    const sizes = inferShape(shape, t.numel);
    if (findStrides(t, sizes)) return ops.view(t, sizes);
    return rename(ops.view(ops.clone(t), sizes), "UnsafeViewBackward0");
  },
  flatten(t, start = 0, end = -1) {
    const [first, last] = [start, end].map((dim) => wrapDim(dim, t.shape.length));
    require(first <= last, words.flatten);
    if (t.shape.length && first === last) return t;
    const count = countOf(t.shape.slice(first, last + 1));
    return ops.reshape(t, t.shape.toSpliced(first, last + 1 - first, count));
  },

  unsqueeze(t, dim) {
    const d = wrapDim(dim, t.shape.length + 1);
    const step = d < t.shape.length ? t.shape[d] * t.strides[d] : 1;
    const seen = { shape: t.shape.toSpliced(d, 0, 1), strides: t.strides.toSpliced(d, 0, step) };
    return viewOf(t, seen, "UnsqueezeBackward0", (x) => ops.unsqueeze(x, d), reshapeBack);
  },
  squeeze(t, dim = null) {
    const dims = wrapDims(dim, t.shape.length);
    const stay = t.shape.map((_, d) => d).filter((d) => t.shape[d] !== 1 || !dims.includes(d));
    const seen = { shape: pick(t.shape, stay), strides: pick(t.strides, stay) };
    const node = `SqueezeBackward${dim === null ? 0 : 1}`;
    return viewOf(t, seen, node, (x) => ops.squeeze(x, dim), reshapeBack);
  },

  permute(t, dims, name = "PermuteBackward0") {
    require(dims.length === t.shape.length, words.permute, t.shape.length, dims.length);
    const order = dims.map((d) => wrapDim(d, t.shape.length));
    require(new Set(order).size === order.length, words.duplicate);
    const back = order.map((_, d) => order.indexOf(d));
    const seen = { shape: pick(t.shape, order), strides: pick(t.strides, order) };
    const look = (x) => ops.permute(x, order, name);
    return viewOf(t, seen, name, look, (g) => ops.permute(g, back));
  },
  transpose(t, a, b, name = "TransposeBackward0") {
    const dims = t.shape.map((_, d) => d);
    const [i, j] = [a, b].map((d) => wrapDim(d, t.shape.length));
    if (dims.length) [dims[i], dims[j]] = [j, i];
    return ops.permute(t, dims, name);
  },
  t(t) {
    require(t.shape.length <= 2, words.t, t.shape.length);
    return t.shape.length < 2 ? t : ops.transpose(t, 0, 1, "TBackward0");
  },

  expand(t, sizes) {
    const more = sizes.length - t.shape.length;
    require(more >= 0, words.expandMore, sizes, t.shape);
    const shape = sizes.map((size, d) => {
      const own = d < more ? 1 : t.shape[d - more];
      const fits = size === own || own === 1 || size === -1;
      require(fits, words.expand, size, own, d, sizes, t.shape);
      return size === -1 ? own : size;
    });
    const seen = { shape, strides: broadcastStrides(t, shape) };
    return viewOf(t, seen, "ExpandBackward0", (x) => ops.expand(x, shape), (g) => g);
  },

  select(t, dim, index) {
    const d = wrapDim(dim, t.shape.length);
    const size = t.shape[d];
    require(index >= -size && index < size, words.bounds, index, d, size);
    const at = index < 0 ? index + size : index;
    const [shape, strides] = [t.shape.toSpliced(d, 1), t.strides.toSpliced(d, 1)];
    const seen = { shape, strides, offset: t.offset + at * t.strides[d] };
    return viewOf(t, seen, "SelectBackward0", (x) => ops.select(x, d, at));
  },
  slice(t, dim, start = null, end = null, step = 1) {
    require(t.shape.length, words.sliceOfOne);
    require(step > 0, words.step);
    const d = wrapDim(dim, t.shape.length);
    const size = t.shape[d];
    const clip = (at) => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    const [from, to] = [clip(start ?? 0), clip(end ?? size)];
    const count = Math.max(0, Math.ceil((to - from) / step));
    const [shape, strides] = [t.shape.with(d, count), t.strides.with(d, t.strides[d] * step)];
    const seen = { shape, strides, offset: t.offset + from * t.strides[d] };
    return viewOf(t, seen, "SliceBackward0", (x) => ops.slice(x, d, from, to, step));
  },
  narrow(t, dim, start, length) {
    const size = t.shape.at(dim);
    require(start + length <= size, words.narrow, start, length, size);
    return ops.slice(t, dim, start, start + length);
  },

  unfold(t, dim, size, step) {
    const d = wrapDim(dim, t.shape.length);
    require(size <= t.shape[d], words.unfold, d, t.shape[d], size);
    const count = Math.floor((t.shape[d] - size) / step) + 1;
    const shape = [...t.shape.with(d, count), size];
    const seen = { shape, strides: [...t.strides.with(d, t.strides[d] * step), t.strides[d]] };
    const back = (g) => {
      const whole = ops.zeros(t.shape, g.dtype); // windows may overlap: one place of all at a time
      for (let i = 0; i < size; i++) {
        const places = ops.slice(whole, d, i, i + (count - 1) * step + 1, step);
        ops.add_(places, ops.select(g, -1, i));
      }
      return whole;
    };
    return viewOf(t, seen, "UnfoldBackward0", (x) => ops.unfold(x, d, size, step), back);
  },
  diagonal(t, k = 0) {
    const [rows, columns] = t.shape;
    const [down, right] = t.strides;
    const count = Math.max(0, Math.min(rows + Math.min(k, 0), columns - Math.max(k, 0)));
    const offset = t.offset + Math.max(k, 0) * right - Math.min(k, 0) * down;
    const seen = { shape: [count], strides: [down + right], offset };
    return viewOf(t, seen, "DiagonalBackward0", (x) => ops.diagonal(x, k));
  },

  unbind: (t, dim = 0) => Array.from({ length: t.shape.at(dim) }, (_, i) =>
    rename(ops.select(t, dim, i), "UnbindBackward0")),
  split(t, size, dim = 0) {
    const [length, given] = [t.shape.at(dim), Array.isArray(size)];
    const pieces = { length: Math.max(1, Math.ceil(length / size)) };
    const sizes = given ? size : Array.from(pieces, (_, i) => Math.min(size, length - i * size));
    require(sumOf(sizes) === length, words.split, length, dim, sizes);
    const node = given ? "SplitWithSizesBackward0" : "SplitBackward0";
    let end = 0;
    return sizes.map((each) => rename(ops.slice(t, dim, end, (end += each)), node));
  },
  chunk: (t, n, dim = 0) => ops.split(t, Math.ceil(t.shape.at(dim) / n), dim),
  tensor_split(t, sections, dim = 0) {
    const length = t.shape.at(dim);
    const cut = (_, i) => i * Math.floor(length / sections) + Math.min(i, length % sections);
    const given = Array.isArray(sections);
    const starts = given ? [0, ...sections] : Array.from({ length: sections }, cut);
    return starts.map((start, i) => ops.slice(t, dim, start, starts[i + 1] ?? null));
  },

  contiguous: (t) => (is_contiguous(t) ? t : ops.clone(t)),
};
