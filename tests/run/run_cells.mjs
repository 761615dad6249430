// Runs cells in the page's engine, without a page: JSON in a file, JSON out.
// node run_cells.mjs job.json found.json; found: [[{text, result, displays, error, seconds, megabytes} a cell] a chapter]
// job: {root, micropython: the module's address, language, files: {path: text}, digits: {name: {file, shape, dtype}}, chapters: [[cell, …], …], order}
// A cell is {code, above: what of it those below may run, isPressed}. order: "down", as in a notebook, each cell; "up", as a reader may press
// them, from the last to the first; "alone", each in an emptied runtime. Before a pressed cell runs what it needs
// of those above, which takes `above` seconds.

import { readFileSync, writeFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2]));
const load = (name) => import(`${job.root}/book/run/${name}`);
const { loadMicroPython } = await import(job.micropython);
const { boot } = await load("runtime.js");
const lowering = await load("lowering.js");
const { makeMemory } = await load("memory.js");
const { joinByCell, listNeeded } = await load("needs.js");
const { text } = await load("text.js");
const { engine: loose } = await load("engine/engine.js");
const { picture } = await load("picture.js");

const wasm = `${job.root}/book/run/micropython/micropython.wasm`;
const digits = {};
for (const [name, { file, shape, dtype }] of Object.entries(job.digits)) {
  digits[name] = { data: new Uint8Array(readFileSync(file)), shape, dtype };
}
const weights = readFileSync(`${job.root}/lenet_course/assets/lenet.pt`);
const files = { ...job.files, "lenet_course/assets/lenet.pt": new Uint8Array(weights) };

// JavaScript drops an argument that a function does not take: an option of Python's would be silently nothing.
function countParameters(f) {
  const text = String(f).replace(/^async |^function /, "");
  if (/^\w+ *=>/.test(text)) return 1;
  let depth = 0, count = 0;
  for (const sign of text.slice(text.indexOf("("))) {
    depth += "([{".includes(sign) - ")]}".includes(sign);
    if (sign === "," && depth === 1) count += 1;
    if (!depth) break;
  }
  const list = text.slice(text.indexOf("(") + 1);
  return list.startsWith(")") ? 0 : /^[^)]*\.\.\./.test(list) ? Infinity : count + 1;
}

function takeNoMore([name, value]) {
  if (typeof value !== "function") return [name, value];
  const most = countParameters(value.f ?? value);
  return [name, (...given) => {
    if (given.length > most) throw new RangeError(`expected at most ${most} arguments of ${name}, got ${given.length}`);
    return value(...given);
  }];
}

const engine = Object.fromEntries(Object.entries(loose).map(takeNoMore));

const lowered = new Map(); // one chapter's modules are another's
function lower(source) {
  if (!lowered.has(source)) lowered.set(source, lowering.lower(source));
  return lowered.get(source);
}

process.on("uncaughtException", (error) => {
  console.error(`${error}\n${String(error.stack).slice(-1500)}`); // Node would print all of micropython.mjs
  process.exit(1);
});

async function start() {
  const python = await boot({
    loadMicroPython: (options) => loadMicroPython({ url: wasm, ...options }),
    files, modules: { _engine: engine, _text: text, _picture: picture }, lower, language: job.language,
  });
  python.give({ assets: { "digits.npz": digits } });
  return python;
}

function run(python, source) {
  const start = performance.now();
  let result;
  try {
    result = python.run(source);
  } catch (error) {
    result = { text: "", result: null, displays: [], error: { name: "Crash", message: String(error.stack), text: `Crash: ${error}` } };
  }
  const seconds = (performance.now() - start) / 1000;
  return { ...result, seconds, megabytes: process.memoryUsage.rss() / 2 ** 20 };
}

function press(python, cells, i, memory) {
  const above = cells.slice(0, i).map((cell) => ({ cell, code: cell.above }));
  const start = performance.now();
  const found = listNeeded(above, cells[i].code);
  const stale = memory.listStale(found);
  for (const [, code] of joinByCell(stale)) run(python, code);
  memory.note(stale, false);
  memory.note(found.own, true);
  const seconds = (performance.now() - start) / 1000;
  return { ...run(python, cells[i].code), above: seconds };
}

const orders = {
  async down(cells) {
    const python = await start();
    return cells.map(({ code }) => run(python, code));
  },
  async up(cells) {
    const python = await start(), memory = makeMemory(), found = cells.map(() => null);
    for (let i = cells.length - 1; i >= 0; i--) if (cells[i].isPressed) found[i] = press(python, cells, i, memory);
    return found;
  },
  async alone(cells) {
    kept ??= await start();
    return cells.map((cell, i) => {
      if (!cell.isPressed) return null;
      run(kept, "__import__('_emptying').empty()");
      return press(kept, cells, i, makeMemory());
    });
  },
};

const found = [];
let kept = null;
for (const cells of job.chapters) found.push(await orders[job.order](cells));
writeFileSync(process.argv[3], JSON.stringify(found));
