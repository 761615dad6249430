// Indexing, read and write: t[1, :, None, ..., mask, places]. Numbers, slices, None and … make a
// view; then tensors of places pick from it.

import { ops, record, replaceBy } from "./autograd.js";
import { DTYPES, isFloating, require } from "./dtypes.js";
import { Tensor, allocate, broadcastShapes, broadcastTo, contiguousStrides, countOf, make, showShape, tensor, toTensor, valuesOf, wrapDim } from "./tensor.js";

export const ELLIPSIS = { ellipsis: true };
export const slice_of = (start, stop, step) => ({ start: start ?? null, stop: stop ?? null, step: step ?? 1 });

const isMask = (item) => item instanceof Tensor && (item.dtype === "bool" || item.dtype === "uint8");
const widthOf = (item) =>
  item === null || item === undefined || item === ELLIPSIS || typeof item === "boolean" ? 0 : isMask(item) ? item.shape.length : 1;

// The view that numbers, slices, None and … make, and for each of its dimensions the tensor of places
// that picks from it.
function applyBasic(t, items) {
  const used = items.reduce((n, item) => n + widthOf(item), 0);
  require(used <= t.shape.length, `too many indices for tensor of dimension ${t.shape.length}`, "IndexError");
  let [view, d, original] = [t, 0, 0];
  const pickers = [];
  for (const item of items) {
    if (item === ELLIPSIS) {
      d += t.shape.length - used;
    } else if (item === null || item === undefined || typeof item === "boolean") {
      view = ops.unsqueeze(view, d);
      if (typeof item === "boolean") pickers[d] = make(item ? [0] : [], [item ? 1 : 0], "int64");
      d++;
    } else if (item instanceof Tensor && !(item.shape.length === 0 && !isMask(item))) {
      for (const places of toPlaces(item, view, d)) pickers[d++] = places;
    } else if (typeof item === "number" || item instanceof Tensor) {
      view = selectAt(view, d, item instanceof Tensor ? toIndex(item) : item, t, original);
    } else {
      view = ops.slice(view, d++, item.start, item.stop, item.step);
    }
    original += widthOf(item);
  }
  return { view, pickers };
}

function selectAt(view, d, index, t, original) {
  const size = view.shape[d];
  require(index >= -size && index < size, () =>
    `index ${index} is out of bounds for dimension ${original} with size ${size}`, "IndexError");
  return ops.select(view, d, index);
}

function toIndex(t) {
  require(!isFloating(t.dtype), "only integer tensors of a single element can be converted to an index", "TypeError");
  return t.storage[t.offset];
}

// A mask stands for the places where it is true, one tensor for each of its dimensions.
function toPlaces(item, view, d) {
  require(!isFloating(item.dtype), "tensors used as indices must be long, int, byte or bool tensors", "IndexError");
  if (!isMask(item)) return [item];
  item.shape.forEach((size, i) => require(size === view.shape[d + i], () => `The shape of the mask ` +
    `${showShape(item.shape)} at index ${i} does not match the shape of the indexed tensor ` +
    `${showShape(view.shape)} at index ${d + i}`, "IndexError"));
  return ops.unbind(ops.nonzero(item), 1);
}

// Where each element of the result lies in the view, and the result's shape. Dimensions that tensors
// pick from give way to the tensors' own: where they stood, or in front where they stood apart.
function findPlaces(view, pickers) {
  const picked = Object.keys(pickers).map(Number);
  const tensors = picked.map((d) => pickers[d]);
  const shape = tensors.map((t) => t.shape).reduce(broadcastShapes);
  const together = picked.every((d, i) => d === picked[0] + i);
  const front = together ? picked[0] : 0;
  const stay = view.shape.map((_, d) => d).filter((d) => !picked.includes(d));
  const strides = contiguousStrides(view.shape);
  const starts = new Float64Array(countOf(shape));
  tensors.forEach((t, i) => {
    const size = view.shape[picked[i]];
    valuesOf(broadcastTo(t, shape)).forEach((place, n) => {
      require(place >= -size && place < size, () =>
        `index ${place} is out of bounds for dimension ${picked[i]} with size ${size}`, "IndexError");
      starts[n] += (place < 0 ? place + size : place) * strides[picked[i]];
    });
  });
  const before = placesOf(stay.slice(0, front), view.shape, strides);
  const after = placesOf(stay.slice(front), view.shape, strides);
  const places = new Float64Array(before.length * starts.length * after.length);
  let n = 0;
  for (const a of before) for (const b of starts) for (const c of after) places[n++] = a + b + c;
  const sizes = stay.map((d) => view.shape[d]);
  return { places, shape: [...sizes.slice(0, front), ...shape, ...sizes.slice(front)] };
}

const placesOf = (dims, shape, strides) => dims.reduce((starts, d) =>
  starts.flatMap((start) => Array.from({ length: shape[d] }, (_, i) => start + i * strides[d])), [0]);

function takeAt(t, places, shape) {
  const values = valuesOf(t);
  const out = allocate(t.dtype, places.length);
  for (let i = 0; i < out.length; i++) out[i] = values[places[i]];
  return new Tensor(out, shape, t.dtype);
}

// Zeros, or `start`, with values set or added at places.
function putAt(values, places, shape, dtype, { start = null, adds = true }) {
  const out = start ? start.slice() : allocate(dtype, countOf(shape));
  for (let i = 0; i < places.length; i++) {
    if (adds) out[places[i]] += values[i];
    else out[places[i]] = values[i];
  }
  return make(out, shape, dtype);
}

function take(t, places, shape, name) {
  return record(takeAt(t, places, shape), name, [t], [], (g) => [() => spreadBack(g, places, t.shape)]);
}
function spreadBack(g, places, shape) {
  return putAt(valuesOf(g), places, shape, g.dtype, {});
}

// t with values from another tensor at places
function put(t, places, from, name, adds = false) {
  const result = putAt(valuesOf(from), places, t.shape, t.dtype, { start: valuesOf(t), adds });
  const shape = from.shape;
  return record(result, name, [t, from], [], (g) => [
    () => (adds ? g : putAt(new Float32Array(places.length), places, t.shape, g.dtype, { start: valuesOf(g), adds: false })),
    () => takeAt(g, places, shape),
  ]);
}

// Places in t of one row of another shape along a dimension, for gather and scatter_
function alongPlaces(t, dim, index) {
  const d = wrapDim(dim, t.shape.length);
  const strides = contiguousStrides(t.shape);
  const own = contiguousStrides(index.shape);
  const [step, size] = [strides[d] ?? 1, t.shape[d] ?? 1];
  return Float64Array.from(valuesOf(index), (value, n) => {
    require(value >= 0 && value < size, () => `index ${value} is out of bounds for dimension ${d} with size ${size}`);
    let place = value * step;
    for (let e = 0; e < own.length; e++) if (e !== d) place += (Math.floor(n / own[e]) % index.shape[e]) * strides[e];
    return place;
  });
}

export const indexing = {
  getitem(t, items) {
    const { view, pickers } = applyBasic(t, items);
    if (!pickers.length) return view === t ? ops.slice(t, 0) : view;
    const { places, shape } = findPlaces(view, pickers);
    return take(view, places, shape, "IndexBackward0");
  },

  setitem(t, items, x) {
    const from = ops.to(toTensor(x), t.dtype);
    const { view, pickers } = applyBasic(t, items);
    if (!pickers.length) return void ops.copy_(view, trim(from, view.shape));
    const { places, shape } = findPlaces(view, pickers);
    require(from.shape.length <= shape.length && from.shape.every((size, d) => size === 1 || size === shape.at(d - from.shape.length)),
      () => `shape mismatch: value tensor of shape ${showShape(from.shape)} cannot be broadcast to indexing result ` +
        `of shape ${showShape(shape)}`);
    replaceBy(view, () => put(view, places, ops.expand(from, shape), "IndexPutBackward0"));
  },

  gather: (t, dim, index) => take(t, alongPlaces(t, dim, index), index.shape, "GatherBackward0"),

  scatter_(t, dim, index, x) {
    const places = alongPlaces(t, dim, index);
    const from = ops.to(toTensor(x), t.dtype);
    return replaceBy(t, () => put(t, places, cut(from, index.shape), `ScatterBackward${from.isNumber ? 1 : 0}`));
  },

  one_hot(t, classes = -1) {
    require(t.dtype === "int64", "one_hot is only applicable to index tensor of type LongTensor.");
    const values = valuesOf(t);
    require(values.every((value) => value >= 0), "Class values must be non-negative.");
    const count = classes === -1 ? Math.max(-1, ...values) + 1 : classes;
    require(values.every((value) => value < count), "Class values must be smaller than num_classes.");
    const out = new Float64Array(values.length * count);
    values.forEach((value, i) => (out[i * count + value] = 1));
    return make(out, [...t.shape, count], "int64");
  },
};

// What an index is set to may have more dimensions of size 1 in front.
function trim(t, shape) {
  const more = Math.max(0, t.shape.length - shape.length);
  return t.shape.slice(0, more).every((size) => size === 1) ? ops.view(ops.contiguous(t), t.shape.slice(more)) : t;
}
const cut = (t, shape) => (t.numel === 1 ? ops.expand(ops.view(t, shape.map(() => 1)), shape)
  : shape.reduce((part, size, d) => ops.narrow(part, d, 0, size), t));
