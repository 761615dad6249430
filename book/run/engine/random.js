// Random numbers as PyTorch draws them on the CPU: the same seed gives the same numbers.

import { draw32, drawFloat, seedTwister } from "../../../lenet_course/widgets/shared/twister.js";
import { ops } from "./graph.js";
import { replaceBy } from "./memory.js";
import { makeNormals } from "./normal.js";
import { countOf } from "./shapes.js";
import { allocate, make } from "./tensor.js";
import { require, words } from "./words.js";

export const seedGenerator = (generator, seed) =>
  Object.assign(seedTwister(generator, Number(BigInt.asUintN(32, BigInt(seed)))), { normal: null });

export const Generator = () => seedGenerator({}, 67280421310721);
const common = Generator();
export const manual_seed = (seed) => seedGenerator(common, seed);
export const getState = (generator = null) => {
  const { state, next, normal } = generator ?? common;
  return { state: state.slice(), next, normal };
};
export const setState = (generator, { state, next, normal }) =>
  void Object.assign(generator ?? common, { state: state.slice(), next, normal });

// From 0 to below 1, of 53 random bits: the lower ones of two draws.
// Source: at::transformation::uniform_real.
function drawDouble(generator) {
  const high = draw32(generator) % 2 ** 21;
  return (high * 2 ** 32 + draw32(generator)) / 2 ** 53;
}
const drawerOf = (dtype) => (dtype === "float64" ? drawDouble : drawFloat);

function drawNormal(generator) {
  if (generator.normal !== null) {
    const kept = generator.normal;
    generator.normal = null;
    return kept;
  }
  const angle = 2 * Math.PI * drawDouble(generator);
  const radius = Math.sqrt(-2 * Math.log1p(-drawDouble(generator)));
  generator.normal = radius * Math.sin(angle);
  return radius * Math.cos(angle);
}

function drawNormals(count, dtype, generator) {
  const values = allocate(dtype, count);
  if (count < 16) return values.map(() => drawNormal(generator));
  const draw = drawerOf(dtype);
  for (let i = 0; i < count; i++) values[i] = draw(generator);
  for (let start = 0; start + 16 <= count; start += 16) makeNormals(values, start);
  if (count % 16) { // the last 16 are drawn anew
    for (let i = count - 16; i < count; i++) values[i] = draw(generator);
    makeNormals(values, count - 16);
  }
  return values;
}

const fill = (t, values) => replaceBy(t, () => make(values, t.shape, t.dtype));

export const drawing = {
  uniform_(t, low = 0, high = 1, generator = null) {
    require(low <= high, words.uniform, low, high);
    const round = t.dtype === "float64" ? Number : Math.fround;
    const [from, to, draw] = [round(low), round(high), drawerOf(t.dtype)];
    const values = new Float64Array(t.numel);
    for (let i = 0; i < values.length; i++) values[i] = draw(generator ?? common) * (to - from) + from;
    return fill(t, values);
  },
  normal_(t, mean = 0, std = 1, generator = null) {
    require(std >= 0, words.normal, std);
    const values = drawNormals(t.numel, t.dtype, generator ?? common);
    return fill(t, values.map((value) => value * std + mean));
  },
  rand: (shape, dtype = null, generator = null) =>
    ops.uniform_(ops.empty(shape, dtype), 0, 1, generator),
  randn: (shape, dtype = null, generator = null) =>
    ops.normal_(ops.empty(shape, dtype), 0, 1, generator),
  rand_like: (t, dtype = null) => ops.rand(t.shape, dtype ?? t.dtype),
  randn_like: (t, dtype = null) => ops.randn(t.shape, dtype ?? t.dtype),

  randint(low, high, shape, dtype = null, generator = null) {
    require(low < high, words.randint, low, high);
    const next = () => low + (draw32(generator ?? common) % (high - low));
    const values = Float64Array.from({ length: countOf(shape) }, next);
    return make(values, [...shape], dtype ?? "int64");
  },
  // Each place in turn changes with one that comes after it, or with itself.
  // Source: at::native::randperm_cpu.
  randperm(n, generator = null) {
    require(n >= 0, words.negative, n, [n]);
    const out = Float64Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const other = i + (draw32(generator ?? common) % (n - i));
      [out[i], out[other]] = [out[other], out[i]];
    }
    return make(out, [n], "int64");
  },
};
