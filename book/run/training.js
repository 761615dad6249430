// What training in a cell gives the page: the loss of each backward(), and which networks it trained.
// No DOM and no worker.

import { hashNumbers } from "./hash.js";

const BEAT = 100; // ms between two lots of losses
const ENOUGH = 20; // calls of backward(): fewer are no training, and nothing is told

/** Watch an engine's backward(): `engine` is to be used in its place. */
export function watchTraining(engine) {
  let known = new Set(); // parameters' values before the cell trained them, by their fingerprints
  const offered = new Set(); // and those of networks that cells have trained
  let seen = new WeakSet(), waiting = [], count = 0, last = 0, onLosses = null;

  function begin(hear) {
    known = new Set();
    seen = new WeakSet();
    waiting = [];
    count = 0;
    onLosses = hear;
  }

  function backward(loss, ...options) {
    if (onLosses && loss.numel === 1) note(loss);
    return engine.backward(loss, ...options);
  }

  function note(loss) {
    for (const parameter of listLeaves(loss.gradFn)) {
      if (seen.has(parameter)) continue;
      seen.add(parameter);
      known.add(fingerprint(engine, parameter));
    }
    count++;
    waiting.push(engine.item(loss));
    if (count >= ENOUGH && performance.now() - last >= BEAT) flush();
  }

  function flush() {
    if (waiting.length) onLosses(waiting);
    waiting = [];
    last = performance.now();
  }

  /** → how many losses there were, 0 for a cell that did not train. */
  function end() {
    if (count >= ENOUGH) flush();
    onLosses = null;
    return count >= ENOUGH ? count : 0;
  }

  /**
   * Tell whether a cell trained these: values that were not there before; asked again, they were.
   * What an earlier cell trained has to be trained anew. A network is fresh where nothing was
   * written into it since its first random numbers.
   */
  function isTrained(isFresh, ...parameters) {
    const found = parameters.map((parameter) => fingerprint(engine, parameter));
    const isNew = found.some((each) => !known.has(each));
    const isOld = found.every((each) => offered.has(each));
    for (const each of found) known.add(each);
    if (!isNew || ((isFresh || isOld) && !parameters.some((parameter) => seen.has(parameter)))) return false;
    for (const each of found) offered.add(each);
    return true;
  }

  return { engine: { ...engine, backward }, begin, end, isTrained };
}

/** List the names in a cell: the last that it assigns first, for a network that has two. */
export function listNames(source) {
  const assigned = [...source.matchAll(/^\s*(\w+) *=[^=]/gm)].map(([, name]) => name);
  return [...new Set([...assigned.reverse(), ...source.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []])];
}

// The tensors at the ends of a graph, to which backward() adds gradients.
function listLeaves(node) {
  const found = new Set(), waiting = [node];
  while (waiting.length) {
    const next = waiting.pop();
    if (!next || found.has(next)) continue;
    found.add(next);
    waiting.push(...next.next);
  }
  return [...found].map(({ variable }) => variable).filter(Boolean);
}

// Over the values' 32-bit words.
function fingerprint(engine, tensor) {
  const { buffer, byteOffset, byteLength } = engine.toArray(tensor);
  const words = new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength - (byteLength % 4)));
  return `${tensor.shape} ${hashNumbers(words)}`;
}
