// Runs cells in the page's engine, without a page: JSON in a file, JSON out.
// node run_cells.mjs job.json → [[{text, result, displays, error, seconds} a cell] a chapter]
// job: {root, language, files: {path: text}, digits: {name: {file, shape, dtype}}, chapters: [[source, …], …]}

import { readFileSync, writeFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2]));
const load = (name) => import(`${job.root}/book/run/${name}`);
const { loadMicroPython } = await load("micropython/micropython.mjs");
const { boot } = await load("runtime.js");
const { lower } = await load("lowering.js");
const { text } = await load("text.js");
const { engine } = await load("engine/engine.js");
const { picture } = await load("picture.js");

const wasm = `${job.root}/book/run/micropython/micropython.wasm`;
const digits = {};
for (const [name, { file, shape, dtype }] of Object.entries(job.digits)) {
  digits[name] = { data: new Uint8Array(readFileSync(file)), shape, dtype };
}
const weights = readFileSync(`${job.root}/lenet_course/assets/lenet.pt`);
const files = { ...job.files, "lenet_course/assets/lenet.pt": new Uint8Array(weights) };

process.on("uncaughtException", (error) => {
  console.error(`${error}\n${String(error.stack).slice(-1500)}`); // Node would print all of micropython.mjs
  process.exit(1);
});
const found = [];
for (const sources of job.chapters) {
  const python = await boot({
    loadMicroPython: (options) => loadMicroPython({ url: wasm, ...options }),
    files, modules: { _engine: engine, _text: text, _picture: picture }, lower, language: job.language,
  });
  python.give({ assets: { "digits.npz": digits } });
  const results = [];
  for (const source of sources) {
    const start = performance.now();
    let result;
    try {
      result = python.run(source);
    } catch (error) {
      result = { text: "", result: null, displays: [], error: { name: "Crash", message: String(error.stack), text: `Crash: ${error}` } };
    }
    results.push({ ...result, seconds: (performance.now() - start) / 1000 });
  }
  found.push(results);
}
writeFileSync(process.argv[3], JSON.stringify(found));
