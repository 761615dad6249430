// Products of matrices, on one kernel.

import { DTYPES } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { makeWorkspace, stackRows } from "./kernel.js";
import { broadcastShapes, countOf } from "./shapes.js";
import { allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

const ROWS = 512; // rows that are computed together: more would take much memory

function multiply(a, b, bias = null) {
  require(a.shape[1] === b.shape[0], words.product, a, b);
  const types = [a, b].map((t) => DTYPES[t.dtype].word);
  require(types[0] === types[1], words.productDtype, ...types);
  const [m, k, n] = [...a.shape, b.shape[1]];
  const [left, result] = [valuesOf(a), allocate(a.dtype, m * n)];
  const starts = bias && valuesOf(ops.expand(bias, [m, n]));
  const space = makeWorkspace(stackRows(Math.min(m, ROWS), k), stackRows(k, n), n);
  const { out, width } = space;
  space.right.set(valuesOf(b));
  for (let first = 0; first < m; first += ROWS) {
    const end = Math.min(first + ROWS, m);
    space.left.set(left.subarray(first * k, end * k));
    out.fill(0);
    for (let i = first; starts && i < end; i++) {
      out.set(starts.subarray(i * n, (i + 1) * n), (i - first) * width);
    }
    space.multiply();
    for (let i = first; i < end; i++) {
      const row = (i - first) * width;
      result.set(out.subarray(row, row + n), i * n);
    }
  }
  return make(result, [m, n], a.dtype);
}

const saveBoth = (a, b) => [b.requiresGrad && a, a.requiresGrad && b];
const differentiate = (g, a, b) => [() => ops.mm(g, ops.t(b)), () => ops.mm(ops.t(a), g)];

export const products = {
  mm: (a, b) => record(multiply(a, b), "MmBackward0", [a, b], saveBoth(a, b), differentiate),
  addmm(bias, a, b) {
    const result = multiply(a, b, bias);
    return record(result, "AddmmBackward0", [bias, a, b], saveBoth(a, b), (g, p, q) => [
      () => g, ...differentiate(g, p, q)]);
  },

  linear(t, weight, bias = null) {
    if (t.shape.length !== 2) {
      const rows = ops.linear(ops.reshape(t, [-1, t.shape.at(-1)]), weight, bias);
      return rename(ops.view(rows, t.shape.with(-1, weight.shape[0])), "UnsafeViewBackward0");
    }
    return bias ? ops.addmm(bias, t, ops.t(weight)) : ops.mm(t, ops.t(weight));
  },

  mv(a, v) {
    require(a.shape[1] === v.shape[0], words.mv, a, v);
    return rename(ops.squeeze(ops.mm(a, ops.unsqueeze(v, 1)), 1), "MvBackward0");
  },
  dot(a, b) {
    const [m, n] = [a.shape.length, b.shape.length];
    require(m === 1 && n === 1, words.dot, m, n);
    require(a.numel === b.numel, words.dotSize, a.numel, b.numel);
    const product = ops.mm(ops.unsqueeze(a, 0), ops.unsqueeze(b, 1));
    return rename(ops.view(product, []), "DotBackward0");
  },
  bmm(a, b) {
    const pairs = ops.unbind(a).map((each, i) => ops.mm(each, ops.select(b, 0, i)));
    return rename(ops.stack(pairs), "BmmBackward0");
  },

  matmul(a, b) {
    const [m, n] = [a.shape.length, b.shape.length];
    require(m && n, words.matmul, m, n);
    if (m === 1 && n === 1) return ops.dot(a, b);
    if (m === 2 && n === 1) return ops.mv(a, b);
    if (m === 2 && n === 2) return ops.mm(a, b);
    if (m === 1) return ops.squeeze(ops.matmul(ops.unsqueeze(a, 0), b), -2);
    if (n === 1) return ops.squeeze(ops.matmul(a, ops.unsqueeze(b, 1)), -1);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [left, right] = [a, b].map((t) => {
      const sizes = t.shape.slice(-2);
      return ops.reshape(ops.expand(t, [...batch, ...sizes]), [countOf(batch), ...sizes]);
    });
    const shape = [...batch, a.shape.at(-2), b.shape.at(-1)];
    return rename(ops.view(ops.bmm(left, right), shape), "UnsafeViewBackward0");
  },
};
