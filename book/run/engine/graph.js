// What autograd records: chapter 5's Number, with tensors. An operation makes a node: what it was
// made from, and how a gradient goes back to each of these. backward.js goes the way back.

import { isFloating, typeOf } from "./dtypes.js";
import { sameShape } from "./shapes.js";
import { require, words } from "./words.js";

// Every operation under torch's name: engine.js puts the modules' tables together here. A
// derivative, too, is written in operations.
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

// A tensor that a derivative needs, as it was; `node` made it.
class Saved {
  constructor(t, node) {
    Object.assign(this, { tensor: t, version: t.version.count, node });
  }

  unpack() {
    const { tensor: t, version, node } = this;
    const found = t.version.count;
    require(found === version, words.changed, typeOf(t), t.shape, node, found, version);
    return t;
  }
}

export class Node {
  constructor(name, result, inputs, saved, backward) {
    this.name = name;
    this.next = inputs.map(gradEdge); // which may make nodes, of views
    this.order = ++made;
    this.inputs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    this.saved = saved.map((t) => t && new Saved(t, t === result ? this : t.gradFn));
    this.backward = backward;
    this.shape = result.shape;
    this.preHooks = [];
  }

  // The gradient for each input that needs one: null for the others.
  run(gradient) {
    require(this.saved, words.freed);
    const saved = this.saved.map((each) => each && each.unpack());
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
  name = "AccumulateGrad";
  order = 0;
  next = [];
  postHooks = [];

  constructor(variable) {
    Object.assign(this, { variable, shape: variable.shape, preHooks: variable.hooks });
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
    const dims = gradient.shape.map((_, d) => d).filter((d) => d < more || shape[d - more] === 1);
    fitted = ops.view(dims.length ? ops.sum(gradient, dims, true) : gradient, shape);
  }
  return ops.to(fitted, dtype);
}

export function gradEdge(t) {
  if (t.gradFn || !t.requiresGrad) return t.gradFn;
  t.accumulator ??= new AccumulateGrad(t);
  return t.accumulator;
}

// The result of an operation, with its node. `backward(gradient, ...saved)` gives, for each input,
// a function that computes its gradient. What `saved` holds is freed on the way back.
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
  if (inputs.every((t) => t.device === "cpu")) return;
  require(inputs.every((t) => t.device === "meta" || t.shape.length === 0), words.meta);
  result.device = "meta";
}
