// The page's worker: MicroPython and the engine, away from everything that a page can reach.
// A message in: {id, kind: "boot", wasm, files, language} · {id, kind: "give", files, assets} ·
// {id, kind: "run", source, name}. Out: {id, kind: "printed" | "display" | "cut" | "losses" | "done" | "failed", …}.

import { engine } from "./engine/engine.js";
import { lower } from "./lowering.js";
import { picture } from "./picture.js";
import { boot } from "./runtime.js";
import { text } from "./text.js";

// What is left of the global scope: the language itself, and what MicroPython and the engine call.
// Everything else goes: fetch, indexedDB, caches, importScripts, Worker, postMessage, navigator, and
// what a later browser brings. That no text becomes code is the page's policy.
const STAYS = new Set((
  "globalThis self undefined NaN Infinity isFinite isNaN parseFloat parseInt decodeURIComponent encodeURIComponent "
  + "Object Function Array String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise Date RegExp "
  + "Map Set WeakMap WeakSet WeakRef FinalizationRegistry Iterator Intl "
  + "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError "
  + "ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array "
  + "Float16Array Float32Array Float64Array BigInt64Array BigUint64Array "
  + "WebAssembly TextDecoder TextEncoder atob btoa performance console crypto"
).split(" "));
const FUNCTIONS = [() => {}, async () => {}, function* () {}, async function* () {}];
const post = postMessage.bind(self);

function* listDoors() {
  for (let scope = self; scope !== Object.prototype; scope = Object.getPrototypeOf(scope)) {
    for (const name of Reflect.ownKeys(scope)) if (!STAYS.has(name)) yield [scope, name];
  }
}

const kinds = {
  async boot({ wasm, files, language }) {
    const doors = [...listDoors()]; // before MicroPython brings its own
    const loadMicroPython = await loadsMicroPython;
    const load = (options) => loadMicroPython({ wasm, ...options });
    const modules = { _engine: engine, _picture: picture, _text: text };
    const python = await boot({ loadMicroPython: load, files, modules, lower, language });
    doors.forEach(([scope, name]) => Reflect.deleteProperty(scope, name)); // what stays is a number
    FUNCTIONS.forEach((each) => delete Object.getPrototypeOf(each).constructor);
    kinds.give = python.give;
    kinds.run = ({ id, source }) => python.run(source, {
      onPrint: (part) => post({ id, kind: "printed", text: part }),
      onDisplay: (picture) => post({ id, kind: "display", picture }),
      onCut: () => post({ id, kind: "cut" }),
      onLosses: (losses) => post({ id, kind: "losses", losses }),
    });
  },
};

addEventListener("message", async ({ data }) => {
  const { id, kind } = data;
  try {
    post({ id, kind: "done", ...(await kinds[kind](data)) });
  } catch (error) {
    post({ id, kind: "failed", message: String(error) });
  }
});
