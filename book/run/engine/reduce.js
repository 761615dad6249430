// Many numbers to one: sums, extremes, order, softmax. A reduction reads rows: the dimensions that go
// are moved to the end, so that what makes one number lies side by side.

import { ops, record, rename } from "./autograd.js";
import { DTYPES, isFloating, require, toFloating } from "./dtypes.js";
import { slice_of } from "./index.js";
import { Tensor, allocate, contiguousStrides, countOf, item, make, tensor, toTensor, valuesOf, wrapDim, wrapDims } from "./tensor.js";

// The rows of a tensor over some dimensions; shapes of the result with and without them.
function rowsOf(t, dim) {
  const dims = wrapDims(dim, t.shape.length);
  const stay = t.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...stay, ...dims];
  const moved = new Tensor(t.storage, order.map((d) => t.shape[d]), t.dtype, order.map((d) => t.strides[d]), t.offset);
  const shape = stay.map((d) => t.shape[d]);
  const kept = t.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const length = countOf(dims.map((d) => t.shape[d]));
  return { values: valuesOf(moved), count: countOf(shape), length, shape, kept, dims, order };
}

// f(values, start, end) → number, for each row
function reduce(t, dim, keepdim, dtype, f) {
  const { values, count, length, shape, kept } = rowsOf(t, dim);
  const out = allocate(dtype, count);
  for (let r = 0; r < count; r++) out[r] = f(values, r * length, (r + 1) * length);
  return { result: make(out, keepdim ? kept : shape, dtype), kept };
}

function addUp(values, start, end) {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i];
  return total;
}

// The index of the first of the best; nothing is better than NaN.
function findBest(isBetter) {
  return (values, start, end) => {
    let best = start;
    for (let i = start + 1; i < end; i++) {
      if (isBetter(values[i], values[best]) || (values[i] !== values[i] && values[best] === values[best])) best = i;
    }
    return best;
  };
}
const EXTREMES = { max: findBest((a, b) => a > b), min: findBest((a, b) => a < b) };

const numbered = (name, dim) => `${name}Backward${dim === null || dim === undefined ? 0 : 1}`;

function requireSome(t, dim, name, kind = "RuntimeError") {
  require(t.numel > 0 || dim !== null, () => `${name}(): Expected reduction dim to be specified for input.numel() ` +
    `== 0.${kind === "RuntimeError" ? " Specify the reduction dim with the 'dim' argument." : ""}`, kind);
}

const requireFloating = (t, message) => require(isFloating(t.dtype), message, "NotImplementedError");

export const reductions = {
  sum(t, dim = null, keepdim = false, dtype = null) {
    const to = dtype ?? (isFloating(t.dtype) ? t.dtype : "int64");
    const { result, kept } = reduce(t, dim, keepdim, to, addUp);
    return record(result, numbered("Sum", dim), [t], [], (g) => [() => ops.expand(ops.view(g, kept), t.shape)]);
  },

  mean(t, dim = null, keepdim = false) {
    requireFloating(t, "mean(): could not infer output dtype. Input dtype must be either a floating point or " +
      `complex dtype. Got: ${DTYPES[t.dtype].type}`);
    const { result, kept } = reduce(t, dim, keepdim, t.dtype, (values, start, end) =>
      addUp(values, start, end) / (end - start));
    const length = t.numel / result.numel;
    return record(result, numbered("Mean", dim), [t], [], (g) => [
      () => ops.div(ops.expand(ops.view(g, kept), t.shape), length)]);
  },

  prod(t, dim = null, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, isFloating(t.dtype) ? t.dtype : "int64", (values, start, end) =>
      values.subarray(start, end).reduce((product, value) => product * value, 1));
    return record(result, numbered("Prod", dim), [t], [t], (g, x) => [() => ops.mul(g.numel === 1 ? g : ops.view(g, kept),
      productOfOthers(x, dim))]);
  },

  all: (t, dim = null, keepdim = false) => reduce(t, dim, keepdim, "bool", (values, start, end) =>
    +!values.subarray(start, end).includes(0)).result,
  any: (t, dim = null, keepdim = false) => reduce(t, dim, keepdim, "bool", (values, start, end) =>
    +values.subarray(start, end).some((value) => value !== 0)).result,

  std(t, dim = null, correction = 1, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, t.dtype, (values, start, end) =>
      Math.sqrt(varianceOf(values, start, end, correction)));
    const freedom = t.numel / result.numel - correction;
    return record(result, "StdBackward0", [t], [t, result], (g, x, y) => [() => ops.div(
      ops.mul(ops.view(ops.div(g, y), kept), ops.sub(x, ops.mean(x, dim, true))), freedom)]);
  },
  variance(t, dim = null, correction = 1, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, t.dtype, (values, start, end) =>
      varianceOf(values, start, end, correction));
    const freedom = t.numel / result.numel - correction;
    return record(result, "VarBackward0", [t], [t], (g, x) => [() => ops.div(
      ops.mul(ops.view(g, kept), ops.mul(ops.sub(x, ops.mean(x, dim, true)), 2)), freedom)]);
  },

  norm(t, p = 2, dim = null, keepdim = false) {
    requireFloating(t, `linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${DTYPES[t.dtype].type}`);
    const fold = (values, start, end) => {
      let total = 0;
      for (let i = start; i < end; i++) {
        const size = Math.abs(values[i]);
        total = p === Infinity ? Math.max(total, size) : total + (p === 2 ? size * size : size ** p);
      }
      return p === Infinity ? total : p === 2 ? Math.sqrt(total) : total ** (1 / p);
    };
    const { result, kept } = reduce(t, dim, keepdim, t.dtype, fold);
    return record(result, "LinalgVectorNormBackward0", [t], [t, result], (g, x, y) => [() => {
      const [by, size] = [ops.view(g, kept), ops.view(y, kept)];
      if (p === Infinity) return shareEqually(by, ops.abs(x), size, dim, ops.sign(x));
      const slope = p === 2 ? x : ops.mul(ops.sign(x), ops.pow(ops.abs(x), p - 1));
      const ratio = ops.div(slope, p === 2 ? size : ops.pow(size, p - 1));
      return ops.mul(by, ops.masked_fill(ratio, ops.eq(size, 0), 0));
    }]);
  },

  logsumexp(t, dim, keepdim = false) {
    const { result, kept } = reduce(t, dim, keepdim, toFloating(t.dtype), logSumExp);
    return record(result, "LogsumexpBackward0", [t], [t, result], (g, x, y) => [
      () => ops.mul(ops.view(g, kept), ops.exp(ops.sub(x, ops.view(y, kept))))]);
  },

  cumsum(t, dim) {
    const result = alongRows(t, dim, isFloating(t.dtype) ? t.dtype : "int64", (values, start, end, out) => {
      for (let i = start, total = 0; i < end; i++) out[i] = total += values[i];
    });
    return record(result, "CumsumBackward0", [t], [], (g) => [() => ops.flip(ops.cumsum(ops.flip(g, [dim]), dim), [dim])]);
  },

  // Extremes and order

  median(t) {
    const place = findMedian(valuesOf(t), 0, t.numel);
    return record(make([valuesOf(t)[place]], [], t.dtype), "MedianBackward0", [t], [], (g) => [
      () => make(valuesOf(t).map((_, i) => (i === place ? item(g) : 0)), t.shape, t.dtype)]);
  },

  sort(t, dim = -1, descending = false) {
    return ordered(t, dim, descending, Infinity, "SortBackward0");
  },
  argsort: (t, dim = -1, descending = false) => ops.sort(t, dim, descending)[1],
  topk(t, k, dim = -1, largest = true) {
    require(k <= (t.shape.at(dim) ?? 1), "selected index k out of range");
    return ordered(t, dim, largest, k, "TopkBackward0");
  },
  unique(t) {
    const values = [...new Set(valuesOf(t))].sort((a, b) => a - b);
    return tensor(values, [values.length], t.dtype);
  },
  bincount(t, minlength = 0) {
    requireIntegers(t, "bincount_cpu");
    const values = valuesOf(t);
    require(t.shape.length === 1 && values.every((value) => value >= 0),
      "bincount only supports 1-d non-negative integral inputs.");
    const counts = new Float64Array(values.reduce((most, value) => Math.max(most, value + 1), minlength));
    for (const value of values) counts[value]++;
    return make(counts, [counts.length], "int64");
  },
  isin(a, b) {
    const known = new Set(valuesOf(toTensor(b)));
    return make(Uint8Array.from(valuesOf(a), (value) => +known.has(value)), a.shape, "bool");
  },
  nonzero(t) {
    const places = [];
    const strides = contiguousStrides(t.shape);
    valuesOf(t).forEach((value, i) => {
      if (value) places.push(...strides.map((step, d) => Math.floor(i / step) % t.shape[d]));
    });
    return tensor(places, [t.shape.length ? places.length / t.shape.length : +(t.storage[t.offset] !== 0), t.shape.length], "int64");
  },

  // Softmax

  softmax(t, dim) {
    return makeSoftmax(t, dim, "Softmax", Math.exp, (g, y) => [() =>
      ops.sub(ops.mul(g, y), ops.mul(y, ops.sum(ops.mul(g, y), dim, true)))]);
  },
  log_softmax(t, dim) {
    return makeSoftmax(t, dim, "LogSoftmax", (x) => x, (g, y) => [() =>
      ops.sub(g, ops.mul(ops.exp(y), ops.sum(g, dim, true)))]);
  },

  // Comparing whole tensors

  equal: (a, b) => a.shape.join() === b.shape.join() && a.dtype === b.dtype &&
    valuesOf(a).every(function (value, i) { return value === this[i]; }, valuesOf(b)),
  allclose(a, b, rtol = 1e-5, atol = 1e-8, equalNan = false) {
    require(a.dtype === b.dtype, () =>
      `${DTYPES[a.dtype].type} did not match ${DTYPES[b.dtype].type}`);
    const near = ops.logical_or(ops.eq(a, b), ops.le(ops.abs(ops.sub(a, b)), ops.add(ops.mul(ops.abs(b), rtol), atol)));
    const finite = ops.logical_or(ops.eq(a, b), ops.isfinite(ops.sub(a, b)));
    const close = ops.logical_and(near, finite);
    return valuesOf(equalNan ? ops.logical_or(close, ops.logical_and(ops.isnan(a), ops.isnan(b))) : close).every(Boolean);
  },
};

const requireIntegers = (t, name) =>
  require(!isFloating(t.dtype), () => `"${name}" not implemented for '${DTYPES[t.dtype].type}'`, "NotImplementedError");

// The gradient of an extreme is shared by all that equal it.
function shareEqually(g, x, extreme, dim, sign = 1) {
  const equal = ops.to(ops.eq(x, extreme), g.dtype);
  return ops.mul(ops.mul(ops.div(g, ops.sum(equal, dim, true)), equal), sign);
}

for (const [name, find] of Object.entries(EXTREMES)) {
  const title = name[0].toUpperCase() + name.slice(1);
  const best = (values, start, end) => values[find(values, start, end)];
  Object.assign(reductions, {
    [name](t) {
      requireSome(t, null, name);
      const { result } = reduce(t, null, false, t.dtype, best);
      return record(result, `${title}Backward1`, [t], [t, result], (g, x, y) => [() => shareEqually(g, x, y, null)]);
    },
    [`a${name}`](t, dim = null, keepdim = false) {
      const { result, kept } = reduce(t, dim, keepdim, t.dtype, best);
      return record(result, `A${name}Backward0`, [t], [t, result], (g, x, y) => [
        () => shareEqually(ops.view(g, kept), x, ops.view(y, kept), dim)]);
    },
    [`arg${name}`](t, dim = null, keepdim = false) {
      requireSome(t, dim, `arg${name}`, "IndexError");
      return reduce(t, dim, keepdim, "int64", (values, start, end) => find(values, start, end) - start).result;
    },
    [`${name}_dim`](t, dim, keepdim = false) {
      const places = ops[`arg${name}`](t, dim, keepdim);
      return pickFrom(t, dim, keepdim, places, `${title}Backward0`);
    },
  });
}

// [values, indices] of one place a row
function pickFrom(t, dim, keepdim, places, name) {
  if (!t.shape.length) return [ops.clone(t), places];
  const whole = keepdim ? places : ops.unsqueeze(places, wrapDim(dim, t.shape.length));
  const picked = rename(ops.gather(t, dim, whole), name);
  return [keepdim ? picked : rename(ops.squeeze(picked, dim), name), places];
}

// Of an even count the lower one; of any NaN the first.
function findMedian(values, start, end) {
  for (let i = start; i < end; i++) if (values[i] !== values[i]) return i;
  const order = Array.from({ length: end - start }, (_, i) => start + i).sort((i, j) => values[i] - values[j]);
  return order[(order.length - 1) >> 1];
}

function varianceOf(values, start, end, correction) {
  const mean = addUp(values, start, end) / (end - start);
  let total = 0;
  for (let i = start; i < end; i++) total += (values[i] - mean) ** 2;
  return total / Math.max(end - start - correction, 0);
}

function logSumExp(values, start, end) {
  let largest = -Infinity;
  for (let i = start; i < end; i++) largest = Math.max(largest, values[i]);
  if (!Number.isFinite(largest)) return largest;
  let total = 0;
  for (let i = start; i < end; i++) total += Math.exp(values[i] - largest);
  return largest + Math.log(total);
}

// f(values, start, end, out) fills a row of the result for each row along one dimension.
function alongRows(t, dim, dtype, f) {
  const { values, count, length, order } = rowsOf(t, wrapDim(dim, t.shape.length));
  const out = allocate(dtype, t.numel);
  for (let r = 0; r < count; r++) f(values, r * length, (r + 1) * length, out);
  const moved = make(out, order.map((d) => t.shape[d]), dtype);
  const back = order.map((_, d) => order.indexOf(d));
  return new Tensor(valuesOf(ops.permute(moved, back)), t.shape, dtype);
}

function makeSoftmax(t, dim, name, finish, derive) {
  requireFloating(t, `"${name === "Softmax" ? "softmax" : "log_softmax"}_lastdim_kernel_impl" not implemented for ` +
    `'${DTYPES[t.dtype].type}'`);
  const result = alongRows(t, dim, t.dtype, (values, start, end, out) => {
    const sum = logSumExp(values, start, end);
    for (let i = start; i < end; i++) out[i] = finish(values[i] - sum);
  });
  return record(result, `${name}Backward0`, [t], [result], derive);
}

// NaN counts as the largest; equals keep their order.
function ordered(t, dim, descending, most, name) {
  const compare = (a, b) => (a === b ? 0 : a !== a ? (b !== b ? 0 : 1) : b !== b ? -1 : a - b);
  if (!t.shape.length) return [ops.clone(t), tensor([0], [], "int64")];
  const indices = alongRows(t, dim, "int64", (values, start, end, out) => {
    const order = Array.from({ length: end - start }, (_, i) => i);
    order.sort((i, j) => (descending ? -1 : 1) * compare(values[start + i], values[start + j]));
    out.set(order, start);
  });
  const kept = most === Infinity ? indices : ops.contiguous(ops.narrow(indices, dim, 0, most));
  return [rename(ops.gather(t, dim, kept), name), kept];
}

// The derivative of a product: of each, the product of the others.
function productOfOthers(x, dim) {
  const d = dim === null ? 0 : dim;
  const row = dim === null ? ops.flatten(x) : x;
  const parts = Array.from({ length: row.shape.length ? row.shape.at(d) : 1 }, (_, skipped) =>
    ops.prod(ops.getitem(row, [...new Array(wrapDim(d, row.shape.length)).fill(slice_of()), tensor(others(row.shape.at(d), skipped), [row.shape.at(d) - 1], "int64")]), d, true));
  return ops.view(ops.cat(parts, d), x.shape);
}
const others = (count, skipped) => Array.from({ length: count }, (_, i) => i).filter((i) => i !== skipped);
