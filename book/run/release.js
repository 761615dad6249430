// While a cell runs, MicroPython frees nothing: this build collects garbage between cells alone, when
// no C function is half way through. A training loop would keep each tensor that it ever made. So from
// time to time we look for the tensors that Python can still reach, and let go of the others.
//
// Python's heap is cut into blocks; a table has two bits for each, another one, set where an object
// stands for something of JavaScript's. What lies below the heap is alive (the stacks and the state of
// the interpreter), and so is what something alive points to. Source: MicroPython 1.27, py/gc.c.

const BLOCK = 16; // bytes
const [FIRST, FOLLOWS] = [1, 2]; // blocks of an object
const STATE = 2 ** 16; // words, in which the interpreter's state lies
const ENOUGH_BYTES = 2 ** 25; // of tensors, made since we last looked
const RELEASED = Object.freeze({}); // in a tensor's place, whose number is Python's to give back

// The heap's first part is described in the interpreter's state, and each part names the next.
function listParts(words) {
  const read = (at) => {
    const [next, kinds, bytes, proxies, start, end] = words.subarray(at, at + 6);
    return { next, kinds, proxies, start, end, isPart: bytes && end - start === 4 * bytes * BLOCK };
  };
  let at = 1;
  while (at < STATE && !read(at).isPart) at++;
  const parts = [];
  for (; at < words.length && at; at = parts.at(-1).next / 4) {
    parts.push({ ...read(at), marks: new Uint8Array(words[at + 2] * 4) });
  }
  return parts;
}

/** List what of JavaScript's Python can reach, by its number in proxy_js_ref. */
function listReached(buffer) {
  const [words, bytes] = [new Uint32Array(buffer), new Uint8Array(buffer)];
  const parts = listParts(words);
  const reached = new Set(), waiting = [];

  function visitAll(start, end) {
    for (let i = start / 4; i < end / 4; i++) {
      const address = words[i];
      for (const part of parts) if (address >= part.start && address < part.end) visit(part, address);
    }
  }

  function visit({ kinds, proxies, start, marks }, address) {
    const kindOf = (block) => (bytes[kinds + (block >> 2)] >> (2 * (block & 3))) & 3;
    const block = (address - start) / BLOCK;
    if (!Number.isInteger(block) || marks[block] || kindOf(block) !== FIRST) return;
    marks[block] = 1;
    if ((bytes[proxies + (block >> 3)] >> (block & 7)) & 1) reached.add(words[address / 4 + 1]);
    let last = block;
    while (last + 1 < marks.length && kindOf(last + 1) === FOLLOWS) last++;
    waiting.push(address, start + (last + 1) * BLOCK);
  }

  visitAll(0, parts[0].kinds);
  while (waiting.length) {
    const end = waiting.pop();
    visitAll(waiting.pop(), end);
  }
  return reached;
}

/** Find the memory of the next WebAssembly that is loaded. */
export function watchMemory() {
  const { instantiate } = WebAssembly;
  return new Promise((resolve) => {
    WebAssembly.instantiate = async (...given) => {
      WebAssembly.instantiate = instantiate;
      const loaded = await instantiate(...given);
      resolve(loaded.instance.exports.memory);
      return loaded;
    };
  });
}

/**
 * Let go of an engine's tensors that Python cannot reach, and could not the time before: a C function
 * may hold one for a moment where nobody sees it. `engine` is to be used in its place; its
 * takeAllocated(), which Python calls now and then, does it.
 */
export function releaseUnreached(engine, memory) {
  let doubted = new Set(), bytes = 0;

  function release() {
    const reached = listReached(memory.buffer);
    const { proxy_js_ref: values, proxy_js_ref_map: numbers } = globalThis;
    const unreached = new Set();
    values.forEach((value, number) => {
      if (!value?.storage || reached.has(number)) return;
      if (!doubted.has(value)) return void unreached.add(value);
      numbers.delete(value);
      values[number] = RELEASED;
    });
    doubted = unreached;
  }

  function takeAllocated() {
    const more = engine.takeAllocated();
    bytes += more;
    if (bytes > ENOUGH_BYTES) {
      bytes = 0;
      release();
    }
    return more;
  }

  return { ...engine, takeAllocated };
}
