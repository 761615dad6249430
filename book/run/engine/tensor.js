// A tensor: numbers in a row of memory, and how a place (row, column, …) is found there. Views share
// the memory. Every kernel reads its inputs as contiguous numbers: valuesOf() copies only where a
// tensor is not contiguous.

import { DTYPES, fail, getDefaultDtype, require } from "./dtypes.js";

const MOST_BYTES = 2 ** 29; // of one tensor: a phone has no more to give
let allocated = 0;

export const countOf = (shape) => shape.reduce((count, size) => count * size, 1);

export function contiguousStrides(shape) {
  const strides = [];
  for (let d = shape.length - 1, step = 1; d >= 0; step *= Math.max(shape[d--], 1)) strides[d] = step;
  return strides;
}

export class Tensor {
  #gradFn = null;

  constructor(storage, shape, dtype, strides = contiguousStrides(shape), offset = 0) {
    Object.assign(this, { storage, shape, dtype, strides, offset });
    this.numel = countOf(shape);
    this.version = { count: 0 }; // of changes in place; views have the same
    this.device = "cpu";
    this.isNumber = false; // a Python number
    this.requiresGrad = false;
    this.grad = null;
    this.base = null; // of a view: the tensor it looks at, and how it is made from that
    this.replay = null;
    this.isTracked = false; // whether the view was made while autograd records
    this.hooks = [];
  }

  get isLeaf() {
    return this.gradFn === null;
  }

  // A view whose base was changed in place comes from the changed base.
  get gradFn() {
    if (this.isTracked && this.changes !== this.version.count) {
      this.changes = this.version.count;
      if (this.base.gradFn) this.gradFn = this.replay(this.base);
    }
    return this.#gradFn;
  }

  set gradFn(node) {
    this.#gradFn = node;
    this.changes = this.version.count;
    if (node) this.requiresGrad = true;
  }
}

export function allocate(dtype, count) {
  const { array, bytes } = DTYPES[dtype];
  try {
    if (count * bytes > MOST_BYTES) throw new RangeError();
    allocated += count * array.BYTES_PER_ELEMENT;
    return new array(count);
  } catch {
    return fail("RuntimeError", "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: " +
      `you tried to allocate ${BigInt(count) * BigInt(bytes)} bytes. Error code 12 (Cannot allocate memory)`);
  }
}

// The bytes of tensors made since the last call: Python collects its garbage when there are many.
export function takeAllocated() {
  const bytes = allocated;
  allocated = 0;
  return bytes;
}

// Numbers in order → a tensor; of other types than the dtype's own, they are converted.
export function make(values, shape, dtype) {
  const { array, convert } = DTYPES[dtype];
  const known = values instanceof array;
  if (known && !convert) return new Tensor(values, shape, dtype);
  const storage = known ? values : allocate(dtype, values.length);
  for (let i = 0; i < values.length; i++) storage[i] = convert ? convert(values[i]) : values[i];
  return new Tensor(storage, shape, dtype);
}

export function tensor(values, shape, dtype = getDefaultDtype()) {
  const numbers = Float64Array.from(values);
  require(numbers.length === countOf(shape), `expected ${countOf(shape)} values, got ${numbers.length}`);
  return make(numbers, [...shape], dtype);
}

// A Python number: it keeps its 64 bits until it meets a tensor, and never widens a tensor's dtype.
export function scalar(value, kind) {
  const dtype = { int: "int64", bool: "bool", float: getDefaultDtype() }[kind];
  return Object.assign(new Tensor(Float64Array.of(value), [], dtype), { isNumber: true });
}

export const toTensor = (x) =>
  x instanceof Tensor ? x : scalar(Number(x), typeof x === "boolean" ? "bool" : Number.isInteger(x) ? "int" : "float");

export function is_contiguous(t) {
  if (t.numel === 0) return true;
  for (let d = t.shape.length - 1, step = 1; d >= 0; step *= t.shape[d--]) {
    if (t.shape[d] !== 1 && t.strides[d] !== step) return false;
  }
  return true;
}

// Calls visit(place in memory, place in order) for the start of each row of the last dimension.
export function visitRows({ shape, strides, offset, numel }, visit) {
  const last = shape.length - 1;
  if (numel === 0) return;
  if (last <= 0) return visit(offset, 0);
  const place = new Array(last).fill(0);
  for (let at = offset, order = 0; ; order += shape[last]) {
    visit(at, order);
    let d = last - 1;
    for (; d >= 0; d--) {
      at += strides[d];
      if (++place[d] < shape[d]) break;
      at -= place[d] * strides[d];
      place[d] = 0;
    }
    if (d < 0) return;
  }
}

// The numbers in order; not to be written to: they may be the tensor's own memory.
export function valuesOf(t) {
  const { storage, offset, numel } = t;
  if (is_contiguous(t)) {
    return offset === 0 && storage.length === numel ? storage : storage.subarray(offset, offset + numel);
  }
  const values = new storage.constructor(numel);
  const length = t.shape.at(-1);
  const step = t.strides.at(-1);
  visitRows(t, (at, order) => {
    for (let i = 0; i < length; i++) values[order + i] = storage[at + i * step];
  });
  return values;
}

// Writes numbers in order into the tensor's memory, wherever its places lie.
export function writeValues(t, values) {
  const { storage } = t;
  const { convert } = DTYPES[t.dtype];
  const length = t.shape.at(-1) ?? 1;
  const step = t.strides.at(-1) ?? 1;
  if (is_contiguous(t) && !convert) return storage.set(values, t.offset);
  visitRows(t, (at, order) => {
    for (let i = 0; i < length; i++) {
      const value = values[order + i];
      storage[at + i * step] = convert ? convert(value) : value;
    }
  });
}

export function wrapDim(dim, ndim) {
  const most = Math.max(ndim, 1);
  require(dim >= -most && dim < most, () =>
    `Dimension out of range (expected to be in range of [${-most}, ${most - 1}], but got ${dim})`, "IndexError");
  return dim < 0 ? dim + most : dim;
}

export const wrapDims = (dims, ndim) =>
  dims === null || dims === undefined || dims.length === 0
    ? Array.from({ length: ndim }, (_, d) => d)
    : [dims].flat().map((dim) => wrapDim(dim, ndim)).filter((dim) => dim < ndim);

export const showShape = (shape) => `[${shape.join(", ")}]`;

export function broadcastShapes(a, b) {
  const shape = [];
  for (let n = 1; n <= Math.max(a.length, b.length); n++) {
    const [p, q] = [a.at(-n) ?? 1, b.at(-n) ?? 1];
    require(p === q || p === 1 || q === 1, () =>
      `The size of tensor a (${p}) must match the size of tensor b (${q}) at non-singleton dimension ` +
      `${Math.max(a.length, b.length) - n}`);
    shape.unshift(p === 1 ? q : p);
  }
  return shape;
}

// A view of more places than there are numbers: a step of 0 stays where it is.
export function broadcastTo(t, shape) {
  const more = shape.length - t.shape.length;
  const strides = shape.map((size, d) => (d < more || t.shape[d - more] !== size ? 0 : t.strides[d - more]));
  return new Tensor(t.storage, shape, t.dtype, strides, t.offset);
}

export function item(t) {
  require(t.numel === 1, () => `a Tensor with ${t.numel} elements cannot be converted to Scalar`);
  require(t.device === "cpu", "Tensor.item() cannot be called on meta tensors");
  return t.storage[t.offset];
}

export const toArray = (t) => valuesOf(t).slice();
export const toText = (t) => Array.from(valuesOf(t), textOf).join(",");
const textOf = (x) => (Object.is(x, -0) ? "-0" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : Number.isNaN(x) ? "nan" : `${x}`);
