// Shapes and strides, apart from numbers.

import { require, words } from "./words.js";

export const countOf = (shape) => shape.reduce((count, size) => count * size, 1);

export function contiguousStrides(shape) {
  const strides = [];
  for (let d = shape.length - 1, step = 1; d >= 0; step *= Math.max(shape[d--], 1)) {
    strides[d] = step;
  }
  return strides;
}

export const sameShape = (a, b) => a.length === b.length && a.every((size, d) => size === b[d]);

export function wrapDim(dim, ndim) {
  const most = Math.max(ndim, 1);
  require(dim >= -most && dim < most, words.dimension, dim, most);
  return dim < 0 ? dim + most : dim;
}

// Of none, all
export function wrapDims(dims, ndim) {
  const given = [dims ?? []].flat();
  if (!given.length) return Array.from({ length: ndim }, (_, d) => d);
  return given.map((dim) => wrapDim(dim, ndim)).filter((dim) => dim < ndim);
}

export function broadcastShapes(a, b) {
  const shape = [];
  for (let n = 1, most = Math.max(a.length, b.length); n <= most; n++) { // the last one first
    const [p, q] = [a.at(-n) ?? 1, b.at(-n) ?? 1];
    require(p === q || p === 1 || q === 1, words.broadcast, p, q, most - n);
    shape.unshift(p === 1 ? q : p);
  }
  return shape;
}

export const canBroadcast = (from, shape) => from.length <= shape.length &&
  from.every((size, d) => size === 1 || size === shape[d - from.length + shape.length]);

// Of a tensor seen in a larger shape: a step of 0 stays where it is.
export function broadcastStrides(t, shape) {
  const more = shape.length - t.shape.length;
  return shape.map((size, d) => (d < more || t.shape[d - more] !== size ? 0 : t.strides[d - more]));
}

// -1 stands for what is left.
export function inferShape(shape, numel) {
  require(shape.filter((size) => size === -1).length <= 1, words.inferred);
  const known = countOf(shape.filter((size) => size !== -1));
  const sizes = shape.map((size) => (size === -1 ? numel / known : size));
  const fits = sizes.every((size) => Number.isInteger(size) && size >= 0);
  require(fits && countOf(sizes) === numel, words.view, shape, numel);
  return sizes;
}

// The strides of the same memory in another shape, or null: sizes that belong together in both
// shapes must lie evenly in memory.
export function findStrides(t, shape) {
  if (t.numel === 0) return contiguousStrides(shape);
  const old = t.shape.map((size, d) => [size, t.strides[d]]).filter(([size]) => size !== 1);
  const strides = new Array(shape.length).fill(1);
  let d = shape.length - 1;
  while (old.length) {
    let [size, step] = old.pop();
    const first = step;
    while (old.length && old.at(-1)[1] === size * first) size *= old.pop()[0];
    for (; d >= 0 && size > 1; d--) {
      if (shape[d] === 1) continue;
      if (size % shape[d]) return null;
      strides[d] = step;
      step *= shape[d];
      size /= shape[d];
    }
    if (size > 1) return null;
  }
  return strides;
}
