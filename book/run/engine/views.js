// The same numbers seen in another shape: views of a tensor's memory, and copies in another order.

import { data, isGradEnabled, ops, record, rename, withGrad } from "./autograd.js";
import { require, resultType } from "./dtypes.js";
import { Tensor, allocate, broadcastTo, contiguousStrides, countOf, is_contiguous, make, showShape, toTensor, valuesOf, visitRows, wrapDim, wrapDims } from "./tensor.js";

// A tensor over the memory of another. `look` makes the same view of a tensor of the same shape, and
// `back` takes the gradient home; without it, it is written into the view's place among zeros.
function viewOf(t, shape, strides, offset, name, look, back = null) {
  const result = new Tensor(t.storage, shape, t.dtype, strides, offset);
  const { base } = t;
  Object.assign(result, { version: t.version, changes: t.version.count, base: base ?? t, isTracked: isGradEnabled() });
  result.look = base ? (x) => look(t.look(x)) : look;
  result.replay = (x) => withGrad(true, () => result.look(x)).gradFn;
  return record(result, name, [t], [], (g) => [() => (back ? back(g) : placeAmongZeros(g, t.shape, look))]);
}

function placeAmongZeros(g, shape, look) {
  const whole = new Tensor(allocate(g.dtype, countOf(shape)), shape, g.dtype);
  ops.copy_(look(whole), g);
  return whole;
}

// -1 stands for what is left.
export function inferShape(shape, numel) {
  const words = () => `shape '${showShape(shape)}' is invalid for input of size ${numel}`;
  require(shape.filter((size) => size === -1).length <= 1, "only one dimension can be inferred");
  const known = countOf(shape.filter((size) => size !== -1));
  const sizes = shape.map((size) => (size === -1 ? numel / known : size));
  require(sizes.every((size) => Number.isInteger(size) && size >= 0) && countOf(sizes) === numel, words);
  return sizes;
}

// The strides of the same memory in another shape, or null: sizes that belong together in both shapes
// must lie evenly in memory.
function findStrides(t, shape) {
  if (t.numel === 0 || is_contiguous(t)) return contiguousStrides(shape);
  const old = t.shape.map((size, d) => [size, t.strides[d]]).filter(([size]) => size !== 1);
  const strides = new Array(shape.length).fill(1);
  let d = shape.length - 1;
  while (old.length) {
    let [size, step] = old.pop();
    const first = step;
    while (old.length && old.at(-1)[1] === size * first) size *= old.pop()[0];
    for (; d >= 0 && size > 1; d--) {
      if (shape[d] === 1) continue;
      if (size % shape[d]) return null;
      strides[d] = step;
      step *= shape[d];
      size /= shape[d];
    }
    if (size > 1) return null;
  }
  return strides;
}

const NOT_VIEWABLE = "view size is not compatible with input tensor's size and stride (at least one dimension " +
  "spans across two contiguous subspaces). Use .reshape(...) instead.";

export const views = {
  view(t, shape) {
    const sizes = inferShape(shape, t.numel);
    const strides = findStrides(t, sizes);
    require(strides, NOT_VIEWABLE);
    return viewOf(t, sizes, strides, t.offset, "ViewBackward0", (x) => ops.view(x, sizes), (g) => ops.reshape(g, t.shape));
  },
  reshape(t, shape) {
    const sizes = inferShape(shape, t.numel);
    if (findStrides(t, sizes)) return ops.view(t, sizes);
    return rename(ops.view(ops.clone(t), sizes), "UnsafeViewBackward0");
  },
  flatten(t, start = 0, end = -1) {
    const [first, last] = [wrapDim(start, t.shape.length), wrapDim(end, t.shape.length)];
    require(first <= last, "flatten() has invalid args: start_dim cannot come after end_dim");
    if (t.shape.length && first === last) return t;
    const count = countOf(t.shape.slice(first, last + 1));
    return ops.reshape(t, [...t.shape.slice(0, first), count, ...t.shape.slice(last + 1)]);
  },

  unsqueeze(t, dim) {
    const at = wrapDim(dim, t.shape.length + 1);
    const step = at < t.shape.length ? t.shape[at] * t.strides[at] : 1;
    return viewOf(t, t.shape.toSpliced(at, 0, 1), t.strides.toSpliced(at, 0, step), t.offset, "UnsqueezeBackward0",
      (x) => ops.unsqueeze(x, at), (g) => ops.squeeze(g, at));
  },
  squeeze(t, dim = null) {
    const dims = wrapDims(dim, t.shape.length);
    const stay = t.shape.map((_, d) => d).filter((d) => t.shape[d] !== 1 || !dims.includes(d));
    return viewOf(t, stay.map((d) => t.shape[d]), stay.map((d) => t.strides[d]), t.offset,
      `SqueezeBackward${dim === null ? 0 : 1}`, (x) => ops.squeeze(x, dim), (g) => ops.reshape(g, t.shape));
  },

  permute(t, dims, name = "PermuteBackward0") {
    require(dims.length === t.shape.length, () => "permute(sparse_coo): number of dimensions in the tensor input does " +
      "not match the length of the desired ordering of dimensions i.e. input.dim() = " +
      `${t.shape.length} is not equal to len(dims) = ${dims.length}`);
    const order = dims.map((d) => wrapDim(d, t.shape.length));
    require(new Set(order).size === order.length, "permute(): duplicate dims are not allowed.");
    const back = order.map((_, d) => order.indexOf(d));
    return viewOf(t, order.map((d) => t.shape[d]), order.map((d) => t.strides[d]), t.offset, name,
      (x) => ops.permute(x, order, name), (g) => ops.permute(g, back));
  },
  transpose(t, a, b, name = "TransposeBackward0") {
    const order = t.shape.map((_, d) => d);
    const [i, j] = [a, b].map((d) => wrapDim(d, t.shape.length));
    if (order.length) [order[i], order[j]] = [j, i];
    return ops.permute(t, order, name);
  },
  t(t) {
    require(t.shape.length <= 2, () => `t() expects a tensor with <= 2 dimensions, but self is ${t.shape.length}D`);
    return t.shape.length < 2 ? t : ops.transpose(t, 0, 1, "TBackward0");
  },

  expand(t, sizes) {
    const more = sizes.length - t.shape.length;
    require(more >= 0, () => `expand(torch.FloatTensor{${showShape(t.shape)}}, size=${showShape(sizes)}): the number of ` +
      `sizes provided (${sizes.length}) must be greater or equal to the number of dimensions in the tensor (${t.shape.length})`);
    const shape = sizes.map((size, d) => {
      const own = d < more ? 1 : t.shape[d - more];
      require(size === own || own === 1 || size === -1, () => `The expanded size of the tensor (${size}) must match the ` +
        `existing size (${own}) at non-singleton dimension ${d}.  Target sizes: ${showShape(sizes)}.  ` +
        `Tensor sizes: ${showShape(t.shape)}`);
      return size === -1 ? own : size;
    });
    const { strides } = broadcastTo(t, shape);
    return viewOf(t, shape, strides, t.offset, "ExpandBackward0", (x) => ops.expand(x, shape), (g) => g);
  },

  select(t, dim, index) {
    const d = wrapDim(dim, t.shape.length);
    const size = t.shape[d];
    require(index >= -size && index < size, () =>
      `index ${index} is out of bounds for dimension ${dim} with size ${size}`, "IndexError");
    const at = index < 0 ? index + size : index;
    return viewOf(t, t.shape.toSpliced(d, 1), t.strides.toSpliced(d, 1), t.offset + at * t.strides[d],
      "SelectBackward0", (x) => ops.select(x, d, at));
  },
  slice(t, dim, start = null, end = null, step = 1) {
    require(step > 0, "slice step must be positive", "ValueError");
    const d = wrapDim(dim, t.shape.length);
    const size = t.shape[d];
    const place = (at, otherwise) => Math.min(Math.max(at === null ? otherwise : at < 0 ? at + size : at, 0), size);
    const [from, to] = [place(start, 0), place(end, size)];
    const count = Math.max(0, Math.ceil((to - from) / step));
    return viewOf(t, t.shape.with(d, count), t.strides.with(d, t.strides[d] * step), t.offset + from * t.strides[d],
      "SliceBackward0", (x) => ops.slice(x, d, from, to, step));
  },
  narrow(t, dim, start, length) {
    const size = t.shape.at(dim);
    require(start + length <= size, () => `start (${start}) + length (${length}) exceeds dimension size (${size}).`);
    return ops.slice(t, dim, start, start + length);
  },
  unfold(t, dim, size, step) {
    const d = wrapDim(dim, t.shape.length);
    require(size <= t.shape[d], () => `maximum size for tensor at dimension ${d} is ${t.shape[d]} but size is ${size}`);
    const count = Math.floor((t.shape[d] - size) / step) + 1;
    return viewOf(t, [...t.shape.with(d, count), size], [...t.strides.with(d, t.strides[d] * step), t.strides[d]],
      t.offset, "UnfoldBackward0", (x) => ops.unfold(x, d, size, step), (g) => {
        const whole = ops.zeros(t.shape, g.dtype); // windows may overlap: one place of all at a time
        for (let i = 0; i < size; i++) {
          ops.add_(ops.slice(whole, d, i, i + (count - 1) * step + 1, step), ops.select(g, -1, i));
        }
        return whole;
      });
  },
  diagonal(t, offset = 0, a = 0, b = 1) {
    const [i, j] = [a, b].map((d) => wrapDim(d, t.shape.length));
    const count = Math.max(0, Math.min(t.shape[i] + Math.min(offset, 0), t.shape[j] - Math.max(offset, 0)));
    const stay = t.shape.map((_, d) => d).filter((d) => d !== i && d !== j);
    return viewOf(t, [...stay.map((d) => t.shape[d]), count], [...stay.map((d) => t.strides[d]), t.strides[i] + t.strides[j]],
      t.offset + Math.max(offset, 0) * t.strides[j] - Math.min(offset, 0) * t.strides[i], "DiagonalBackward0",
      (x) => ops.diagonal(x, offset, i, j));
  },
  diag(t, offset = 0) {
    if (t.shape.length === 2) return ops.clone(ops.diagonal(t, offset));
    const size = t.numel + Math.abs(offset);
    const square = ops.zeros([size, size], t.dtype);
    ops.copy_(ops.diagonal(square, offset), t);
    return square;
  },

  unbind: (t, dim = 0) => Array.from({ length: t.shape.at(dim) }, (_, i) => rename(ops.select(t, dim, i), "UnbindBackward0")),
  split(t, size, dim = 0) {
    const length = t.shape.at(dim);
    const sizes = Array.isArray(size) ? size
      : Array.from({ length: Math.max(1, Math.ceil(length / size)) }, (_, i) => Math.min(size, length - i * size));
    require(sizes.reduce((a, b) => a + b, 0) === length, () => "split_with_sizes expects split_sizes to sum exactly to " +
      `${length} (input tensor's size at dimension ${dim}), but got split_sizes=${showShape(sizes)}`);
    let end = 0;
    return sizes.map((each) => rename(ops.slice(t, dim, end, (end += each)),
      Array.isArray(size) ? "SplitWithSizesBackward0" : "SplitBackward0"));
  },
  chunk: (t, n, dim = 0) => ops.split(t, Math.ceil(t.shape.at(dim) / n), dim),
  tensor_split(t, sections, dim = 0) {
    const length = t.shape.at(dim);
    const cut = (i) => i * Math.floor(length / sections) + Math.min(i, length % sections);
    const starts = Array.isArray(sections) ? [0, ...sections] : Array.from({ length: sections }, (_, i) => cut(i));
    return starts.map((start, i) => ops.slice(t, dim, start, starts[i + 1] ?? null));
  },

  // Copies

  contiguous: (t) => (is_contiguous(t) ? t : ops.clone(t)),

  cat(tensors, dim = 0) {
    const parts = tensors.filter((t) => t.shape.length !== 1 || t.numel > 0 || tensors.every((each) => each.numel === 0));
    const d = wrapDim(dim, parts[0].shape.length);
    const dtype = resultType(tensors);
    parts.forEach((part, i) => part.shape.forEach((size, each) => require(each === d || size === parts[0].shape[each], () =>
      `Sizes of tensors must match except in dimension ${d}. Expected size ${parts[0].shape[each]} but got size ${size} ` +
      `for tensor number ${i} in the list.`)));
    const sizes = parts.map((part) => part.shape[d]);
    const shape = parts[0].shape.with(d, sizes.reduce((a, b) => a + b, 0));
    const out = allocate(dtype, countOf(shape));
    const inner = countOf(shape.slice(d + 1));
    let start = 0;
    for (const part of parts) {
      const [values, width] = [valuesOf(part), part.shape[d] * inner];
      for (let r = 0; width && r < values.length / width; r++) {
        out.set(values.subarray(r * width, (r + 1) * width), r * shape[d] * inner + start);
      }
      start += width;
    }
    return record(make(out, shape, dtype), "CatBackward0", parts, [], (g) =>
      sizes.map((size, i) => () => ops.narrow(g, d, sizes.slice(0, i).reduce((a, b) => a + b, 0), size)));
  },
  stack(tensors, dim = 0) {
    tensors.forEach((t, i) => require(t.shape.join() === tensors[0].shape.join(), () => "stack expects each tensor to be " +
      `equal size, but got ${showShape(tensors[0].shape)} at entry 0 and ${showShape(t.shape)} at entry ${i}`));
    return rename(ops.cat(tensors.map((t) => ops.unsqueeze(t, dim)), dim), "StackBackward0");
  },
  repeat(t, sizes) {
    const own = [...new Array(sizes.length - t.shape.length).fill(1), ...t.shape];
    const wide = ops.expand(ops.reshape(t, own.flatMap((size) => [1, size])), sizes.flatMap((times, d) => [times, own[d]]));
    return rename(ops.reshape(wide, own.map((size, d) => size * sizes[d])), "RepeatBackward0");
  },
  repeat_interleave(t, n, dim = null) {
    const [row, d] = dim === null ? [ops.flatten(t), 0] : [t, wrapDim(dim, t.shape.length)];
    const shape = row.shape.with(d, row.shape[d] * n);
    return ops.reshape(ops.expand(ops.unsqueeze(row, d + 1), row.shape.toSpliced(d + 1, 0, n)), shape);
  },
  flip(t, dims) {
    const flipped = wrapDims(dims, t.shape.length);
    const start = flipped.reduce((at, d) => at + (t.shape[d] - 1) * t.strides[d], t.offset);
    const strides = t.strides.map((step, d) => (flipped.includes(d) ? -step : step));
    const turned = new Tensor(t.storage, t.shape, t.dtype, strides, start);
    return record(new Tensor(valuesOf(turned).slice(), t.shape, t.dtype), "FlipBackward0", [t], [], (g) => [() => ops.flip(g, dims)]);
  },
  roll(t, shifts, dims = null) {
    if (dims === null) return rename(ops.view(ops.roll(ops.flatten(t), shifts, 0), t.shape), "RollBackward0");
    return [dims].flat().reduce((rolled, dim, i) => {
      const size = t.shape.at(dim);
      const cut = ((-[shifts].flat()[i] % size) + size) % size;
      return rename(ops.cat([ops.slice(rolled, dim, cut), ops.slice(rolled, dim, 0, cut)], dim), "RollBackward0");
    }, t);
  },
  pad(t, sizes, value = 0) {
    require(sizes.length % 2 === 0, "Padding length must be divisible by 2");
    const around = t.shape.map((_, d) => sizes.slice(2 * (t.shape.length - 1 - d), 2 * (t.shape.length - d)));
    const shape = t.shape.map((size, d) => size + (around[d][0] ?? 0) + (around[d][1] ?? 0));
    const look = (x) => around.reduce((part, [before = 0, after = 0], d) => // a negative size cuts off
      ops.slice(part, d, Math.max(before, 0), shape[d] - Math.max(after, 0)), x);
    const inside = around.reduce((part, [before = 0, after = 0], d) =>
      ops.slice(part, d, Math.max(-before, 0), t.shape[d] - Math.max(-after, 0)), data(t));
    const result = ops.full(shape, value, t.dtype);
    ops.copy_(look(result), inside);
    result.version = { count: 0 };
    return record(result, "ConstantPadNdBackward0", [t], [], (g) => [
      () => ops.pad(g, sizes.map((size) => -size))]);
  },
};
