// Automatic differentiation: chapter 5's Number, with tensors. An operation records a node: what it
// was made from, and how a gradient goes back to each of these. backward() visits the nodes from the
// last one made to the first.

import { DTYPES, isFloating, require } from "./dtypes.js";
import { Tensor, showShape, valuesOf, writeValues } from "./tensor.js";

// Every operation under torch's name: engine.js puts the modules' tables together here. A derivative,
// too, is written in operations.
export const ops = {};

let enabled = true;
let made = 0;

export const isGradEnabled = () => enabled;

export function setGradEnabled(yes) {
  const before = enabled;
  enabled = yes;
  return before;
}

export function withGrad(yes, call) {
  const before = setGradEnabled(yes);
  try {
    return call();
  } finally {
    enabled = before;
  }
}

class Node {
  constructor(name, result, inputs, saved, backward) {
    this.name = name;
    this.next = inputs.map(gradEdge); // which may make nodes, of views
    this.order = ++made;
    this.inputs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    this.saved = saved.map((t) => t && { tensor: t, version: t.version.count, by: t === result ? this : t.gradFn });
    this.backward = backward;
    this.shape = result.shape;
    this.preHooks = [];
  }

  unpack({ tensor: t, version, by }) {
    const found = t.version.count;
    require(found === version, () =>
      "one of the variables needed for gradient computation has been modified by an inplace operation: " +
      `[torch.${DTYPES[t.dtype].type}Tensor ${showShape(t.shape)}]` +
      (by ? `, which is output 0 of ${by.name.replace(/Backward\d?$/, "")},` : "") +
      ` is at version ${found}; expected version ${version} instead. Hint: enable anomaly detection to ` +
      "find the operation that failed to compute its gradient, with " +
      "torch.autograd.set_detect_anomaly(True, check_nan=False).");
    return t;
  }

  // The gradient for each input that needs one: null for the others.
  run(gradient) {
    require(this.saved, "Trying to backward through the graph a second time (or directly access saved " +
      "tensors after they have already been freed). Saved intermediate values of the graph are freed " +
      "when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward " +
      "through the graph a second time or if you need to access saved tensors after calling backward.");
    const saved = this.saved.map((each) => each && this.unpack(each));
    return this.backward(gradient, ...saved).map((compute, i) => {
      const found = this.next[i] && compute && compute();
      return found ? fitTo(found, this.inputs[i]) : null;
    });
  }

  free() {
    if (this.saved.length) this.saved = this.backward = null;
  }
}

// The end of the graph at a leaf: the gradient is added to its .grad.
class AccumulateGrad {
  constructor(variable) {
    Object.assign(this, { name: "AccumulateGrad", order: 0, variable, next: [], shape: variable.shape });
    this.preHooks = variable.hooks;
    this.postHooks = [];
  }

  run(gradient) {
    const { variable } = this;
    if (variable.grad) ops.add_(variable.grad, gradient);
    else variable.grad = ops.clone(gradient);
    for (const hook of [...this.postHooks]) hook(variable);
    return [];
  }

  free() {}
}

// An input that was broadcast gets the sum of what its copies get.
function fitTo(gradient, { shape, dtype }) {
  let fitted = gradient;
  if (!sameShape(gradient.shape, shape)) {
    const more = gradient.shape.length - shape.length;
    const grown = gradient.shape.map((_, d) => d).filter((d) => d < more || shape[d - more] === 1);
    fitted = ops.view(grown.length ? ops.sum(gradient, grown, true) : gradient, shape);
  }
  return fitted.dtype === dtype ? fitted : ops.to(fitted, dtype);
}

const sameShape = (a, b) => a.length === b.length && a.every((size, d) => size === b[d]);

export function gradEdge(t) {
  if (t.gradFn || !t.requiresGrad) return t.gradFn;
  t.accumulator ??= new AccumulateGrad(t);
  return t.accumulator;
}

// The result of an operation, with its node. `backward(gradient, ...saved)` gives, for each input, a
// function that computes its gradient. What `saved` holds is freed by backward.
export function record(result, name, inputs, saved, backward) {
  placeOnDevice(result, inputs);
  if (enabled && isFloating(result.dtype) && inputs.some((t) => t.requiresGrad)) {
    result.gradFn = new Node(name, result, inputs, saved, backward);
  }
  return result;
}

// A result that several operations made has one name, torch's.
export function rename(t, name) {
  if (t.gradFn) t.gradFn.name = name;
  return t;
}

// A meta tensor has a shape and no numbers; here it has zeros that nobody can read.
function placeOnDevice(result, inputs) {
  const meta = inputs.some((t) => t.device === "meta");
  const mixed = meta && inputs.some((t) => t.device === "cpu" && t.shape.length > 0);
  require(!mixed, "Tensor on device meta is not on the expected device cpu!");
  if (meta) result.device = "meta";
}

// In place

function requireChangeable(t) {
  if (!enabled || !t.requiresGrad) return;
  require(!t.isLeaf, "a leaf Variable that requires grad is being used in an in-place operation.");
  const ofLeaf = t.base?.isLeaf && t.base.requiresGrad;
  require(!ofLeaf, "a view of a leaf Variable that requires grad is being used in an in-place operation.");
}

// Gives a tensor the values and the history of an operation's result, which may come from itself.
export function replaceBy(t, compute) {
  requireChangeable(t);
  const result = compute();
  const { dtype, shape } = result;
  require(DTYPES[dtype].kind <= DTYPES[t.dtype].kind, () => `result type ${DTYPES[dtype].type} can't be ` +
    `cast to the desired output type ${DTYPES[t.dtype].type}`);
  require(sameShape(shape, t.shape), () => `output with shape ${showShape(t.shape)} doesn't match the ` +
    `broadcast shape ${showShape(shape)}`);
  for (const each of result.gradFn?.saved ?? []) {
    if (each?.tensor === t) Object.assign(each, { tensor: withGrad(false, () => ops.clone(t)), version: 0 });
  }
  writeValues(t, valuesOf(result));
  t.version.count++;
  if (!enabled || !(result.requiresGrad || t.requiresGrad || t.base?.requiresGrad)) return t;
  if (t.base) replacePart(t.base, t.look, result);
  else t.gradFn = result.gradFn;
  return t;
}

// The base is now its old self outside of the part that a view looks at, and the result there.
function replacePart(base, look, result) {
  const old = base.gradFn;
  const node = new Node("CopySlices", base, [base, result], [], (g) => [
    () => {
      const rest = ops.clone(g);
      ops.zero_(look(rest));
      return rest;
    },
    () => ops.clone(look(g)),
  ]);
  node.next[0] = old;
  base.gradFn = node;
}

// Backward

// The nodes behind some, from the last one made to the first: an operation comes after all that were
// made from it, so its gradient is whole.
function listBack(roots) {
  const found = new Set();
  const waiting = [...roots];
  while (waiting.length) {
    const node = waiting.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    waiting.push(...node.next);
  }
  return [...found].sort((a, b) => b.order - a.order);
}

function run(roots, gradients, { retainGraph = false, createGraph = false }, wanted = null) {
  require(!createGraph, "create_graph=True: the page's engine gives no gradients of gradients", "NotImplementedError");
  const received = new Map();
  const give = (node, gradient) => {
    if (node && gradient) received.set(node, received.has(node) ? ops.add(received.get(node), gradient) : gradient);
  };
  const nodes = listBack(roots);
  const needed = wanted && new Set();
  if (wanted) { // from the first made on: whether a wanted one lies behind
    for (const node of nodes.toReversed()) {
      if (node.next.some((next) => wanted.has(next) || needed.has(next))) needed.add(node);
    }
  }
  withGrad(false, () => {
    roots.forEach((node, i) => give(node, gradients[i]));
    for (const node of nodes) {
      let gradient = received.get(node);
      if (!gradient) continue;
      for (const hook of [...node.preHooks]) gradient = hook(gradient) ?? gradient;
      if (wanted?.has(node)) wanted.set(node, gradient);
      received.delete(node);
      if (needed && !needed.has(node)) continue;
      node.run(gradient).forEach((each, i) => give(node.next[i], each));
      if (!retainGraph) node.free();
    }
  });
}

function prepareRoots(outputs, gradients) {
  return outputs.map((t, i) => {
    require(t.requiresGrad, () => `element ${i} of tensors does not require grad and does not have a grad_fn`);
    const given = gradients?.[i];
    if (given) {
      require(sameShape(given.shape, t.shape), () => `Mismatch in shape: grad_output[${i}] has a shape of ` +
        `torch.Size(${showShape(given.shape)}) and output[${i}] has a shape of torch.Size(${showShape(t.shape)}).`);
      return given;
    }
    require(t.numel === 1, "grad can be implicitly created only for scalar outputs");
    return ops.ones_like(t);
  });
}

export function backward(t, gradient = null, options = {}) {
  run([gradEdge(t)], prepareRoots([t], [gradient]), options);
}

export function grad(outputs, inputs, gradients = null, options = {}) {
  for (const t of inputs) require(t.requiresGrad, "One of the differentiated Tensors does not require grad");
  const edges = inputs.map(gradEdge);
  const wanted = new Map(edges.map((edge) => [edge, null]));
  run(outputs.map(gradEdge), prepareRoots(outputs, gradients), options, wanted);
  return edges.map((edge, i) => {
    const found = wanted.get(edge);
    require(found || options.allowUnused, () => `The differentiated Tensor at index ${i} appears to not have been used in ` +
      "the graph. Set allow_unused=True if this is the desired behavior.");
    return found;
  });
}

// Leaves

export function requires_grad_(t, yes = true) {
  require(!yes || isFloating(t.dtype), "only Tensors of floating point dtype can require gradients");
  require(yes || t.isLeaf, "you can only change requires_grad flags of leaf variables. If you want to use a " +
    "computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  t.requiresGrad = yes;
  return t;
}

// The same memory without the history. Of `data`, changes are not seen by those who saved the tensor.
export function data(t) {
  const same = new Tensor(t.storage, t.shape, t.dtype, t.strides, t.offset);
  return Object.assign(same, { device: t.device });
}
export const detach = (t) => Object.assign(data(t), { version: t.version });

export function setData(t, { storage, shape, dtype, strides, offset, numel, device }) {
  Object.assign(t, { storage, shape, dtype, strides, offset, numel, device });
}

// Hooks

function addTo(hooks, hook) {
  hooks.push(hook);
  return () => void hooks.splice(hooks.indexOf(hook), 1);
}

export function registerHook(t, hook) {
  require(t.requiresGrad, "cannot register a hook on a tensor that doesn't require gradient");
  return addTo(gradEdge(t).preHooks, hook);
}
export const registerPrehook = (node, hook) => addTo(node.preHooks, hook);
export const registerPostAccumulateHook = (t, hook) => addTo(gradEdge(t).postHooks, hook);
export const retain_grad = (t) =>
  void (t.isLeaf || registerHook(t, (gradient) => void (t.grad = t.grad ? ops.add(t.grad, gradient) : gradient)));

// A tensor with a node of the reader's own: backward(gradient) gives an array of gradients.
export function custom(name, result, inputs, backward) {
  const fresh = Object.assign(data(result), { version: result.version });
  return record(fresh, name, inputs, [], (gradient) => {
    const found = [...backward(gradient)];
    return inputs.map((_, i) => () => found[i]);
  });
}
