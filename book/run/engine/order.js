// Order, places and counts; and comparing whole tensors.

import { isFloating, typeOf } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { alongRows } from "./reduce.js";
import { contiguousStrides, countOf, sameShape } from "./shapes.js";
import { item, make, tensor, toTensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

// NaN counts as the largest.
function compare(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
  return a - b;
}

// [values, indices]; equals keep their order.
function ordered(t, dim, descending, most, name) {
  if (!t.shape.length) return [ops.clone(t), tensor([0], [], "int64")];
  const indices = alongRows(t, dim, "int64", (values, start, end, out) => {
    const order = Array.from({ length: end - start }, (_, i) => i);
    const sign = descending ? -1 : 1;
    out.set(order.sort((i, j) => sign * compare(values[start + i], values[start + j])), start);
  });
  const kept = ops.contiguous(ops.narrow(indices, dim, 0, most));
  return [rename(ops.gather(t, dim, kept), name), kept];
}

function countsOf(t) {
  require(!isFloating(t.dtype), words.notImplemented, "bincount_cpu", typeOf(t));
  const values = valuesOf(t);
  require(t.shape.length === 1 && values.every((value) => value >= 0), words.bincount);
  const counts = [];
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

export const order = {
  sort: (t, dim = -1, descending = false) =>
    ordered(t, dim, descending, t.shape.at(dim), "SortBackward0"),
  argsort: (t, dim = -1, descending = false) => ops.sort(t, dim, descending)[1],
  topk(t, k, dim = -1, largest = true) {
    require(k <= (t.shape.at(dim) ?? 1), words.topk);
    return ordered(t, dim, largest, k, "TopkBackward0");
  },

  // Of an even count the lower one; of any NaN the first.
  median(t) {
    const values = valuesOf(t);
    const sorted = Array.from(values.keys()).sort((i, j) => compare(values[i], values[j]));
    const unknown = values.findIndex(Number.isNaN);
    const place = unknown < 0 ? sorted[(t.numel - 1) >> 1] : unknown;
    return record(make([values[place]], [], t.dtype), "MedianBackward0", [t], [], (g) => [
      () => make(values.map((_, i) => (i === place ? item(g) : 0)), t.shape, t.dtype)]);
  },

  unique(t) {
    const values = [...new Set(valuesOf(t))].sort((a, b) => a - b);
    return tensor(values, [values.length], t.dtype);
  },
  // How often each of the values that unique() found is there
  count_each(t, found) {
    const counts = new Map();
    for (const value of valuesOf(t)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const values = Array.from(valuesOf(found), (value) => counts.get(value));
    return tensor(values, found.shape, "int64");
  },
  bincount(t, weights = null, minlength = 0) {
    require(!weights, words.countWeights);
    const counts = countsOf(t);
    const length = Math.max(counts.length, minlength);
    return tensor(Array.from({ length }, (_, i) => counts[i] ?? 0), [length], "int64");
  },
  isin(a, b) {
    const known = new Set(valuesOf(toTensor(b)));
    return make(Uint8Array.from(valuesOf(a), (value) => +known.has(value)), a.shape, "bool");
  },
  nonzero(t) {
    const [values, strides] = [valuesOf(t), contiguousStrides(t.shape)];
    const found = Array.from(values.keys()).filter((i) => values[i] !== 0);
    const places = found.flatMap((i) =>
      strides.map((step, d) => Math.floor(i / step) % t.shape[d]));
    return tensor(places, [found.length, t.shape.length], "int64");
  },
  one_hot(t, classes = -1) {
    require(t.dtype === "int64", words.oneHotDtype);
    const values = valuesOf(t);
    const most = values.reduce((a, b) => Math.max(a, b), -1);
    const count = classes === -1 ? most + 1 : classes;
    require(values.every((value) => value >= 0), words.oneHotNegative);
    require(most < count, words.oneHot);
    const shape = [...t.shape, count];
    const out = new Float64Array(countOf(shape));
    values.forEach((value, i) => (out[i * count + value] = 1));
    return make(out, shape, "int64");
  },

  equal(a, b) {
    if (!sameShape(a.shape, b.shape) || a.dtype !== b.dtype) return false;
    const [left, right] = [valuesOf(a), valuesOf(b)];
    return left.every((value, i) => value === right[i]);
  },
  allclose(a, b, rtol = 1e-5, atol = 1e-8, equalNan = false) {
    require(a.dtype === b.dtype, words.allclose, typeOf(a), typeOf(b));
    const [left, right] = [a, ops.expand(b, a.shape)].map(valuesOf);
    return left.every((x, i) => {
      const y = right[i];
      if (equalNan && Number.isNaN(x) && Number.isNaN(y)) return true;
      const distance = Math.abs(x - y);
      return x === y || (distance <= atol + rtol * Math.abs(y) && distance < Infinity);
    });
  },
};
