// A tensor: numbers in a row of memory, and how a place (row, column, …) is found there. Views
// share the memory. Every kernel reads its inputs as contiguous numbers: valuesOf() copies only
// where a tensor is not contiguous.

import { DTYPES, getDefaultDtype } from "./dtypes.js";
import { contiguousStrides, countOf } from "./shapes.js";
import { fail, require, words } from "./words.js";

const MOST_BYTES = 2 ** 29; // of one tensor: a phone has no more to give
let allocated = 0;

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
    this.hooks = [];
    this.base = null; // of a view: the tensor that it looks at
    this.look = null; // of a view: makes it of its base, or of a tensor of the same shape
    this.isTracked = false; // of a view: made while autograd recorded
  }

  get isLeaf() {
    return this.gradFn === null;
  }

  // A view whose base was changed in place comes from the changed base.
  get gradFn() {
    if (this.isTracked && this.changes !== this.version.count) {
      this.changes = this.version.count;
      if (this.base.gradFn) this.gradFn = this.look(this.base).gradFn;
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
    return fail(words.memory, BigInt(count) * BigInt(bytes));
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
  if (!convert) storage.set(values);
  else for (let i = 0; i < values.length; i++) storage[i] = convert(values[i]);
  return new Tensor(storage, shape, dtype);
}

export function tensor(values, shape, dtype = getDefaultDtype()) {
  const numbers = Float64Array.from(values);
  require(numbers.length === countOf(shape), words.values, countOf(shape), numbers.length);
  return make(numbers, [...shape], dtype);
}

// A Python number: it keeps its 64 bits until it meets a tensor, and never widens a tensor's dtype.
export function scalar(value, kind) {
  const dtype = { int: "int64", bool: "bool", float: getDefaultDtype() }[kind];
  return Object.assign(new Tensor(Float64Array.of(value), [], dtype), { isNumber: true });
}

export function toTensor(x) {
  if (x instanceof Tensor) return x;
  return scalar(Number(x), typeof x === "boolean" ? "bool" : Number.isInteger(x) ? "int" : "float");
}

export function is_contiguous({ numel, shape, strides }) {
  if (numel === 0) return true;
  for (let d = shape.length - 1, step = 1; d >= 0; step *= shape[d--]) {
    if (shape[d] !== 1 && strides[d] !== step) return false;
  }
  return true;
}

// Calls visit(place in memory, place in order) for the start of each row of the last dimension.
function visitRows({ shape, strides, offset, numel }, visit) {
  const last = shape.length - 1;
  if (numel === 0) return;
  if (last <= 0) return void visit(offset, 0);
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
    const whole = offset === 0 && storage.length === numel;
    return whole ? storage : storage.subarray(offset, offset + numel);
  }
  const values = new storage.constructor(numel);
  const [length, step] = [t.shape.at(-1), t.strides.at(-1)];
  visitRows(t, (at, order) => {
    for (let i = 0; i < length; i++) values[order + i] = storage[at + i * step];
  });
  return values;
}

// Writes numbers in order into the tensor's memory, wherever its places lie.
export function writeValues(t, values) {
  const { storage } = t;
  const { convert } = DTYPES[t.dtype];
  if (is_contiguous(t) && !convert) return storage.set(values, t.offset);
  const [length, step] = [t.shape.at(-1) ?? 1, t.strides.at(-1) ?? 1];
  visitRows(t, (at, order) => {
    for (let i = 0; i < length; i++) {
      const value = values[order + i];
      storage[at + i * step] = convert ? convert(value) : value;
    }
  });
}

export function item(t) {
  require(t.numel === 1, words.item, t.numel);
  require(t.device === "cpu", words.metaItem);
  return t.storage[t.offset];
}

export const toArray = (t) => valuesOf(t).slice();
