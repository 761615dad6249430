// Boots MicroPython and runs cells in it. No DOM and no worker: worker.js and the tests' Node share it.
//
// A JavaScript error must not cross MicroPython's frames: it would tear them down, and no Python
// `except` would see it. So each function of a module that Python imports is wrapped: where it
// throws, it returns null, and the module's take_error() gives [name, message] for Python to raise.

import { releaseUnreached, watchMemory } from "./release.js";
import { listNames, watchTraining } from "./training.js";

const HEAP = 8 << 20; // bytes of Python's memory to begin with; it grows
const MOST = 256 << 20; // beyond, Python raises MemoryError
const SHOWN = 20_000; // characters of what a cell prints

/**
 * Boot.
 * @param {Function} loadMicroPython micropython.mjs's, told where its wasm is: options → MicroPython.
 * @param {Record<string, string>} files Python modules and their texts: {"torch/__init__.py": text}.
 * @param {Record<string, object>} modules functions that Python imports: {_engine: {add, …}}.
 * @param {Function} lower writes Python as MicroPython reads it, line by line: source → source.
 * @param {string} language the reader's: "ko" or "en".
 * @returns {Promise<{give, run}>} give({files, assets}) adds files, and what `_page.asset(name)` gives;
 *   run(source, {name, onPrint, onDisplay, onCut, onLosses}) → {text, result,
 *   displays, error}. text: what was printed (onCut: it becomes too long, and the rest is left out);
 *   result: the last expression's, as IPython shows it, or null; displays: [{kind, data}]; error:
 *   null or {name, message, line, text: the last line that Python prints}. With onLosses, which is
 *   told the losses of training, also nets: [{name, file}], the networks that were trained.
 */
export async function boot({ loadMicroPython, files, modules = {}, lower = (text) => text, language = "en" }) {
  let hear, show;
  const decoder = new TextDecoder();
  limitMemory();
  const memory = watchMemory();
  const python = await loadMicroPython({
    heapsize: HEAP,
    pystack: 64 << 10,
    linebuffer: false,
    stdout: (bytes) => hear?.(decoder.decode(bytes, { stream: true })),
  });
  globalThis.proxy_js_ref[0] = Object.create(null); // it held globalThis, Python's module `js`
  const training = watchTraining(modules._engine);
  const watched = { ...modules, _engine: releaseUnreached(training.engine, await memory) };
  for (const [name, module] of Object.entries(watched)) python.registerJsModule(name, guard(module));
  const assets = {};
  const page = {
    language,
    lower,
    display: (kind, data) => show?.({ kind, data }),
    asset: (name) => assets[name] ?? null,
    isTrained: training.isTrained,
  };
  python.registerJsModule("_page", guard(page));

  function give({ files: more = {}, assets: arrays = {} }) {
    Object.assign(assets, arrays);
    for (const [path, content] of Object.entries(more)) {
      makeFolders(python.FS, `/lib/${path}`);
      python.FS.writeFile(`/lib/${path}`, content);
      if (path.endsWith(".py")) lowerWhenOpened(python.FS, `/lib/${path}`, lower);
    }
  }

  function run(source, { name = "<cell>", onPrint, onDisplay, onCut, onLosses } = {}) {
    let text = "";
    const displays = [];
    hear = null; // the set-up cell's word is not for here
    cell.prepare(source);
    hear = (part) => {
      if (text.length >= SHOWN) return;
      text += part;
      onPrint?.(part);
      if (text.length >= SHOWN) onCut?.();
    };
    show = (picture) => {
      displays.push(picture);
      onDisplay?.(picture);
    };
    training.begin(onLosses);
    const { result, error } = JSON.parse(cell.run(lower(source), name, source));
    const losses = training.end();
    hear = show = null; // a network's forward may print
    return { text, result, displays, error, nets: error || !losses ? [] : saveTrained(source, losses) };
  }

  function saveTrained(source, losses) {
    const names = JSON.stringify(listNames(source));
    const saved = JSON.parse(python.pyimport("_training").save_trained(names, source, losses));
    return saved.reverse().map((name) => {
      const file = python.FS.readFile(`/tmp/${name}.pt`);
      python.FS.unlink(`/tmp/${name}.pt`);
      return { name, file };
    });
  }

  give({ files });
  const cell = python.pyimport("_cell");
  return { give, run };
}

function guard(module) {
  let failure = null;
  const guarded = {
    take_error() {
      const taken = failure;
      failure = null;
      return taken;
    },
  };
  for (const [name, value] of Object.entries(module)) {
    guarded[name] = typeof value !== "function" ? value : (...given) => {
      try {
        return value(...given);
      } catch (error) {
        failure = [error.name, error.message];
        return null;
      }
    };
  }
  return guarded;
}

// Most modules are never imported: each is lowered when Python first opens it.
function lowerWhenOpened(system, path, lower) {
  const { node } = system.lookupPath(path);
  const operations = node.stream_ops;
  node.stream_ops = {
    ...operations,
    open(stream) {
      node.stream_ops = stream.stream_ops = operations;
      system.writeFile(path, lower(system.readFile(path, { encoding: "utf8" })));
      operations.open?.(stream);
    },
  };
}

function makeFolders(system, path) {
  const parts = path.split("/").slice(1, -1);
  parts.forEach((_, i) => {
    const folder = `/${parts.slice(0, i + 1).join("/")}`;
    if (!system.analyzePath(folder).exists) system.mkdir(folder);
  });
}

// A phone closes a page that takes too much; so Python is told before.
function limitMemory() {
  const { prototype } = WebAssembly.Memory, { grow } = prototype;
  if (grow.isLimited) return;
  const limited = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > MOST) throw new RangeError("no more memory");
    return grow.call(this, pages);
  };
  prototype.grow = Object.assign(limited, { isLimited: true });
}
