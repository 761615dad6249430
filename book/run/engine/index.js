// Indexing, read and write: t[1, :, None, ..., mask, places]. Numbers, slices, None and … make a
// view; then tensors of places pick from it.

import { isFloating } from "./dtypes.js";
import { ops, record } from "./graph.js";
import { replaceBy } from "./memory.js";
import { broadcastShapes, canBroadcast, contiguousStrides, countOf, wrapDim } from "./shapes.js";
import { Tensor, allocate, make, toTensor, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

export const ELLIPSIS = { ellipsis: true };
export const slice_of = (start = null, stop = null, step = 1) => ({ start, stop, step });

const isMask = (item) => item instanceof Tensor && ["bool", "uint8"].includes(item.dtype);
const addsDimension = (item) => item === null || item === undefined || typeof item === "boolean";

// How many dimensions of the tensor an item stands for
function widthOf(item) {
  if (item === ELLIPSIS || addsDimension(item)) return 0;
  return isMask(item) ? item.shape.length : 1;
}

// The view that numbers, slices, None and … make, and for each of its dimensions the tensor of
// places that picks from it.
function applyBasic(t, items) {
  const used = items.reduce((n, item) => n + widthOf(item), 0);
  require(t.shape.length || !items.some((item) => item?.step), words.sliceOfOne);
  require(used <= t.shape.length, words.tooMany, t.shape.length);
  const pickers = [];
  let [view, d, original] = [t, 0, 0];
  for (const item of items) {
    if (item === ELLIPSIS) {
      d += t.shape.length - used;
    } else if (addsDimension(item)) {
      view = ops.unsqueeze(view, d);
      if (typeof item === "boolean") pickers[d] = make(item ? [0] : [], [+item], "int64");
      d++;
    } else if (isMask(item) || item.shape?.length) {
      for (const places of toPlaces(item, view, d)) pickers[d++] = places;
    } else if (typeof item === "number" || item instanceof Tensor) {
      const [index, size] = [toIndex(item), view.shape[d]];
      require(index >= -size && index < size, words.bounds, index, original, size);
      view = ops.select(view, d, index);
    } else {
      view = ops.slice(view, d++, item.start, item.stop, item.step);
    }
    original += widthOf(item);
  }
  return { view, pickers };
}

function toIndex(item) {
  if (typeof item === "number") return item;
  require(!isFloating(item.dtype), words.indexDtype);
  return item.storage[item.offset];
}

// A mask stands for the places where it is true, one tensor for each of its dimensions.
function toPlaces(item, view, d) {
  require(!isFloating(item.dtype), words.indexDtype);
  if (!isMask(item)) return [item];
  item.shape.forEach((size, i) =>
    require(size === view.shape[d + i], words.mask, item.shape, i, view.shape, d + i));
  return ops.unbind(ops.nonzero(item), 1);
}

// Where each element of the result lies in the view, and the result's shape. Dimensions that
// tensors pick from give way to the tensors' own: where they stood, or in front where apart.
function findPlaces(view, pickers) {
  const picked = Object.keys(pickers).map(Number);
  const shapes = picked.map((d) => pickers[d].shape);
  const meets = (a) => shapes.every((b) => a.every((size, d) =>
    size === 1 || [size, 1, undefined].includes(b[d - a.length + b.length])));
  require(shapes.every(meets), words.indexShapes, shapes);
  const shape = shapes.reduce(broadcastShapes);
  const front = picked.every((d, i) => d === picked[0] + i) ? picked[0] : 0;
  const stay = view.shape.map((_, d) => d).filter((d) => !picked.includes(d));
  const strides = contiguousStrides(view.shape);
  const starts = new Array(countOf(shape)).fill(0);
  for (const d of picked) {
    const size = view.shape[d];
    valuesOf(ops.expand(pickers[d], shape)).forEach((place, n) => {
      require(place >= -size && place < size, words.bounds, place, d, size);
      starts[n] += (place < 0 ? place + size : place) * strides[d];
    });
  }
  const addDimension = (places, d) => places.flatMap((place) =>
    Array.from({ length: view.shape[d] }, (_, i) => place + i * strides[d]));
  const before = stay.slice(0, front).reduce(addDimension, [0]);
  const after = stay.slice(front).reduce(addDimension, [0]);
  const places = new Int32Array(before.length * starts.length * after.length);
  let n = 0;
  for (const a of before) for (const b of starts) for (const c of after) places[n++] = a + b + c;
  const sizes = stay.map((d) => view.shape[d]);
  return { places, shape: sizes.toSpliced(front, 0, ...shape) };
}

function takeAt(t, places, shape) {
  const values = valuesOf(t);
  const out = allocate(t.dtype, places.length);
  for (let i = 0; i < out.length; i++) out[i] = values[places[i]];
  return new Tensor(out, shape, t.dtype);
}

function take(t, places, shape, name) {
  return record(takeAt(t, places, shape), name, [t], [], (g) => [() => {
    const [out, values] = [allocate(g.dtype, countOf(t.shape)), valuesOf(g)];
    for (let i = 0; i < places.length; i++) out[places[i]] += values[i]; // one may be taken twice
    return make(out, t.shape, g.dtype);
  }]);
}

function putAt(t, places, values) {
  const out = valuesOf(t).slice();
  for (let i = 0; i < places.length; i++) out[places[i]] = values[i];
  return make(out, t.shape, t.dtype);
}

// t with another tensor's values at places
function put(t, places, from, name) {
  return record(putAt(t, places, valuesOf(from)), name, [t, from], [], (g) => [
    () => putAt(g, places, new Float32Array(places.length)), () => takeAt(g, places, from.shape)]);
}

// Of each number of `index`, the place in t: its own, but along one dimension where the number says
function placesAlong(t, dim, index) {
  const d = wrapDim(dim, t.shape.length);
  const [strides, own] = [contiguousStrides(t.shape), contiguousStrides(index.shape)];
  const [size, step] = [t.shape[d] ?? 1, strides[d] ?? 0];
  return Int32Array.from(valuesOf(index), (value, n) => {
    require(value >= 0 && value < size, words.gather, value, d, size);
    const others = own.map((each, e) =>
      e === d ? 0 : (Math.floor(n / each) % index.shape[e]) * strides[e]);
    return others.reduce((a, b) => a + b, value * step);
  });
}

// What an index is set to may have more dimensions of size 1 in front.
function trim(t, shape) {
  const more = Math.max(0, t.shape.length - shape.length);
  const fits = t.shape.slice(0, more).every((size) => size === 1);
  return fits ? ops.reshape(t, t.shape.slice(more)) : t;
}

export const indexing = {
  getitem(t, items) {
    const { view, pickers } = applyBasic(t, items);
    if (!pickers.length) return view === t ? ops.view(t, t.shape) : view;
    const { places, shape } = findPlaces(view, pickers);
    return take(view, places, shape, "IndexBackward0");
  },
  setitem(t, items, x) {
    const from = ops.to(toTensor(x), t.dtype);
    const { view, pickers } = applyBasic(t, items);
    if (!pickers.length) return void ops.copy_(view, trim(from, view.shape));
    const { places, shape } = findPlaces(view, pickers);
    require(canBroadcast(from.shape, shape), words.put, from.shape, shape);
    replaceBy(view, () => put(view, places, ops.expand(from, shape), "IndexPutBackward0"));
  },

  gather: (t, dim, index) => take(t, placesAlong(t, dim, index), index.shape, "GatherBackward0"),
  scatter_(t, dim, index, x) {
    const from = ops.to(toTensor(x), t.dtype);
    const part = from.shape.length
      ? index.shape.reduce((cut, size, d) => ops.narrow(cut, d, 0, size), from)
      : ops.expand(from, index.shape);
    const node = `ScatterBackward${from.shape.length ? 0 : 1}`;
    return replaceBy(t, () => put(t, placesAlong(t, dim, index), part, node));
  },
};
