// Tensors at the ends of the graph, and tensors without their history.

import { isFloating } from "./dtypes.js";
import { Tensor } from "./tensor.js";
import { require, words } from "./words.js";

export function requires_grad_(t, yes = true) {
  require(!yes || isFloating(t.dtype), words.onlyFloats);
  require(yes || t.isLeaf, words.notLeaf);
  t.requiresGrad = yes;
  return t;
}

// The same memory without the history. Of `data`, those who saved the tensor see no changes.
export function data(t) {
  const same = new Tensor(t.storage, t.shape, t.dtype, t.strides, t.offset);
  return Object.assign(same, { device: t.device });
}
export const detach = (t) => Object.assign(data(t), { version: t.version });

export function setData(t, { storage, shape, dtype, strides, offset, numel, device }) {
  Object.assign(t, { storage, shape, dtype, strides, offset, numel, device });
}
