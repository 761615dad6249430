// Tensors that share memory: views, and changes in place, with their way into the graph.

import { DTYPES, typeOf } from "./dtypes.js";
import { Node, isGradEnabled, ops, record, withGrad } from "./graph.js";
import { sameShape } from "./shapes.js";
import { Tensor, valuesOf, writeValues } from "./tensor.js";
import { require, words } from "./words.js";

// A tensor over the memory of another. `look` makes the same view of a tensor of the same shape,
// and `back` takes the gradient home; without it, it is written into the view's place among zeros.
export function viewOf(t, { shape, strides, offset = t.offset }, name, look, back = null) {
  const result = new Tensor(t.storage, shape, t.dtype, strides, offset);
  const { base, version } = t;
  Object.assign(result, { version, changes: version.count, base: base ?? t });
  result.isTracked = isGradEnabled();
  const lookFromBase = base ? (x) => look(t.look(x)) : look;
  result.look = (x) => withGrad(isGradEnabled() || x.requiresGrad, () => lookFromBase(x));
  return record(result, name, [t], [], (g) => [() => (back ?? placeAmongZeros)(g, t.shape, look)]);
}

function placeAmongZeros(g, shape, look) {
  const whole = ops.zeros(shape, g.dtype);
  ops.copy_(look(whole), g);
  return whole;
}

// In place

function requireChangeable(t) {
  if (!isGradEnabled() || !t.requiresGrad) return;
  require(!t.isLeaf, words.leaf);
  require(!(t.base?.isLeaf && t.base.requiresGrad), words.viewOfLeaf);
}

// Gives a tensor the values and the history of an operation's result, which may come from itself.
export function replaceBy(t, compute) {
  requireChangeable(t);
  const result = compute();
  require(DTYPES[result.dtype].kind <= DTYPES[t.dtype].kind, words.cast, typeOf(result), typeOf(t));
  require(sameShape(result.shape, t.shape), words.output, t.shape, result.shape);
  for (const saved of result.gradFn?.saved ?? []) {
    if (saved?.tensor !== t) continue; // whose values are still needed
    Object.assign(saved, { tensor: withGrad(false, () => ops.clone(t)), version: 0 });
  }
  writeValues(t, valuesOf(result));
  t.version.count++;
  const isRecorded = result.requiresGrad || t.requiresGrad || t.base?.requiresGrad;
  if (!isGradEnabled() || !isRecorded) return t;
  if (t.base) replacePart(t.base, t.look, result);
  else t.gradFn = result.gradFn;
  return t;
}

// The base is now its old self outside of the part that a view looks at, and the result there.
function replacePart(base, look, result) {
  base.gradFn = new Node("CopySlices", base, [base, result], [], (g) => [
    () => {
      const rest = ops.clone(g);
      ops.zero_(look(rest));
      return rest;
    },
    () => ops.clone(look(g)),
  ]);
}
