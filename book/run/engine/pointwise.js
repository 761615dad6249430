// Operations on each number by itself, with broadcasting. A table says of each: how it is computed,
// its node, what it saves, and its derivatives: for each input, what to do with the gradient.

import { isFloating, resultType, roundToEven, toFloating, typeOf } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { broadcastShapes, broadcastStrides, countOf } from "./shapes.js";
import { Tensor, allocate, make, toTensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

const SELF = (x) => [x];
const RESULT = (x, y) => [y];
const NONE = () => [];
const zero = (g) => ops.zeros_like(g);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// name: [f, node, what is saved of (x, result), derivative(gradient, saved)]
export const UNARY = {
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
  reciprocal: [(x) => 1 / x, "ReciprocalBackward0", RESULT,
    (g, y) => ops.neg(ops.mul(g, ops.mul(y, y)))],
  sin: [Math.sin, "SinBackward0", SELF, (g, x) => ops.mul(g, ops.cos(x))],
  cos: [Math.cos, "CosBackward0", SELF, (g, x) => ops.neg(ops.mul(g, ops.sin(x)))],
  tanh: [Math.tanh, "TanhBackward0", RESULT, (g, y) => ops.mul(g, ops.rsub(ops.mul(y, y), 1))],
  sigmoid: [sigmoid, "SigmoidBackward0", RESULT,
    (g, y) => ops.mul(g, ops.mul(y, ops.rsub(y, 1)))],
};
const OF_ANY_KIND = "neg abs sign floor ceil round square".split(" "); // others make floats

const both = (a, b) => [a, b];
const crossed = (a, b) => [b.requiresGrad && a, a.requiresGrad && b];
// Of two equal numbers, each gets half.
const share = (g, wins, equal) => ops.mul(g, ops.add(ops.mul(equal, 0.5), ops.to(wins, g.dtype)));
const among = (beats) => (g, a, b) => {
  const equal = ops.to(ops.eq(a, b), g.dtype);
  return [() => share(g, beats(a, b), equal), () => share(g, beats(b, a), equal)];
};

// compute(out, left, i1, right, j1): a row of numbers from two, which go on by i1 and j1. Loops of
// their own for what is computed most: V8 wraps each number that it hands to a function like f.
export const each = (f) => (out, left, i1, right, j1) => {
  for (let n = 0; n < out.length; n++) out[n] = f(left[n * i1], right[n * j1]);
};
function addEach(out, left, i1, right, j1) {
  for (let n = 0; n < out.length; n++) out[n] = left[n * i1] + right[n * j1];
}
function subtractEach(out, left, i1, right, j1) {
  for (let n = 0; n < out.length; n++) out[n] = left[n * i1] - right[n * j1];
}
function multiplyEach(out, left, i1, right, j1) {
  for (let n = 0; n < out.length; n++) out[n] = left[n * i1] * right[n * j1];
}
function divideEach(out, left, i1, right, j1) {
  for (let n = 0; n < out.length; n++) out[n] = left[n * i1] / right[n * j1];
}

// name: [compute, node, what is saved of (a, b), derivatives(gradient, saved) for a and b]
export const BINARY = {
  add: [addEach, "AddBackward0", NONE, (g) => [() => g, () => g]],
  sub: [subtractEach, "SubBackward0", NONE, (g) => [() => g, () => ops.neg(g)]],
  mul: [multiplyEach, "MulBackward0", crossed,
    (g, a, b) => [() => ops.mul(g, b), () => ops.mul(g, a)]],
  div: [divideEach, "DivBackward0", (a, b) => [b.requiresGrad && a, b],
    (g, a, b) => [() => ops.div(g, b), () => ops.neg(ops.div(ops.mul(g, a), ops.mul(b, b)))]],
  floor_divide: [each((a, b) => Math.floor(a / b)), "FloorDivideBackward0", NONE, (g) =>
    [() => zero(g), () => zero(g)]],
  remainder: [each((a, b) => a - b * Math.floor(a / b)), "RemainderBackward0", both,
    (g, a, b) => [() => g, () => ops.neg(ops.mul(g, ops.floor(ops.div(a, b))))]],
  maximum: [each(Math.max), "MaximumBackward0", both, among((a, b) => ops.gt(a, b))],
  minimum: [each(Math.min), "MinimumBackward0", both, among((a, b) => ops.lt(a, b))],
};

const COMPARE = {
  eq: (a, b) => +(a === b),
  ne: (a, b) => +(a !== b),
  lt: (a, b) => +(a < b),
  le: (a, b) => +(a <= b),
  gt: (a, b) => +(a > b),
  ge: (a, b) => +(a >= b),
  logical_and: (a, b) => +(a !== 0 && b !== 0),
  logical_or: (a, b) => +(a !== 0 || b !== 0),
  logical_xor: (a, b) => +((a !== 0) !== (b !== 0)),
};
export const BITWISE = {
  bitwise_and: (a, b) => a & b,
  bitwise_or: (a, b) => a | b,
  bitwise_xor: (a, b) => a ^ b,
};
const TESTS = {
  isnan: Number.isNaN,
  isfinite: Number.isFinite,
  isinf: (x) => Math.abs(x) === Infinity,
  logical_not: (x) => x === 0,
};

// Computing

export const convertTo = (t, dtype) => make(valuesOf(t).slice(), t.shape, dtype);
const valuesAs = (t, dtype) =>
  t.dtype === dtype && !t.isNumber ? valuesOf(t) : convertTo(t, dtype).storage;

export function mapOne(f, t, dtype) {
  const values = valuesAs(t, dtype);
  const out = allocate(dtype, t.numel);
  for (let i = 0; i < out.length; i++) out[i] = f(values[i]);
  return make(out, t.shape, dtype);
}

// A tensor's numbers in the order of a larger shape, and the step to the next: 0 where it has one.
export function spreadOver(shape, t, dtype) {
  if (t.numel === 1) return [valuesAs(t, dtype), 0];
  if (t.numel === countOf(shape)) return [valuesAs(t, dtype), 1];
  const seen = new Tensor(t.storage, shape, t.dtype, broadcastStrides(t, shape), t.offset);
  return [valuesAs(seen, dtype), 1];
}

export function mapTwo(compute, a, b, dtype, outDtype = dtype) {
  const shape = broadcastShapes(a.shape, b.shape);
  const out = allocate(outDtype, countOf(shape));
  compute(out, ...spreadOver(shape, a, dtype), ...spreadOver(shape, b, dtype));
  return make(out, shape, outDtype);
}

function requireComputable(name, a, b, dtype) {
  const bools = [a, b].filter((t) => t.dtype === "bool").length;
  require(name !== "sub" || !bools, words.subtractBool, bools === 2);
  const divides = name === "floor_divide" || name === "remainder";
  require(isFloating(dtype) || !divides || !valuesOf(b).includes(0), words.zeroDivision);
}

function computeBinary(name, x, y) {
  const [compute, node, saves, derive] = BINARY[name];
  const [a, b] = [toTensor(x), toTensor(y)];
  const common = resultType([a, b]);
  requireComputable(name, a, b, common);
  const result = mapTwo(compute, a, b, name === "div" ? toFloating(common) : common);
  return record(result, node, [a, b], saves(a, b), derive);
}

export const pointwise = {
  add: (a, b, alpha = 1) => computeBinary("add", a, alpha === 1 ? b : ops.mul(b, alpha)),
  sub: (a, b, alpha = 1) => computeBinary("sub", a, alpha === 1 ? b : ops.mul(b, alpha)),
  rsub: (t, x) => rename(ops.sub(x, t), "RsubBackward1"),
};

for (const [name, [f, node, saves, derive]] of Object.entries(UNARY)) {
  pointwise[name] = (t) => {
    require(name !== "neg" || t.dtype !== "bool", words.negateBool);
    const result = mapOne(f, t, OF_ANY_KIND.includes(name) ? t.dtype : toFloating(t.dtype));
    return record(result, node, [t], saves(t, result), (g, saved) => [() => derive(g, saved)]);
  };
}

for (const name of Object.keys(BINARY)) pointwise[name] ??= (x, y) => computeBinary(name, x, y);

for (const [name, f] of Object.entries(COMPARE)) {
  pointwise[name] = (x, y) => {
    const [a, b] = [toTensor(x), toTensor(y)];
    return record(mapTwo(each(f), a, b, resultType([a, b]), "bool"), "", [a, b], [], null);
  };
}

for (const [name, f] of Object.entries(BITWISE)) {
  pointwise[name] = (x, y) => {
    const [a, b] = [toTensor(x), toTensor(y)];
    const dtype = resultType([a, b]);
    const floating = [a, b].find((t) => isFloating(t.dtype));
    require(!floating, words.notImplemented, `${name}_cpu`, floating && typeOf(floating));
    return mapTwo(each(f), a, b, dtype);
  };
}

for (const [name, f] of Object.entries(TESTS)) {
  pointwise[name] = (t) => make(Uint8Array.from(valuesOf(t), (x) => +f(x)), t.shape, "bool");
}
