// The largest and the smallest, and where they are: of equals the first; nothing beats NaN.

import { ops, record, rename } from "./graph.js";
import { reduce } from "./reduce.js";
import { wrapDim } from "./shapes.js";
import { require, words } from "./words.js";

const findBest = (beats) => (values, start, end) => {
  let best = start;
  for (let i = start + 1; i < end; i++) {
    const [value, champion] = [values[i], values[best]];
    const isFirstNaN = Number.isNaN(value) && !Number.isNaN(champion);
    if (isFirstNaN || beats(value, champion)) best = i;
  }
  return best;
};

// The gradient of an extreme is shared by all that equal it.
function shareEqually(g, x, extreme, dim) {
  const equal = ops.to(ops.eq(x, extreme), g.dtype);
  return ops.mul(ops.div(g, ops.sum(equal, dim, true)), equal);
}

// [values, indices] of one place a row
function pickFrom(t, dim, keepdim, places, name) {
  if (!t.shape.length) return [ops.clone(t), places];
  const whole = keepdim ? places : ops.unsqueeze(places, wrapDim(dim, t.shape.length));
  const picked = rename(ops.gather(t, dim, whole), name);
  return [keepdim ? picked : rename(ops.squeeze(picked, dim), name), places];
}

function makeExtremes(name, title, find) {
  const best = (values, start, end) => values[find(values, start, end)];
  return {
    [name](t) {
      require(t.numel, words.empty, name);
      const { result } = reduce(t, null, false, t.dtype, best);
      return record(result, `${title}Backward1`, [t], [t, result], (g, x, y) => [
        () => shareEqually(g, x, y, null)]);
    },
    [`a${name}`](t, dim = null, keepdim = false) {
      const { result, kept } = reduce(t, dim, keepdim, t.dtype, best);
      return record(result, `A${name}Backward0`, [t], [t, result], (g, x, y) => [
        () => shareEqually(ops.view(g, kept), x, ops.view(y, kept), dim)]);
    },
    [`arg${name}`](t, dim = null, keepdim = false) {
      require(t.numel || dim !== null, words.emptyArg, `arg${name}`);
      return reduce(t, dim, keepdim, "int64", (...row) => find(...row) - row[1]).result;
    },
    [`${name}_dim`](t, dim, keepdim = false) {
      const places = ops[`arg${name}`](t, dim, keepdim);
      return pickFrom(t, dim, keepdim, places, `${title}Backward0`);
    },
  };
}

export const extremes = {
  ...makeExtremes("max", "Max", findBest((a, b) => a > b)),
  ...makeExtremes("min", "Min", findBest((a, b) => a < b)),
};
