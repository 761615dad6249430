// While a cell runs, MicroPython frees nothing: this build collects garbage between cells alone,
// when no C function is half way through. A training loop would keep each tensor that it made. So
// from time to time we look for the tensors that Python can still reach, and let go of the others.
//
// Python's heap is cut into blocks. A table has two bits for each, another one, set where an object
// stands for something of JavaScript's. What lies below the heap is alive, the stacks and the state
// of the interpreter, and so is what something alive points to. Source: MicroPython 1.27, py/gc.c.

const BLOCK = 16; // bytes
const [FIRST, FOLLOWS] = [1, 2]; // blocks of an object
const STATE = 2 ** 16; // words, in which the interpreter's state lies
const ENOUGH_BYTES = 2 ** 25; // of tensors, made since we last looked
const RELEASED = Object.freeze({}); // in a tensor's place, whose number is Python's to give back

// The heap's first part is described in the interpreter's state, and each part names the next.
function readPart(words, at) {
  const [next, kinds, size, proxies, start, end] = words.subarray(at, at + 6);
  return { next, kinds, size, proxies, start, end };
}

function findHeap(buffer) {
  const words = new Uint32Array(buffer, 0, STATE);
  return words.findIndex((_, at) => {
    const { size, start, end } = readPart(words, at);
    return size && end - start === 4 * size * BLOCK;
  });
}

function listParts(words, heap) {
  const parts = [];
  for (let at = heap; at; at = parts.at(-1).next / 4) {
    const part = readPart(words, at);
    parts.push({ ...part, marks: new Uint8Array(4 * part.size) });
  }
  return parts;
}

/** List what of JavaScript's Python can reach, by its number in proxy_js_ref. */
function listReached(buffer, heap) {
  const [words, bytes] = [new Uint32Array(buffer), new Uint8Array(buffer)];
  const parts = listParts(words, heap);
  const reached = new Set(), waiting = [], lowest = parts[0].start;

  function visitAll(start, end) {
    for (let i = start / 4; i < end / 4; i++) {
      const address = words[i];
      if (address < lowest) continue;
      for (const part of parts) {
        if (address >= part.start && address < part.end) visit(part, address);
      }
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
 * Let go of an engine's tensors that Python cannot reach, and could not the time before: a C
 * function may hold one for a moment where nobody sees it. What is returned is to be used in the
 * engine's place: its takeAllocated(), which Python calls now and then, does it.
 */
export function releaseUnreached(engine, memory) {
  const heap = findHeap(memory.buffer);
  let doubted = new Set(), bytes = 0;

  function release() {
    const reached = listReached(memory.buffer, heap);
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
