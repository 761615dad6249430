// The worker that runs cells, seen from the page: it comes with the first cell, and anew after each end.
// What it says comes from a reader's code: a message that answers no question is not heard.

export function makeHost(page, loadAsset) {
  let started = null; // a promise of {ask}
  const has = new Set(); // assets that it was given
  let end = () => {};
  let lastId = 0;

  async function start() {
    const { script, wasm, files } = page.worker;
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(address);
    const asked = new Map(); // id → what hears the answers
    let ended = null;
    const fail = (error) => {
      ended = error;
      worker.terminate();
      started = null;
      for (const { reject } of asked.values()) reject(error);
      return error;
    };
    has.clear();
    end = fail;
    worker.onerror = () => fail(new Ended("broken"));
    worker.onmessage = ({ data }) => {
      const { id, kind, ...said } = data ?? {};
      const question = asked.get(id);
      if (["printed", "display", "cut", "losses"].includes(kind)) question?.hear(kind, said);
      if (kind === "failed") fail(new Ended("broken"));
      if (kind !== "done") return;
      asked.delete(id);
      question?.resolve(said);
    };
    const ask = (message, hear = () => {}) => new Promise((resolve, reject) => {
      if (ended) return reject(ended); // while its bytes were unpacked
      lastId += 1;
      asked.set(lastId, { hear, resolve, reject });
      worker.postMessage({ id: lastId, ...message });
    });
    await ask({ kind: "boot", wasm: await readPacked(wasm), files, language: page.lang });
    URL.revokeObjectURL(address);
    return ask;
  }

  const getAsk = () => (started ??= start().catch((error) => {
    started = null;
    throw error;
  }));

  return {
    get isAlive() {
      return started !== null;
    },
    stop: () => end(new Ended("stopped")),
    /** Run a source; hear(kind, {text, picture}) is told what it shows meanwhile. */
    async run(source, hear) {
      const ask = await getAsk();
      const result = await ask({ kind: "run", source }, hear);
      if (result.error?.name === "MemoryError") throw end(new Ended("memory")); // it stays slow
      return result;
    },
    async bring(name) {
      const ask = await getAsk();
      if (!has.has(name)) await ask({ kind: "give", ...(await loadAsset(name)) });
      has.add(name);
    },
  };
}

/** The worker is gone, and with it all names: "stopped" by the reader, out of "memory" or "broken". */
export class Ended extends Error {}

/** Read bytes that bundle.py packed: gzip, in base64. */
export async function readPacked(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
