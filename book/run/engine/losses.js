// Softmax and losses.

import { isFloating, typeOf } from "./dtypes.js";
import { ops, record } from "./graph.js";
import { alongRows, logSumExp } from "./reduce.js";
import { sameShape } from "./shapes.js";
import { allocate, make, valuesOf } from "./tensor.js";
import { require, words } from "./words.js";

// In float64 throughout, so that a probability close to 1 keeps its distance from 1.
function makeSoftmax(t, dim, finish) {
  return alongRows(t, dim, t.dtype, (values, start, end, out) => {
    const sum = logSumExp(values, start, end);
    for (let i = start; i < end; i++) out[i] = finish(values[i] - sum);
  });
}

const reduceLoss = (each, reduction) => (reduction === "none" ? each : ops[reduction](each));

function requireLabels(t, count, classes, target, ignored) {
  require(t.shape.length <= 2, words.lossShape, t.shape);
  require(t.device === target.device, words.meta);
  const most = target.shape[0] ?? 1;
  require(most === count, words.batch, count, most);
  require(target.shape.length < 2, words.labels);
  require(["int64", "uint8"].includes(target.dtype), words.target, typeOf(target));
  for (const label of valuesOf(target)) {
    require(label === ignored || (label >= 0 && label < classes), words.label, label);
  }
}

export const losses = {
  softmax(t, dim) {
    const name = "softmax_lastdim_kernel_impl";
    require(isFloating(t.dtype), words.notImplemented, name, typeOf(t));
    const result = makeSoftmax(t, dim, Math.exp);
    return record(result, "SoftmaxBackward0", [t], [result], (g, y) => [() =>
      ops.mul(y, ops.sub(g, ops.sum(ops.mul(g, y), dim, true)))]);
  },
  log_softmax(t, dim) {
    const name = "log_softmax_lastdim_kernel_impl";
    require(isFloating(t.dtype), words.notImplemented, name, typeOf(t));
    const result = makeSoftmax(t, dim, Number);
    return record(result, "LogSoftmaxBackward0", [t], [result], (g, y) => [() =>
      ops.sub(g, ops.mul(ops.exp(y), ops.sum(g, dim, true)))]);
  },

  // A target is a label, or a share for each class.
  cross_entropy(t, target, reduction = "mean", ignored = -100) {
    const dim = t.shape.length === 1 ? 0 : 1;
    const logs = ops.log_softmax(t, dim);
    if (!sameShape(target.shape, t.shape)) return ops.nll_loss(logs, target, reduction, ignored);
    require(isFloating(target.dtype), words.shares, typeOf(target));
    return reduceLoss(ops.neg(ops.sum(ops.mul(logs, target), dim)), reduction);
  },

  nll_loss(t, target, reduction = "mean", ignored = -100) {
    const [count, classes] = t.shape.length === 1 ? [1, t.shape[0]] : t.shape;
    requireLabels(t, count, classes, target, ignored);
    const [values, labels] = [valuesOf(t), Array.from(valuesOf(target))];
    const each = labels.map((label, n) => (label === ignored ? 0 : -values[n * classes + label]));
    const total = each.reduce((a, b) => a + b, 0);
    const divisor = reduction === "mean" ? labels.filter((label) => label !== ignored).length : 1;
    const result = reduction === "none"
      ? make(each, target.shape, t.dtype) : make([total / divisor], [], t.dtype);
    return record(result, "NllLossBackward0", [t], [t, target], (g) => [() => {
      const [back, by] = [allocate(g.dtype, t.numel), valuesOf(g)];
      labels.forEach((label, n) => {
        if (label !== ignored) back[n * classes + label] = -by[n % by.length] / divisor;
      });
      return make(back, t.shape, g.dtype);
    }]);
  },

  mse_loss(a, b, reduction = "mean") {
    const difference = ops.sub(ops.detach(a), ops.detach(b));
    const result = reduceLoss(ops.square(difference), reduction);
    const count = reduction === "mean" ? difference.numel : 1;
    return record(result, "MseLossBackward0", [a, b], [a, b], (g, x, y) => {
      const slope = ops.mul(g, ops.mul(ops.sub(x, y), 2 / count));
      return [() => slope, () => ops.neg(slope)];
    });
  },
};
