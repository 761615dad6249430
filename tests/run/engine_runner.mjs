// Runs calls of the engine for tests/run/engine.py, one line of JSON after the other, as long as it is
// asked: node engine_runner.mjs ENGINE. A request is a list of calls [name, ...arguments]; {"$": n} is
// the result of the n-th, {"$": [n, i]} a part of it. The answer: what each call gave, or its error.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { engine } = await import(pathToFileURL(process.argv[2]));

const isTensor = (x) => x?.storage !== undefined;
const toNumber = (x) => (Number.isFinite(x) ? x : String(x)); // JSON knows neither NaN nor Infinity

function describe(x) {
  if (isTensor(x)) {
    const values = Array.from(engine.toArray(x), toNumber);
    return { shape: x.shape, dtype: x.dtype, values, node: x.gradFn?.name ?? null, leaf: x.isLeaf, grad: x.requiresGrad };
  }
  if (Array.isArray(x)) return x.map(describe);
  return typeof x === "number" ? toNumber(x) : typeof x === "object" || typeof x === "function" ? null : x ?? null;
}

// What Python reads of tensors and nodes, and the clock
const readers = {
  attribute: (x, name) => x[name] ?? null,
  now: () => performance.now(),
  // breadth first, as lenet_course.graph lists them
  listNodes(node) {
    const nodes = [node];
    for (const each of nodes) nodes.push(...each.next.filter((next) => next && !nodes.includes(next)));
    return nodes.map(({ name }) => name);
  },
};

function answer(calls) {
  const results = [];
  const resolve = (x) => {
    if (Array.isArray(x)) return x.map(resolve);
    if (x === "…") return engine.ELLIPSIS;
    if (typeof x !== "object" || x === null) return x;
    if (x.slice) return engine.slice_of(...x.slice);
    if (x.$ === undefined) return x;
    return Array.isArray(x.$) ? results[x.$[0]][x.$[1]] : results[x.$];
  };
  for (const [name, ...rest] of calls) results.push((readers[name] ?? engine[name])(...rest.map(resolve)));
  return results.map(describe);
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
