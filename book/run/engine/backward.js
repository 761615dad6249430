// The way back: backward() and grad() visit the nodes from the last one made to the first.

import { gradEdge, ops, record, withGrad } from "./graph.js";
import { data } from "./leaves.js";
import { sameShape } from "./shapes.js";
import { require, words } from "./words.js";

// The nodes behind some, from the last one made to the first: an operation comes after all that was
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

// `wanted`: node → the gradient that arrives there; only nodes on a way to one are run, then.
function run(roots, gradients, { retainGraph, createGraph }, wanted = null) {
  require(!createGraph, words.createGraph);
  const nodes = listBack(roots);
  const needed = wanted ? findNeeded(nodes, wanted) : new Set(nodes);
  const received = new Map();
  const give = (node, gradient) => {
    if (!node || !gradient) return;
    const before = received.get(node);
    received.set(node, before ? ops.add(before, gradient) : gradient);
  };
  withGrad(false, () => {
    roots.forEach((node, i) => give(node, gradients[i]));
    for (const node of nodes) {
      let gradient = received.get(node);
      if (!gradient) continue;
      received.delete(node);
      for (const hook of [...node.preHooks]) gradient = hook(gradient) ?? gradient;
      if (wanted?.has(node)) wanted.set(node, gradient);
      if (!needed.has(node)) continue;
      node.run(gradient).forEach((each, i) => give(node.next[i], each));
      if (!retainGraph) node.free();
    }
  });
}

function findNeeded(nodes, wanted) {
  const needed = new Set();
  for (const node of nodes.toReversed()) {
    if (node.next.some((next) => wanted.has(next) || needed.has(next))) needed.add(node);
  }
  return needed;
}

function startGradients(outputs, gradients) {
  return outputs.map((t, i) => {
    require(t.requiresGrad, words.noGrad, i);
    const given = gradients?.[i];
    require(given || t.numel === 1, words.notScalar);
    require(!given || sameShape(given.shape, t.shape), words.gradShape, i, given?.shape, t.shape);
    return given ?? ops.ones_like(t);
  });
}

export function backward(t, gradient = null, options = {}) {
  run([gradEdge(t)], startGradients([t], [gradient]), options);
}

export function grad(outputs, inputs, gradients = null, options = {}) {
  for (const t of inputs) require(t.requiresGrad, words.noGradInput);
  const edges = inputs.map(gradEdge);
  const wanted = new Map(edges.map((edge) => [edge, null]));
  run(outputs.map(gradEdge), startGradients(outputs, gradients), options, wanted);
  return edges.map((edge, i) => {
    require(wanted.get(edge) || options.allowUnused, words.unused, i);
    return wanted.get(edge);
  });
}

// Hooks

function addTo(hooks, hook) {
  hooks.push(hook);
  return () => void hooks.splice(hooks.indexOf(hook), 1);
}

export function registerHook(t, hook) {
  require(t.requiresGrad, words.hook);
  return addTo(gradEdge(t).preHooks, hook);
}
export const registerPrehook = (node, hook) => addTo(node.preHooks, hook);
export const registerPostAccumulateHook = (t, hook) => addTo(gradEdge(t).postHooks, hook);

// A tensor with a node of the reader's own: backward(gradient) gives an array of gradients.
export function custom(name, result, inputs, backward) {
  const fresh = Object.assign(data(result), { version: result.version });
  return record(fresh, name, inputs, [], (gradient) => {
    const found = [...backward(gradient)];
    return inputs.map((_, i) => () => found[i]);
  });
}
