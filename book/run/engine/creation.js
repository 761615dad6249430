// Tensors from nothing, and tensors as bytes.

import { DTYPES, getDefaultDtype, isFloating } from "./dtypes.js";
import { countOf } from "./shapes.js";
import { allocate, make, toTensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

function full(shape, x, dtype = null) {
  const least = Math.min(0, ...shape);
  require(least === 0, words.negative, least, shape);
  const value = toTensor(x);
  const out = allocate(dtype ?? value.dtype, countOf(shape));
  return make(out.fill(value.storage[value.offset]), [...shape], dtype ?? value.dtype);
}

const beside = (made, { device }) => Object.assign(made, { device });
const like = (create) => (t, dtype = null) => beside(create(t.shape, dtype ?? t.dtype), t);

export const creation = {
  full,
  zeros: (shape, dtype = null) => full(shape, 0, dtype ?? getDefaultDtype()),
  ones: (shape, dtype = null) => full(shape, 1, dtype ?? getDefaultDtype()),
  empty: (shape, dtype = null) => full(shape, 0, dtype ?? getDefaultDtype()),
  full_like: (t, x, dtype = null) => beside(full(t.shape, x, dtype ?? t.dtype), t),

  // Numbers that are all whole make int64.
  arange(start, end, step = 1, dtype = null) {
    const [from, to, by] = [start, end, step].map(toTensor);
    const [a, b, c] = [from, to, by].map((t) => t.storage[t.offset]);
    require(c !== 0, words.arangeStep);
    require((b - a) * Math.sign(c) >= 0, words.arangeSign);
    const whole = [from, to, by].every((t) => !isFloating(t.dtype));
    const count = Math.ceil((b - a) / c);
    const values = Float64Array.from({ length: count }, (_, i) => a + i * c);
    return make(values, [count], dtype ?? (whole ? "int64" : getDefaultDtype()));
  },
  // From both ends, so that both are met; the step is a number of the tensor's own dtype.
  linspace(start, end, steps, dtype = null) {
    require(steps >= 0, words.linspace);
    const to = dtype ?? getDefaultDtype();
    const round = to === "float32" ? Math.fround : Number;
    const [first, last] = [round(start), round(end)];
    const step = round((last - first) / Math.max(steps - 1, 1));
    const half = Math.max(Math.floor(steps / 2), 1);
    const at = (_, i) => (i < half ? first + step * i : last - step * (steps - 1 - i));
    return make(Float64Array.from({ length: steps }, at), [steps], to);
  },
  eye(n, m = n, dtype = null) {
    const t = creation.zeros([n, m], dtype);
    for (let i = 0; i < Math.min(n, m); i++) t.storage[i * (m + 1)] = 1;
    return t;
  },
};
for (const name of ["zeros", "ones", "empty"]) creation[`${name}_like`] = like(creation[name]);

// Halves and int64 have other bytes than their `array`; bfloat16 is the upper half of a float32.
// Source: IEEE 754, binary16: a bit of sign, 5 of exponent (bias 15, all ones: not finite), 10 of
// fraction.
function decodeHalf(half) {
  const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  const size = exponent ? 1 + fraction / 1024 : fraction / 512; // below 2^-14 there is no leading 1
  return sign * size * 2 ** (exponent - 15);
}
function encodeHalf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return sign | 0x7c00 | (size !== size ? 0x200 : 0);
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
}
const upperHalf = (value) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;
const fromUpperHalf = (half) => new Float32Array(Uint32Array.of(half << 16).buffer)[0];

const CODES = {
  float16: [Uint16Array, encodeHalf, decodeHalf],
  bfloat16: [Uint16Array, upperHalf, fromUpperHalf],
  int64: [BigInt64Array, BigInt, Number],
};

export function toBytes(t) {
  const [array, encode] = CODES[t.dtype] ?? [];
  const stored = array ? array.from(valuesOf(t), encode) : valuesOf(t).slice();
  return new Uint8Array(stored.buffer);
}

export function fromBytes(bytes, shape, dtype) {
  const { array } = DTYPES[dtype];
  const { buffer } = new Uint8Array(bytes);
  const [storedArray, , decode] = CODES[dtype] ?? [array];
  const stored = new storedArray(buffer);
  return make(decode ? array.from(stored, decode) : stored, [...shape], dtype);
}
