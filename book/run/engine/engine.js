// A small tensor engine that computes as PyTorch does for this book: an object of functions under
// torch's names, with torch's order of arguments.
//
// To read it: tensor.js is what a tensor is, graph.js what autograd records (chapter 5's Number,
// with tensors), backward.js the way back, kernel.js the loop that all products come down to, and
// words.js what is said of errors. The other modules are tables of operations.
//
// `t`, `a`, `b` are Tensors; `x`, too, or what scalar() makes of a Python number: a bare number
// counts as an int where it is whole. `shape`, `sizes`, `dims`: arrays. `dim`: a number, an array,
// or null for all. `dtype`: a name of dtypes.js. `generator`: what Generator() makes. What is null
// or left out is torch's default. An Error's `name` is Python's ("RuntimeError", "IndexError", …),
// its `message` torch's. A name with _ at its end works in place and returns its first argument.

import { backward, custom, grad, registerHook } from "./backward.js";
import { registerPostAccumulateHook, registerPrehook } from "./backward.js";
import { choices } from "./choices.js";
import { convolution } from "./convolution.js";
import { copies } from "./copies.js";
import { creation, fromBytes, toBytes } from "./creation.js";
import { bytesOf, getDefaultDtype, setDefaultDtype, typeOf } from "./dtypes.js";
import { extremes } from "./extremes.js";
import { isGradEnabled, ops, setGradEnabled } from "./graph.js";
import { ELLIPSIS, indexing, slice_of } from "./index.js";
import { data, detach, requires_grad_, setData } from "./leaves.js";
import { losses } from "./losses.js";
import { normalisation } from "./normalisation.js";
import { order } from "./order.js";
import { pictures } from "./pictures.js";
import { pointwise } from "./pointwise.js";
import { pooling } from "./pooling.js";
import { products } from "./products.js";
import { Generator, drawing, getState, manual_seed, seedGenerator, setState } from "./random.js";
import { reductions } from "./reduce.js";
import { is_contiguous, item, scalar, takeAllocated, tensor, toArray } from "./tensor.js";
import { views } from "./views.js";

Object.assign(ops, { detach }, creation, drawing, pointwise, choices, reductions, extremes, order);
Object.assign(ops, views, copies, indexing, products, convolution, pooling, normalisation);
Object.assign(ops, losses, pictures);

const list = (...items) => items;
const options = (...pairs) =>
  Object.fromEntries(pairs.flatMap((name, i) => (i % 2 ? [] : [[name, pairs[i + 1]]])));

const functions = {
  ...ops, tensor, scalar, item, toArray, toBytes, fromBytes, is_contiguous, slice_of,
  takeAllocated, options, bytesOf, typeOf, getDefaultDtype, setDefaultDtype, manual_seed,
  Generator, seedGenerator, getState, setState, backward, grad, isGradEnabled, setGradEnabled, requires_grad_,
  data, setData, custom, registerHook, registerPrehook, registerPostAccumulateHook,
};

// Python's None is null: an option that is left out.
const leaveOut = (f) =>
  Object.assign((...values) => f(...values.map((value) => value ?? undefined)), { f });

export const engine = { ELLIPSIS, list };
for (const [name, f] of Object.entries(functions)) engine[name] = leaveOut(f);
