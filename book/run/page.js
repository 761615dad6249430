// lenet-run-page.js: what static/run.js loads at the first press. What else it needs stands in scripts
// that register here what they hold: browsers block fetch for pages opened as files.

import { openChapter } from "./chapter.js";
import { readPacked } from "./host.js";

const HELD = { // what a worker may be given: the script that holds it, and how it is unpacked
  "digits.npz": ["digits", unpackDigits],
  "lenet.pt": ["weights", unpackWeights],
  exercises: [`exercises-${lenetRun.lang}`, (files) => ({ files })],
};
let isOpen = false;

/** Load what a worker is given by its name: {files: path → bytes} or {assets: name → arrays}. */
async function loadAsset(name) {
  if (!(name in HELD)) throw new Error(`expected one of ${Object.keys(HELD)}, got ${name}`);
  const [script, unpack] = HELD[name];
  await lenetRun.load(script);
  return unpack(lenetRun[script]);
}

async function unpackDigits({ data, parts }) {
  const bytes = await readPacked(data);
  let end = 0;
  const arrays = parts.map(([name, shape]) => {
    const size = shape.reduce((all, length) => all * length);
    return [name, { data: bytes.slice(end, (end += size)), shape, dtype: "uint8" }];
  });
  return { assets: { "digits.npz": Object.fromEntries(arrays) } };
}

async function unpackWeights(data) {
  return { files: { "lenet_course/assets/lenet.pt": await readPacked(data) } };
}

const style = document.createElement("style");
style.textContent = STYLE; // run.css
document.head.append(style);

lenetRun.open = () => {
  if (!isOpen) openChapter(lenetRun, loadAsset);
  isOpen = true;
};
