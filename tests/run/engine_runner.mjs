// Runs calls of the engine for tests/run/engine.py, a line of JSON after the other, as long as it
// is asked: node engine_runner.mjs ENGINE ["plain"]. A request: `calls`, each [name, ...arguments], where
// {"$": n} is the result of the n-th and {"$": [n, i]} a part of it, and the numbers of those whose
// results are `wanted`. The answer: these results, or the error.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

if (process.argv[3] === "plain") WebAssembly.validate = () => false;
const { engine } = await import(pathToFileURL(process.argv[2]));

const isTensor = (x) => x?.storage !== undefined;
const toNumber = (x) => (Number.isFinite(x) ? x : String(x)); // JSON knows neither NaN nor Infinity

function describe(x) {
  if (Array.isArray(x)) return x.map(describe);
  if (typeof x === "number") return toNumber(x);
  if (typeof x === "string" || typeof x === "boolean") return x;
  if (!isTensor(x)) return null;
  const { shape, dtype, gradFn } = x;
  const values = Array.from(engine.toArray(x), toNumber);
  return { shape, dtype, values, node: gradFn?.name ?? null };
}

// What Python reads of tensors and nodes, and the clock
const readers = {
  attribute: (x, name) => x[name] ?? null,
  sharesStorage: (a, b) => a.storage === b.storage,
  now: () => performance.now(),
  // milliseconds that so many multiplications and additions take in the plainest loop
  multiply(count) {
    const [left, right] = [new Float32Array(1024).fill(1), new Float32Array(61706).fill(1e-3)];
    const start = performance.now();
    let total = 0;
    for (let row = 0; row < count / 1024; row++) {
      for (let i = 0; i < 1024; i++) total += left[i] * right[(row % 60000) + i];
    }
    left[0] = total;
    return performance.now() - start;
  },
  // breadth first, as lenet_course.graph lists them
  listNodes(node) {
    const nodes = [node];
    for (const { next } of nodes) {
      nodes.push(...next.filter((other) => other && !nodes.includes(other)));
    }
    return nodes.map(({ name }) => name);
  },
};

function answer({ calls, wanted }) {
  const results = [];
  const resolve = (x) => {
    if (Array.isArray(x)) return x.map(resolve);
    if (x === "…") return engine.ELLIPSIS;
    if (typeof x !== "object" || x === null) return x;
    if (x.slice) return engine.slice_of(...x.slice);
    if (x.$ === undefined) return x;
    return Array.isArray(x.$) ? results[x.$[0]][x.$[1]] : results[x.$];
  };
  for (const [name, ...rest] of calls) {
    results.push((readers[name] ?? engine[name])(...rest.map(resolve)));
  }
  return wanted.map((n) => describe(results[n]));
}

for await (const line of createInterface({ input: process.stdin })) {
  let result;
  try {
    result = { results: answer(JSON.parse(line)) };
  } catch (error) {
    result = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
