// Operations on each number that are no row of a table: powers, choices, limits, other dtypes; and
// all of them in place.

import { isFloating, resultType, toFloating, typeOf } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { replaceBy } from "./memory.js";
import { BINARY, BITWISE, UNARY, pointwise } from "./pointwise.js";
import { convertTo, each, mapOne, mapTwo, spreadOver } from "./pointwise.js";
import { broadcastShapes, canBroadcast, countOf } from "./shapes.js";
import { Tensor, allocate, make, toTensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

function power(a, b) {
  return b === 2 ? a * a : b === 3 ? a * a * a : b === 0.5 ? Math.sqrt(a) : a === 1 ? 1 : a ** b;
}

function powerOf(t, exponent, dtype) {
  const result = mapOne((x) => power(x, exponent), t, dtype);
  const slope = (x) => ops.mul(ops.pow(x, exponent - 1), exponent);
  return record(result, "PowBackward0", [t], [t], (g, x) => [
    () => (exponent === 0 ? ops.zeros_like(g) : ops.mul(g, slope(x)))]);
}

const limitOf = (x, otherwise) => Number(x?.storage?.[x.offset] ?? x ?? otherwise);

export const choices = {
  pow(x, y) {
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    require(isFloating(dtype) || !b.isNumber || b.storage[0] >= 0, words.negativePower);
    if (b.isNumber) return powerOf(a, b.storage[0], dtype);
    const node = `PowBackward${a.isNumber ? 2 : 1}`;
    const result = mapTwo(each(power), a, b, dtype);
    return record(result, node, [a, b], [a, b, result], (g, p, q, y) => [
      () => ops.mul(g, ops.mul(q, ops.pow(p, ops.sub(q, 1)))),
      () => ops.mul(g, ops.mul(y, ops.where(ops.gt(p, 0), ops.log(ops.to(p, dtype)), 0))),
    ]);
  },

  // Of the tables' form, but with loops of its own: the network spends its time here.
  relu(t) {
    const [values, out] = [valuesOf(t), allocate(t.dtype, t.numel)];
    for (let i = 0; i < out.length; i++) out[i] = values[i] <= 0 ? 0 : values[i];
    const result = new Tensor(out, t.shape, t.dtype);
    return record(result, "ReluBackward0", [t], [result], (g, y) => [() => {
      const [from, by, back] = [valuesOf(g), valuesOf(y), allocate(g.dtype, g.numel)];
      for (let i = 0; i < back.length; i++) back[i] = by[i] <= 0 ? 0 : from[i];
      return new Tensor(back, g.shape, g.dtype);
    }]);
  },

  clamp(t, min = null, max = null) {
    if (min?.numel > 1 || max?.numel > 1) {
      const raised = min === null ? t : ops.maximum(t, min);
      return max === null ? raised : ops.minimum(raised, max);
    }
    const [low, high] = [limitOf(min, -Infinity), limitOf(max, Infinity)];
    const limits = [min, max].filter((x) => x !== null).map(toTensor);
    const dtype = limits.some((x) => isFloating(x.dtype)) ? toFloating(t.dtype) : t.dtype;
    const result = mapOne((x) => (x < low ? low : x > high ? high : x), t, dtype);
    return record(result, "ClampBackward1", [t], [t], (g, x) => [
      () => ops.where(ops.logical_and(ops.ge(x, low), ops.le(x, high)), g, 0)]);
  },

  where(condition, x, y) {
    require(condition.dtype === "bool", words.where, typeOf(condition));
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    const shape = [condition.shape, a.shape, b.shape].reduce(broadcastShapes);
    const [choice, i1] = spreadOver(shape, condition, "bool");
    const [left, j1] = spreadOver(shape, a, dtype);
    const [right, k1] = spreadOver(shape, b, dtype);
    const out = allocate(dtype, countOf(shape));
    for (let n = 0; n < out.length; n++) out[n] = choice[n * i1] ? left[n * j1] : right[n * k1];
    const result = make(out, shape, dtype);
    return record(result, "WhereBackward0", [condition, a, b], [condition], (g, c) => [
      null, () => ops.where(c, g, 0), () => ops.where(c, 0, g)]);
  },
  masked_fill(t, mask, x) {
    require(mask.dtype === "bool", words.maskDtype, typeOf(mask).toLowerCase());
    return rename(ops.where(mask, ops.to(toTensor(x), t.dtype), t), "MaskedFillBackward0");
  },

  lerp(a, b, weight) {
    const result = ops.add(ops.detach(a), ops.mul(ops.sub(ops.detach(b), ops.detach(a)), weight));
    return record(result, "LerpBackward0", [a, b], [], (g) => [
      () => ops.mul(g, ops.rsub(toTensor(weight), 1)), () => ops.mul(g, weight)]);
  },

  bitwise_not(t) {
    require(!isFloating(t.dtype), words.notImplemented, "bitwise_not_cpu", typeOf(t));
    return t.dtype === "bool" ? ops.logical_not(t) : mapOne((x) => ~x, t, t.dtype);
  },

  to(t, dtype) {
    if (t.dtype === dtype && !t.isNumber) return t;
    return record(convertTo(t, dtype), "ToCopyBackward0", [t], [], (g) => [() => g]);
  },
  to_device(t, device) {
    if (t.device === device) return t;
    require(device === "meta", words.metaCopy);
    const moved = record(convertTo(t, t.dtype), "ToCopyBackward0", [t], [], (g) => [() => g]);
    return Object.assign(moved, { device });
  },
  clone(t) {
    const copy = new Tensor(valuesOf(t).slice(), t.shape, t.dtype);
    return record(copy, "CloneBackward0", [t], [], (g) => [() => g]);
  },

  copy_(t, x) {
    const from = toTensor(x);
    if (!canBroadcast(from.shape, t.shape)) ops.expand(from, t.shape); // which says why not
    return replaceBy(t, () => {
      const [values, step] = spreadOver(t.shape, from, t.dtype);
      const copy = step ? values.slice() : allocate(t.dtype, t.numel).fill(values[0]);
      return record(make(copy, t.shape, t.dtype), "CopyBackwards", [t, from], [], (g) => [
        () => ops.zeros_like(g), () => g]);
    });
  },
  fill_: (t, x) => ops.copy_(t, x),
  zero_: (t) => ops.copy_(t, 0),
  addcmul_: (t, a, b, value = 1) => ops.add_(t, ops.mul(a, b), value),
  addcdiv_: (t, a, b, value = 1) => ops.add_(t, ops.div(a, b), value),
};

// What the operation gives, written where its first argument lies
const OTHERS = ["pow", "relu", "clamp", "lerp", "masked_fill", "logical_not"];
for (const name of [UNARY, BINARY, BITWISE].flatMap(Object.keys).concat(OTHERS)) {
  const operation = choices[name] ?? pointwise[name];
  choices[`${name}_`] = (t, ...rest) => replaceBy(t, () => operation(t, ...rest));
}
