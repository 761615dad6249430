// Products of matrices. All come down to one kernel: rows times rows, in 64-bit numbers.

import { DTYPES } from "./dtypes.js";
import { ops, record, rename } from "./graph.js";
import { broadcastShapes, countOf } from "./shapes.js";
import { make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

// left (m, k), right (n, k), bias (m) → out (m, n), from `start` on: each entry a row of left times
// a row of right, plus its bias; two rows by four at a time, so that what is read is used often.
export function multiplyRows(left, right, m, n, k, bias, out, start) {
  for (let i = 0; i < m; i += 2) {
    const a = i * k;
    const b = i + 1 < m ? a + k : a;
    for (let j = 0; j < n; j += 4) {
      const p = j * k;
      const q = j + 1 < n ? p + k : p;
      const r = j + 2 < n ? q + k : p;
      const s = j + 3 < n ? r + k : p;
      let ap = bias[i], aq = ap, ar = ap, as = ap;
      let bp = i + 1 < m ? bias[i + 1] : 0, bq = bp, br = bp, bs = bp;
      for (let e = 0; e < k; e++) {
        const x = left[a + e];
        const y = left[b + e];
        const c = right[p + e], d = right[q + e], f = right[r + e], g = right[s + e];
        ap += x * c; aq += x * d; ar += x * f; as += x * g;
        bp += y * c; bq += y * d; br += y * f; bs += y * g;
      }
      const o = start + i * n + j;
      const more = Math.min(n - j, 4);
      out[o] = ap;
      if (more > 1) out[o + 1] = aq;
      if (more > 2) out[o + 2] = ar;
      if (more > 3) out[o + 3] = as;
      if (i + 1 === m) continue;
      out[o + n] = bp;
      if (more > 1) out[o + n + 1] = bq;
      if (more > 2) out[o + n + 2] = br;
      if (more > 3) out[o + n + 3] = bs;
    }
  }
}

// Adds to a row, at `start` of `to`, rows of `from`, each times a factor: those at `place`,
// `place + step`, …. Most gradients are 0, losers of pooling and what ReLU cut off: only others
// count, and they go four at a time.
export function addRows(factors, place, step, count, from, length, to, start) {
  const [sizes, rows] = [[0, 0, 0, 0], [0, 0, 0, 0]];
  for (let j = 0, found = 0; j < count; j++) {
    const factor = factors[place + j * step];
    if (factor !== 0) {
      sizes[found] = factor;
      rows[found++] = j * length;
    }
    if (found < 4 && (j < count - 1 || found === 0)) continue;
    const [p, q, r, s] = rows;
    const [a, b, c, d] = sizes;
    for (let e = 0; e < length; e++) {
      to[start + e] += a * from[p + e] + b * from[q + e] + c * from[r + e] + d * from[s + e];
    }
    sizes.fill(0);
    found = 0;
  }
}

export const toDoubles = (t) => new Float64Array(valuesOf(t));

function multiply(a, b, bias = null) {
  require(a.shape[1] === b.shape[0], words.product, a, b);
  const [left, right] = [a, b].map((t) => DTYPES[t.dtype].word);
  require(left === right, words.productDtype, left, right);
  const [m, n] = [a.shape[0], b.shape[1]];
  const out = new Float64Array(m * n);
  multiplyRows(toDoubles(a), toDoubles(ops.t(b)), m, n, a.shape[1], new Float64Array(m), out, 0);
  if (bias) valuesOf(ops.expand(bias, [m, n])).forEach((value, i) => (out[i] += value));
  return make(out, [m, n], a.dtype);
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
