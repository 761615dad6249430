// Many numbers to one: sums, means, extremes. A reduction reads rows: the dimensions that go are
// moved to the end, so that what makes one number lies side by side.

import { isFloating, toCounting, toFloating, typeOf } from "./dtypes.js";
import { ops, record } from "./graph.js";
import { countOf, wrapDim, wrapDims } from "./shapes.js";
import { Tensor, allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

function rowsOf(t, dim) {
  const dims = wrapDims(dim, t.shape.length);
  const stay = t.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...stay, ...dims];
  const [sizes, strides] = [t.shape, t.strides].map((each) => order.map((d) => each[d]));
  const values = valuesOf(new Tensor(t.storage, sizes, t.dtype, strides, t.offset));
  const shape = sizes.slice(0, stay.length);
  return { values, order, shape, count: countOf(shape), length: countOf(sizes.slice(stay.length)) };
}

// f(values, start, end) → number, for each row
export function reduce(t, dim, keepdim, dtype, f) {
  const { values, count, length, shape } = rowsOf(t, dim);
  const dims = wrapDims(dim, t.shape.length);
  const kept = t.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const out = allocate(dtype, count);
  for (let r = 0; r < count; r++) out[r] = f(values, r * length, (r + 1) * length);
  return { result: make(out, keepdim ? kept : shape, dtype), kept, length };
}

// f(values, start, end, out) fills a row of the result for each row along one dimension.
export function alongRows(t, dim, dtype, f) {
  const { values, count, length, order } = rowsOf(t, wrapDim(dim, t.shape.length));
  const out = allocate(dtype, t.numel);
  for (let r = 0; r < count; r++) f(values, r * length, (r + 1) * length, out);
  const moved = make(out, order.map((d) => t.shape[d]), dtype);
  const back = ops.permute(moved, order.map((_, d) => order.indexOf(d)));
  return new Tensor(valuesOf(back), t.shape, dtype);
}

function addUp(values, start, end) {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i];
  return total;
}

export function logSumExp(values, start, end) {
  let largest = -Infinity; // taken out, so that no power overflows
  for (let i = start; i < end; i++) largest = Math.max(largest, values[i]);
  if (!Number.isFinite(largest)) return largest;
  let total = 0;
  for (let i = start; i < end; i++) total += Math.exp(values[i] - largest);
  return largest + Math.log(total);
}

const averageOf = (values, start, end) => addUp(values, start, end) / (end - start);

const varianceOf = (correction) => (values, start, end) => {
  const mean = averageOf(values, start, end);
  let total = 0;
  for (let i = start; i < end; i++) total += (values[i] - mean) ** 2;
  return total / Math.max(end - start - correction, 0);
};

function lengthOf(values, start, end) {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i] ** 2;
  return Math.sqrt(total);
}

const numbered = (name, dim) => `${name}Backward${dim === null ? 0 : 1}`;

export const reductions = {
  sum(t, dim = null, keepdim = false, dtype = null) {
    const { result, kept } = reduce(t, dim, keepdim, dtype ?? toCounting(t.dtype), addUp);
    return record(result, numbered("Sum", dim), [t], [], (g) => [
      () => ops.expand(ops.view(g, kept), t.shape)]);
  },

  mean(x, dim = null, keepdim = false, dtype = x.dtype) {
    const t = ops.to(x, dtype);
    require(isFloating(t.dtype), words.mean, typeOf(t));
    const { result, kept, length } = reduce(t, dim, keepdim, t.dtype, averageOf);
    return record(result, numbered("Mean", dim), [t], [], (g) => [
      () => ops.div(ops.expand(ops.view(g, kept), t.shape), length)]);
  },

  prod(t, dim = null, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, toCounting(t.dtype), (values, start, end) =>
      values.subarray(start, end).reduce((product, value) => product * value, 1));
    return record(result, numbered("Prod", dim), [t], [t, result], (g, x, y) => [() => {
      require(!valuesOf(x).includes(0), words.prodGradient);
      return ops.div(ops.view(ops.mul(g, y), kept), x);
    }]);
  },

  variance(t, dim = null, correction = 1, keepdim = false) {
    require(isFloating(t.dtype), words.variance);
    const { result, kept, length } = reduce(t, dim, keepdim, t.dtype, varianceOf(correction));
    return record(result, "VarBackward0", [t], [t], (g, x) => [() => {
      const distance = ops.sub(x, ops.mean(x, dim, true));
      return ops.mul(ops.mul(ops.view(g, kept), distance), 2 / (length - correction));
    }]);
  },
  std(t, dim = null, correction = 1, keepdim = false) {
    require(isFloating(t.dtype), words.variance);
    const { result, kept, length } = reduce(t, dim, keepdim, t.dtype, (...row) =>
      Math.sqrt(varianceOf(correction)(...row)));
    return record(result, "StdBackward0", [t], [t, result], (g, x, y) => [() => {
      const [by, size] = [ops.view(g, kept), ops.view(y, kept)];
      const share = ops.div(by, ops.mul(size, length - correction));
      const distance = ops.sub(x, ops.mean(x, dim, true));
      return ops.mul(distance, ops.masked_fill(share, ops.eq(size, 0), 0));
    }]);
  },

  // √ of the sum of squares; of zeros, the gradient is 0.
  norm(t, p = 2, dim = null, keepdim = false) {
    require(p === 2, words.normOrder, p);
    require(isFloating(t.dtype), words.norm, typeOf(t));
    const { result, kept } = reduce(t, dim, keepdim, t.dtype, lengthOf);
    return record(result, "LinalgVectorNormBackward0", [t], [t, result], (g, x, y) => [() => {
      const [by, size] = [ops.view(g, kept), ops.view(y, kept)];
      return ops.mul(by, ops.masked_fill(ops.div(x, size), ops.eq(size, 0), 0));
    }]);
  },

  logsumexp(t, dim, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, toFloating(t.dtype), logSumExp);
    return record(result, "LogsumexpBackward0", [t], [t, result], (g, x, y) => [
      () => ops.mul(ops.view(g, kept), ops.exp(ops.sub(x, ops.view(y, kept))))]);
  },

  all: (t, dim = null, keepdim = false) => reduce(t, dim, keepdim, "bool", (values, start, end) =>
    +!values.subarray(start, end).includes(0)).result,
  any: (t, dim = null, keepdim = false) => reduce(t, dim, keepdim, "bool", (values, start, end) =>
    +values.subarray(start, end).some((value) => value !== 0)).result,

  cumsum(t, dim) {
    const result = alongRows(t, dim, toCounting(t.dtype), (values, start, end, out) => {
      for (let i = start, total = 0; i < end; i++) out[i] = total += values[i];
    });
    return record(result, "CumsumBackward0", [t], [], (g) => [
      () => ops.flip(ops.cumsum(ops.flip(g, [dim]), dim), [dim])]);
  },
};
