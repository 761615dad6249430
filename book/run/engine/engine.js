// A small tensor engine that computes as PyTorch does for this book: what it exports, as one
// object.
//
// Conventions. `t`, `a`, `b`: Tensor. `x`: Tensor, or what scalar() makes of a Python number; a
// bare number counts as an int where it is whole. `shape`, `sizes`, `dims`: array. `dim`: a
// number, an array, or null for all. `dtype`: "float32", "float64", "float16", "bfloat16",
// "int64", "int32", "uint8", "bool"; null for torch's default. `generator`: what Generator()
// makes, or null. What is left out, or null, is torch's default. Errors: an Error whose `name` is
// Python's ("RuntimeError", "IndexError", …) and whose `message` is torch's. A name with _ at its
// end works in place and returns its first argument.
//
// Tensor      shape strides offset dtype device requiresGrad grad gradFn isLeaf numel
//             version.count
// gradFn      name next ([node or null, …]) variable (of AccumulateGrad) shape preHooks
//
// Making      tensor(values, shape, dtype)  scalar(value, "int" | "float" | "bool")  zeros(shape,
//             dtype) ones empty  full(shape, x, dtype)  zeros_like(t, dtype) ones_like  empty_like
//             full_like(t, x, dtype)  arange(start, end, step, dtype)  linspace(start, end, steps,
//             dtype)  eye(n, m, dtype)  one_hot(t, classes)  fromBytes(Uint8Array, shape, dtype)
// For Python  list(…items) → array  options(name, value, …) → object  takeAllocated() → bytes made
//             since the last call
// Reading     item(t)  toArray(t) → typed array in order  toBytes(t)  equal(a, b)
//             is_contiguous(t)  allclose(a, b, rtol, atol, equal_nan)  sharesStorage(a, b)
// Dtypes      to(t, dtype)  to_device(t, "cpu" | "meta")  bytesOf(dtype)  setDefaultDtype(dtype)
//             getDefaultDtype()
// Random      manual_seed(n)  Generator()  seedGenerator(generator, n)  getState(generator)
//             setState(generator, state)  rand(shape, dtype, generator) randn  rand_like(t)
//             randn_like  randperm(n, generator)  randint(low, high, shape, dtype, generator)
//             uniform_(t, low, high, generator)  normal_(t, mean, std, generator)
// Autograd    backward(t, gradient, {retainGraph})  grad(outputs, inputs, gradients, {retainGraph,
//             allowUnused}) → array  setGradEnabled(yes) → what it was  isGradEnabled()
//             requires_grad_(t, yes)  detach(t)  data(t)  setData(t, value)  registerHook(t, f)
//             registerPostAccumulateHook(t, f) registerPrehook(node, f) → remove()  custom(name,
//             result, inputs, backward): a tensor with a node of its own
// Pointwise   add(a, x, alpha) sub  rsub mul div floor_divide remainder pow maximum minimum eq ne
//             lt le  gt ge logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor
//             (a, x)  neg abs sign floor ceil round square exp log sqrt reciprocal sin cos tanh
//             sigmoid relu  isnan isfinite isinf logical_not bitwise_not clone (t)  clamp(t, min,
//             max)  where(condition, x, y)  masked_fill(t, mask, x)  lerp(a, b, x)  in place:
//             those with derivatives, bitwise ones, copy_(t, a) fill_(t, x) zero_(t)  addcmul_(t,
//             a, b, value) addcdiv_
// Reductions  sum(t, dim, keepdim, dtype)  mean(t, dim, keepdim) prod amax amin argmax argmin all
//             any  logsumexp  std(t, dim, correction, keepdim) variance  norm(t, 2, dim, keepdim)
//             max(t) min median  max_dim(t, dim, keepdim) → [values, indices] min_dim  cumsum(t,
//             dim)
// Order       sort(t, dim, descending) → [values, indices]  argsort  topk(t, k, dim, largest) →
//             [values, indices]  unique(t)  bincount(t, minlength)  isin(a, b)  nonzero(t)
// Views       view(t, shape) reshape  flatten(t, start, end)  unsqueeze(t, dim) squeeze
//             permute(t, dims)  transpose(t, a, b)  t(t)  expand(t, sizes)  select(t, dim, index)
//             slice(t, dim, start, end, step)  narrow(t, dim, start, length)  unfold(t, dim, size,
//             step)  diagonal(t, k)  unbind(t, dim) split(t, size or sizes, dim) chunk(t, n, dim)
//             tensor_split(t, sections or indices, dim) → array  contiguous(t)
// Copies      cat(tensors, dim) stack  repeat(t, times)  repeat_interleave(t, n, dim)  flip(t,
//             dims)  roll(t, shifts, dims)  pad(t, sizes, value)  diag(t, k)
// Indexing    getitem(t, items)  setitem(t, items, x)  items: array of number, null (None),
//             boolean,  ELLIPSIS, slice_of(start, stop, step), Tensor (bool, uint8 or integers)
//             gather(t, dim, index)  scatter_(t, dim, index, x)
// Products    matmul(a, b) mm mv dot bmm  addmm(bias, a, b)  linear(t, weight, bias)
// Network     conv2d(t, weight, bias, stride, padding) conv_transpose2d  max_pool2d(t, kernel,
//             stride, padding)  max_pool2d_with_indices → [values, indices]  avg_pool2d(t, kernel,
//             stride)  softmax(t, dim) log_softmax  batch_norm(t, mean, variance, weight, bias,
//             training, momentum, eps)  cross_entropy(t, target, reduction) nll_loss mse_loss
//             interpolate(t, sizes, "bilinear", antialias)  affine_grid(t, shape)  grid_sample(t,
//             grid)

import { backward, custom, grad, registerHook } from "./backward.js";
import { registerPostAccumulateHook, registerPrehook } from "./backward.js";
import { choices } from "./choices.js";
import { convolution } from "./convolution.js";
import { copies } from "./copies.js";
import { creation, fromBytes, toBytes } from "./creation.js";
import { bytesOf, getDefaultDtype, setDefaultDtype } from "./dtypes.js";
import { extremes } from "./extremes.js";
import { isGradEnabled, ops, setGradEnabled } from "./graph.js";
import { ELLIPSIS, indexing, slice_of } from "./index.js";
import { data, detach, requires_grad_, setData } from "./leaves.js";
import { losses } from "./losses.js";
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
Object.assign(ops, views, copies, indexing, products, convolution, pooling, losses, pictures);

const list = (...items) => items;
const options = (...pairs) =>
  Object.fromEntries(pairs.flatMap((name, i) => (i % 2 ? [] : [[name, pairs[i + 1]]])));
const sharesStorage = (a, b) => a.storage === b.storage;

const functions = {
  ...ops, tensor, scalar, item, toArray, toBytes, fromBytes, is_contiguous, sharesStorage, slice_of,
  takeAllocated, options, bytesOf, getDefaultDtype, setDefaultDtype, manual_seed, Generator,
  seedGenerator, getState, setState, backward, grad, isGradEnabled, setGradEnabled, requires_grad_,
  data, setData, custom, registerHook, registerPrehook, registerPostAccumulateHook,
};

// Python's None is null: an option that is left out.
const leaveOut = (f) => (...values) => f(...values.map((value) => value ?? undefined));

export const engine = { ELLIPSIS, list };
for (const [name, f] of Object.entries(functions)) engine[name] = leaveOut(f);
