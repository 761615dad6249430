// Operations on each number by itself, with broadcasting. A table says of each: how it is computed,
// its node, what it saves, and its derivatives: for each input, what to do with the gradient.

import { ops, record, rename, replaceBy } from "./autograd.js";
import { DTYPES, isFloating, require, resultType, roundToEven, toFloating } from "./dtypes.js";
import { Tensor, allocate, broadcastShapes, broadcastTo, make, toTensor, valuesOf } from "./tensor.js";

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const remainder = (a, b) => a - b * Math.floor(a / b);

const SELF = (x) => [x];
const RESULT = (x, y) => [y];
const NONE = () => [];
const zero = (g) => ops.zeros_like(g);

// name: [f, node, what is saved of (x, result), derivative(gradient, saved)]
const UNARY = {
  neg: [(x) => -x, "NegBackward0", NONE, (g) => ops.neg(g)],
  abs: [Math.abs, "AbsBackward0", SELF, (g, x) => ops.mul(g, ops.sign(x))],
  sign: [Math.sign, "SignBackward0", NONE, zero],
  floor: [Math.floor, "FloorBackward0", NONE, zero],
  ceil: [Math.ceil, "CeilBackward0", NONE, zero],
  round: [roundToEven, "RoundBackward0", NONE, zero],
  square: [(x) => x * x, "PowBackward0", SELF, (g, x) => ops.mul(g, ops.mul(x, 2))],
  exp: [Math.exp, "ExpBackward0", RESULT, (g, y) => ops.mul(g, y)],
  log: [Math.log, "LogBackward0", SELF, (g, x) => ops.div(g, x)],
  sqrt: [Math.sqrt, "SqrtBackward0", RESULT, (g, y) => ops.div(g, ops.mul(y, 2))],
  reciprocal: [(x) => 1 / x, "ReciprocalBackward0", RESULT, (g, y) => ops.neg(ops.mul(g, ops.mul(y, y)))],
  sin: [Math.sin, "SinBackward0", SELF, (g, x) => ops.mul(g, ops.cos(x))],
  cos: [Math.cos, "CosBackward0", SELF, (g, x) => ops.neg(ops.mul(g, ops.sin(x)))],
  tanh: [Math.tanh, "TanhBackward0", RESULT, (g, y) => ops.mul(g, ops.rsub(ops.mul(y, y), 1))],
  sigmoid: [sigmoid, "SigmoidBackward0", RESULT, (g, y) => ops.mul(g, ops.mul(y, ops.rsub(y, 1)))],
};
const OF_ANY_KIND = "neg abs sign floor ceil round square".split(" "); // others make floats

const both = (a, b) => [a, b];
const crossed = (a, b) => [b.requiresGrad && a, a.requiresGrad && b];
const among = (better) => (g, a, b) => [better(a, b), better(b, a)].map((wins) => () => // equals share
  ops.mul(g, ops.add(ops.mul(ops.to(wins, g.dtype), 1), ops.mul(ops.to(ops.eq(a, b), g.dtype), 0.5))));

// name: [f, node, what is saved of (a, b, result), derivatives(gradient, saved) for a and b]
const BINARY = {
  add: [(a, b) => a + b, "AddBackward0", NONE, (g) => [() => g, () => g]],
  sub: [(a, b) => a - b, "SubBackward0", NONE, (g) => [() => g, () => ops.neg(g)]],
  mul: [(a, b) => a * b, "MulBackward0", crossed, (g, a, b) => [() => ops.mul(g, b), () => ops.mul(g, a)]],
  div: [(a, b) => a / b, "DivBackward0", (a, b) => [b.requiresGrad && a, b], (g, a, b) => [
    () => ops.div(g, b), () => ops.neg(ops.div(ops.mul(g, a), ops.mul(b, b)))]],
  floor_divide: [(a, b) => Math.floor(a / b), "NotImplemented", NONE, () => [zero, zero]],
  remainder: [remainder, "RemainderBackward0", both, (g, a, b) => [
    () => g, () => ops.neg(ops.mul(g, ops.floor(ops.div(a, b))))]],
  maximum: [Math.max, "MaximumBackward0", both, among((a, b) => ops.gt(a, b))],
  minimum: [Math.min, "MinimumBackward0", both, among((a, b) => ops.lt(a, b))],
};
const COMPARE = {
  eq: (a, b) => +(a === b), ne: (a, b) => +(a !== b), lt: (a, b) => +(a < b), le: (a, b) => +(a <= b),
  gt: (a, b) => +(a > b), ge: (a, b) => +(a >= b),
  logical_and: (a, b) => +(a !== 0 && b !== 0), logical_or: (a, b) => +(a !== 0 || b !== 0),
  logical_xor: (a, b) => +((a !== 0) !== (b !== 0)),
};
const BITWISE = { bitwise_and: (a, b) => a & b, bitwise_or: (a, b) => a | b, bitwise_xor: (a, b) => a ^ b };
const TESTS = { isnan: Number.isNaN, isfinite: Number.isFinite, isinf: (x) => Math.abs(x) === Infinity,
  logical_not: (x) => x === 0 };

// Computing

export const pointwise = {};

const convert = (t, dtype) => make(valuesOf(t).slice(), t.shape, dtype);
const cast = (t, dtype) => (t.dtype === dtype && !t.isNumber ? valuesOf(t) : convert(t, dtype).storage);

function mapOne(f, t, dtype) {
  const values = cast(t, dtype);
  const out = allocate(dtype, t.numel);
  for (let i = 0; i < out.length; i++) out[i] = f(values[i]);
  return make(out, t.shape, dtype);
}

// The inputs as numbers in order and the step from one to the next: 0 where there is only one.
function rowOf(t, shape, numel, dtype) {
  if (t.numel === 1) return [cast(t, dtype), 0];
  const whole = t.numel === numel ? t : broadcastTo(t, shape);
  return [cast(whole, dtype), 1];
}

function mapTwo(f, a, b, dtype, outDtype) {
  const shape = broadcastShapes(a.shape, b.shape);
  const numel = shape.reduce((n, size) => n * size, 1);
  const [left, i1] = rowOf(a, shape, numel, dtype);
  const [right, j1] = rowOf(b, shape, numel, dtype);
  const out = allocate(outDtype, numel);
  for (let n = 0, i = 0, j = 0; n < numel; n++, i += i1, j += j1) out[n] = f(left[i], right[j]);
  return make(out, shape, outDtype);
}

for (const [name, [f, node, saves, derive]] of Object.entries(UNARY)) {
  pointwise[name] = (t) => {
    require(name !== "neg" || t.dtype !== "bool", "Negation, the `-` operator, on a bool tensor is not " +
      "supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
      "NotImplementedError");
    const result = mapOne(f, t, OF_ANY_KIND.includes(name) ? t.dtype : toFloating(t.dtype));
    return record(result, node, [t], saves(t, result), (g, saved) => [() => derive(g, saved)]);
  };
}

for (const [name, [f, node, saves, derive]] of Object.entries(BINARY)) {
  pointwise[name] = (x, y) => {
    const [a, b] = [toTensor(x), toTensor(y)];
    const common = resultType([a, b]);
    require(name !== "sub" || (a.dtype !== "bool" && b.dtype !== "bool"), () =>
      `Subtraction, the \`-\` operator, with ${a.dtype === b.dtype ? "two bool tensors" : "a bool tensor"} is ` +
      "not supported. " + (a.dtype === b.dtype ? "Use the `^` or `logical_xor()` operator instead."
        : "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."),
      "NotImplementedError");
    const dtype = name === "div" ? toFloating(common) : common;
    require(isFloating(dtype) || !/floor|rem/.test(name) || !valuesOf(b).includes(0), "ZeroDivisionError");
    const result = mapTwo(f, a, b, dtype, dtype);
    return record(result, node, [a, b], saves(a, b), derive);
  };
}

for (const [name, f] of Object.entries(COMPARE)) {
  pointwise[name] = (x, y) => {
    const [a, b] = [toTensor(x), toTensor(y)];
    return record(mapTwo(f, a, b, resultType([a, b]), "bool"), "", [a, b], [], null);
  };
}

for (const [name, f] of Object.entries(BITWISE)) {
  pointwise[name] = (x, y) => {
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    require(!isFloating(dtype), () => `"${name}_cpu" not implemented for '${DTYPES[dtype].type}'`,
      "NotImplementedError");
    return mapTwo(f, a, b, dtype, dtype);
  };
}

for (const [name, f] of Object.entries(TESTS)) {
  pointwise[name] = (t) => make(Uint8Array.from(valuesOf(t), (x) => +f(x)), t.shape, "bool");
}

const { add, sub } = pointwise;
pointwise.add = (a, b, alpha = 1) => add(a, alpha === 1 ? b : ops.mul(toTensor(b), alpha));
pointwise.sub = (a, b, alpha = 1) => sub(a, alpha === 1 ? b : ops.mul(toTensor(b), alpha));

Object.assign(pointwise, {
  rsub: (t, x) => rename(ops.sub(x, t), "RsubBackward1"),
  bitwise_not: (t) => {
    require(!isFloating(t.dtype), () => `"bitwise_not_cpu" not implemented for '${DTYPES[t.dtype].type}'`,
      "NotImplementedError");
    return t.dtype === "bool" ? ops.logical_not(t) : mapOne((x) => ~x, t, t.dtype);
  },

  pow(x, y) {
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    require(isFloating(dtype) || !b.isNumber || b.storage[0] >= 0,
      "Integers to negative integer powers are not allowed.");
    if (b.isNumber) return powerOf(a, b.storage[0], dtype);
    const result = mapTwo(power, a, b, dtype, dtype);
    const logOf = () => ops.where(ops.gt(a, 0), ops.log(ops.to(a, dtype)), 0);
    return record(result, a.isNumber ? "PowBackward2" : "PowBackward1", [a, b], [a, b, result], (g, p, q, y) => [
      () => ops.mul(g, ops.mul(q, ops.pow(p, ops.sub(q, 1)))),
      () => ops.mul(g, ops.mul(y, logOf())),
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
    const [low, high] = [min ?? -Infinity, max ?? Infinity].map((x) => Number(x?.storage?.[x.offset] ?? x));
    const fractional = [min, max].some((x) => x !== null && x !== undefined && isFloating(toTensor(x).dtype));
    const dtype = fractional ? toFloating(t.dtype) : t.dtype;
    const result = mapOne((x) => (x < low ? low : x > high ? high : x), t, dtype);
    return record(result, "ClampBackward1", [t], [t], (g, x) => [
      () => ops.where(ops.logical_and(ops.ge(x, low), ops.le(x, high)), g, 0)]);
  },

  where(condition, x, y) {
    require(condition.dtype === "bool", () => "where expected condition to be a boolean tensor, but got a " +
      `tensor with dtype ${DTYPES[condition.dtype].type}`);
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    const shape = [condition.shape, a.shape, b.shape].reduce(broadcastShapes);
    const out = allocate(dtype, shape.reduce((n, size) => n * size, 1));
    const [choice, left, right] = [[condition, "bool"], [a, dtype], [b, dtype]].map(([t, to]) =>
      rowOf(t, shape, out.length, to));
    for (let i = 0; i < out.length; i++) out[i] = choice[0][i * choice[1]] ? left[0][i * left[1]] : right[0][i * right[1]];
    return record(make(out, shape, dtype), "WhereBackward0", [condition, a, b], [condition], (g, c) => [
      null, () => ops.where(c, g, 0), () => ops.where(c, 0, g)]);
  },

  masked_fill(t, mask, x) {
    require(mask.dtype === "bool", () =>
      `masked_fill_ only supports boolean masks, but got mask with dtype ${DTYPES[mask.dtype].word}`);
    return rename(ops.where(mask, ops.to(toTensor(x), t.dtype), t), "MaskedFillBackward0");
  },

  lerp(a, b, weight) {
    return record(ops.add(a, ops.mul(ops.sub(b, a), weight)), "LerpBackward0", [a, b], [], (g) => [
      () => ops.mul(g, ops.rsub(toTensor(weight), 1)), () => ops.mul(g, weight)]);
  },

  // Changes of dtype and place
  to(t, dtype) {
    if (t.dtype === dtype && !t.isNumber) return t;
    return record(convert(t, dtype), "ToCopyBackward0", [t], [], (g) => [() => g]);
  },
  to_device(t, device) {
    if (t.device === device) return t;
    require(device === "meta", "Cannot copy out of meta tensor; no data!", "NotImplementedError");
    const moved = record(convert(t, t.dtype), "ToCopyBackward0", [t], [], (g) => [() => g]);
    return Object.assign(moved, { device });
  },
  clone: (t) => record(new Tensor(valuesOf(t).slice(), t.shape, t.dtype), "CloneBackward0", [t], [], (g) => [() => g]),
});

function power(a, b) {
  return b === 2 ? a * a : b === 3 ? a * a * a : b === 0.5 ? Math.sqrt(a) : a === 1 ? 1 : a ** b;
}
function powerOf(t, exponent, dtype) {
  const result = mapOne((x) => power(x, exponent), t, dtype);
  return record(result, "PowBackward0", [t], [t], (g, x) => [() =>
    exponent === 0 ? zero(g) : ops.mul(g, ops.mul(ops.pow(x, exponent - 1), exponent))]);
}

// In place: what the operation gives, written where its first argument lies

const IN_PLACE = ["relu", ...Object.keys(UNARY), ...Object.keys(BINARY), ...Object.keys(BITWISE),
  "pow", "clamp", "lerp", "masked_fill", "logical_not"];
for (const name of IN_PLACE) {
  const operation = pointwise[name];
  pointwise[`${name}_`] = (t, ...rest) => replaceBy(t, () => operation(t, ...rest));
}

function requireFits(from, shape) {
  const fits = from.shape.length <= shape.length && from.shape.every((size, d) =>
    size === 1 || size === shape[d + shape.length - from.shape.length]);
  require(fits, () => ops.expand(from, shape) && "");
}

Object.assign(pointwise, {
  copy_(t, x) {
    const from = toTensor(x);
    requireFits(from, t.shape);
    return replaceBy(t, () => record(make(valuesOf(broadcastTo(from, t.shape)).slice(), t.shape, t.dtype),
      "CopyBackwards", [t, from], [], (g) => [() => zero(g), () => g]));
  },
  fill_: (t, x) => ops.copy_(t, x),
  zero_: (t) => ops.copy_(t, 0),
  addcmul_: (t, a, b, value = 1) => ops.add_(t, ops.mul(a, b), value),
  addcdiv_: (t, a, b, value = 1) => ops.add_(t, ops.div(a, b), value),
});
