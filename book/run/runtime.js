// Boots MicroPython and runs cells in it. No DOM and no worker: worker.js and the tests' Node share it.
//
// A JavaScript error must not cross MicroPython's frames: it would tear them down with no Python
// `except` having been asked. So each function of the engine is wrapped: where it throws, it returns
// null, and `_engine.take_error()` gives [name, message] for Python to raise (null: none).

const HEAP = 8 << 20; // bytes to begin with; it grows
const MOST = 256 << 20; // bytes of Python's own memory: beyond, Python raises MemoryError

/**
 * Boot.
 * @param {Function} loadMicroPython micropython.mjs's, told where its wasm is: (options) → MicroPython.
 * @param {Record<string, string>} files Python modules, by their path: {"torch/__init__.py": text}.
 * @param {object} engine what Python imports as `_engine`; without one there is no such module.
 * @param {object} assets what Python asks of `_page.asset(name)`: bytes or text, by name.
 * @returns {Promise<{run(source: string, options?: {name?: string, onPrint?: Function,
 *   onDisplay?: Function}): {text: string, result: string|null, displays: object[],
 *   error: null|{name: string, message: string, line: number|null, text: string}}}>}
 */
export async function boot({ loadMicroPython, files, engine = null, assets = {} }) {
  let hear = () => {}, show = () => {};
  const decoder = new TextDecoder();
  limitMemory();
  const python = await loadMicroPython({
    heapsize: HEAP,
    pystack: 64 << 10,
    linebuffer: false,
    stdout: (bytes) => hear(decoder.decode(bytes, { stream: true })),
  });
  python.FS.mkdir("/lib");
  writeFiles(python.FS, files);
  if (engine) python.registerJsModule("_engine", guard(engine));
  python.registerJsModule("_page", guard({
    display: (kind, data) => show({ kind, data }),
    asset: (name) => assets[name] ?? null,
  }));
  const cell = python.pyimport("_cell");

  return {
    run(source, { name = "<cell>", onPrint = () => {}, onDisplay = () => {} } = {}) {
      let text = "";
      const displays = [];
      hear = (part) => {
        text += part;
        onPrint(part);
      };
      show = (picture) => {
        displays.push(picture);
        onDisplay(picture);
      };
    x
    },
  };
}

function guard(module) {
  let failure = null;
  const guarded = { take_error: () => [failure, failure = null][0] };
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

function writeFiles(system, files) {
  for (const [path, text] of Object.entries(files)) {
    const folders = path.split("/").slice(0, -1);
    folders.forEach((_, i) => {
      const folder = `/lib/${folders.slice(0, i + 1).join("/")}`;
      if (!system.analyzePath(folder).exists) system.mkdir(folder);
    });
    system.writeFile(`/lib/${path}`, text);
  }
}

// A phone closes a page that takes too much; Python is told before.
function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  if (grow.isLimited) return;
  const limited = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > MOST) throw new RangeError("no more memory");
    return grow.call(this, pages);
  };
  WebAssembly.Memory.prototype.grow = Object.assign(limited, { isLimited: true });
}
