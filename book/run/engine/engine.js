// A small tensor engine that computes as PyTorch does for this book: what it exports, as one object.
//
// Conventions. `t`, `a`, `b`: Tensor. `x`: Tensor, or what scalar() makes of a Python number; a bare
// number counts as an int where it is whole. `shape`, `sizes`: array. `dim`: a number, an array, or
// null for all. `dtype`: "float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"
// (null: torch's default). `generator`: what Generator() makes, or null. Options left out: torch's
// defaults. Errors: an Error whose `name` is Python's ("RuntimeError", "IndexError", …) and whose
// `message` is torch's. A name with _ at its end works in place and returns its first argument.
//
// Tensor        t.shape t.strides t.offset t.dtype t.device t.requiresGrad t.grad t.gradFn t.isLeaf
//               t.numel t.version.count
// gradFn        node.name node.next ([node or null, …]) node.variable (of AccumulateGrad) node.shape
//               node.preHooks (array of functions (gradient) → gradient or undefined)
//
// Making        tensor(values, shape, dtype)  scalar(value, "int" | "float" | "bool")
//               zeros(shape, dtype)  ones(shape, dtype)  full(shape, value, dtype)  empty(shape, dtype)
//               arange(start, end, step, dtype)  linspace(start, end, steps, dtype)  eye(n, m, dtype)
//               zeros_like(t, dtype)  ones_like  empty_like  full_like(t, value, dtype)
//               one_hot(t, classes)  fromBytes(Uint8Array, shape, dtype)  list(...items) → array
//               options(name, value, …) → object
// Reading       item(t)  toArray(t) → typed array in order  toText(t) → "1,2.5,nan,-inf" in order
//               toBytes(t)  equal(a, b)  is_contiguous(t)  sharesStorage(a, b)
//               takeAllocated() → bytes made since the last call
// Dtypes        to(t, dtype)  to_device(t, "cpu" | "meta")  promote(a, b) → dtype  isFloating(dtype)
//               bytesOf(dtype)  setDefaultDtype(dtype)  getDefaultDtype()
// Random        manual_seed(n)  Generator()  seedGenerator(generator, n)  getState(generator)
//               setState(generator, state)  rand(shape, dtype, generator)  randn(shape, dtype, generator)
//               randperm(n, generator)  randint(low, high, shape, dtype, generator)
//               uniform_(t, low, high, generator)  normal_(t, mean, std, generator)
//               rand_like(t)  randn_like(t)  bernoulli(t, generator)  dropout(t, p, training)
// Autograd      backward(t, gradient, {retainGraph, createGraph})
//               grad(outputs, inputs, gradients, {retainGraph, createGraph, allowUnused}) → array
//               setGradEnabled(yes) → what it was  isGradEnabled()  requires_grad_(t, yes)  detach(t)
//               data(t): t.data  setData(t, value)  retain_grad(t)  gradEdge(t) → node
//               registerHook(t, f) → remove()  registerPostAccumulateHook(t, f) → remove()
//               registerPrehook(node, f) → remove()
//               custom(name, result, inputs, backward): a tensor with a node of its own;
//               backward(gradient) → array of gradients
// Pointwise     add(a, x, alpha)  sub(a, x, alpha)  rsub(a, x)  mul  div  floor_divide  remainder  pow
//               maximum  minimum  atan2  eq ne lt le gt ge  logical_and logical_or logical_xor logical_not
//               bitwise_and bitwise_or bitwise_xor bitwise_not  neg abs exp log log2 log10 log1p expm1
//               sqrt rsqrt square reciprocal sin cos tan tanh sigmoid relu floor ceil round trunc sign erf
//               isnan isinf isfinite  clamp(t, min, max)  where(condition, x, y)  lerp(a, b, x)
//               masked_fill(t, mask, x)  gelu  leaky_relu(t, slope)  softplus
//               in place: add_ sub_ mul_ div_ pow_ neg_ abs_ exp_ log_ sqrt_ relu_ clamp_ fill_ zero_ lerp_
//               copy_(t, a)  masked_fill_  bitwise_and_ bitwise_or_ …  addcmul_(t, a, b, value)
//               addcdiv_(t, a, b, value)  and floor_ ceil_ round_ …
// Reductions    sum(t, dim, keepdim, dtype)  mean(t, dim, keepdim)  prod(t, dim, keepdim)
//               amax(t, dim, keepdim)  amin  max(t): one value  min(t)  argmax(t, dim, keepdim)  argmin
//               max_dim(t, dim, keepdim) → [values, indices]  min_dim  median(t)  median_dim
//               all(t, dim, keepdim)  any  std(t, dim, correction, keepdim)  variance (torch.var)
//               norm(t, p, dim, keepdim)  logsumexp(t, dim, keepdim)  cumsum(t, dim)
//               sort(t, dim, descending) → [values, indices]  argsort(t, dim, descending)
//               topk(t, k, dim, largest) → [values, indices]  unique(t)  bincount(t, minlength)
//               isin(a, b)  nonzero(t)  allclose(a, b, rtol, atol, equal_nan)
//               softmax(t, dim)  log_softmax(t, dim)
// Views         view(t, shape)  reshape  flatten(t, start, end)  unsqueeze(t, dim)  squeeze(t, dim)
//               transpose(t, a, b)  permute(t, dims)  t(t): .T of two dimensions  expand(t, sizes)
//               select(t, dim, index)  slice(t, dim, start, end, step)  narrow(t, dim, start, length)
//               unbind(t, dim) → array  split(t, size or sizes, dim) → array  chunk(t, n, dim)
//               tensor_split(t, sections or indices, dim)  diagonal(t)  diag(t)  unfold(t, dim, size, step)
// Copies        clone(t)  contiguous(t)  cat(tensors, dim)  stack(tensors, dim)  repeat(t, sizes)
//               repeat_interleave(t, n, dim)  flip(t, dims)  roll(t, shifts, dims)  pad(t, sizes, value)
//               tril(t, k)  triu(t, k)
// Indexing      getitem(t, items)  setitem(t, items, x)  items: array of number, null (None), ELLIPSIS,
//               slice_of(start, stop, step) with null where left out, boolean, Tensor (bool or int)
//               index_select(t, dim, index)  gather(t, dim, index)  scatter_(t, dim, index, x)
//               scatter_add_(t, dim, index, a)  take_rows: use getitem
// Products      matmul(a, b)  mm  mv  dot  linear(t, weight, bias or null)
// Network       conv2d(t, weight, bias, stride, padding, dilation, groups)  conv_transpose2d(…)
//               max_pool2d(t, kernel, stride, padding) → Tensor
//               max_pool2d_with_indices(t, kernel, stride, padding) → [Tensor, indices]
//               avg_pool2d(t, kernel, stride, padding)  batch_norm(…)
//               interpolate(t, sizes, mode, antialias)  affine_grid(t, shape)  grid_sample(t, grid)
//               cross_entropy(t, target, reduction, ignore_index, label_smoothing, weight)
//               nll_loss(t, target, reduction)  mse_loss(t, target, reduction)  l1_loss
//               binary_cross_entropy(…)  binary_cross_entropy_with_logits(t, target, reduction)

import { backward, custom, data, detach, grad, gradEdge, isGradEnabled, ops, registerHook, registerPostAccumulateHook, registerPrehook, requires_grad_, retain_grad, setData, setGradEnabled } from "./autograd.js";
import { creation, fromBytes, toBytes } from "./creation.js";
import { bytesOf, getDefaultDtype, isFloating, promote, setDefaultDtype } from "./dtypes.js";
import { ELLIPSIS, indexing, slice_of } from "./index.js";
import { network } from "./network.js";
import { pointwise } from "./pointwise.js";
import { products } from "./products.js";
import { Generator, drawing, getState, manual_seed, seedGenerator, setState } from "./random.js";
import { reductions } from "./reduce.js";
import { is_contiguous, item, scalar, takeAllocated, tensor, toArray, toText } from "./tensor.js";
import { views } from "./views.js";

Object.assign(ops, creation, drawing, pointwise, reductions, views, indexing, products, network, { detach });

const functions = {
  ...ops, tensor, scalar, item, toArray, toText, toBytes, fromBytes, is_contiguous, takeAllocated, slice_of,
  promote, isFloating, bytesOf, setDefaultDtype, getDefaultDtype, manual_seed, Generator, seedGenerator, getState, setState,
  backward, grad, setGradEnabled, isGradEnabled, requires_grad_, data, setData, retain_grad, gradEdge, registerHook,
  registerPostAccumulateHook, registerPrehook, custom,
  list: (...items) => items,
  options: (...pairs) => Object.fromEntries(Array.from({ length: pairs.length / 2 }, (_, i) => pairs.slice(2 * i, 2 * i + 2))),
  sharesStorage: (a, b) => a.storage === b.storage,
};

// Python's None is null: an option that is left out.
const leaveOut = (f) => (...values) => f(...values.map((value) => value ?? undefined));

export const engine = { ELLIPSIS };
for (const [name, f] of Object.entries(functions)) engine[name] = leaveOut(f);
engine.list = functions.list; // where null stays null
