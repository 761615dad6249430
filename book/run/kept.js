// The code that a reader edited, kept in the reader's own browser beside the rest of the progress
// (static/progress.js): page → cell → code. A cell's name is a hash of the code that the chapter gives
// it, so that where a chapter changes, an old edit finds no cell any more and is dropped.

import { hashNumbers } from "./hash.js";

const MOST = 20_000; // letters of a cell
const here = new Set(lenetRun.cells.map(({ element }) => hashCode(readCode(element))));

/** Read a cell's code as the chapter gives it. */
export function readCode(element) {
  return element.querySelector("pre").textContent.replace(/\n$/, "");
}

/** → the reader's code in the place of `code`, or null. */
export const readEdit = (code) => load()[lenetRun.page]?.[hashCode(code)] ?? null;

/** Keep `edit` in the place of `code`; null, or the same: nothing is kept. */
export function keepEdit(code, edit) {
  const all = load(); // another tab may have written
  const edits = { ...all[lenetRun.page], [hashCode(code)]: edit === code ? null : edit };
  all[lenetRun.page] = Object.fromEntries(Object.entries(edits).filter(isKept));
  if (!Object.keys(all[lenetRun.page]).length) delete all[lenetRun.page];
  try {
    if (Object.keys(all).length) localStorage.setItem(progress.EDITS, JSON.stringify(all));
    else localStorage.removeItem(progress.EDITS);
  } catch {} // there is no room: the edit lasts as long as the page
}

const isKept = ([name, edit]) => here.has(name) && typeof edit === "string" && edit.length <= MOST;

// What is stored may be anything.
function load() {
  try {
    const all = JSON.parse(localStorage.getItem(progress.EDITS) ?? "{}");
    const own = Object.entries(all[lenetRun.page] ?? {}).filter(isKept);
    return { ...all, [lenetRun.page]: Object.fromEntries(own) };
  } catch {
    return {};
  }
}

function hashCode(code) {
  const units = Array.from({ length: code.length }, (_, i) => code.charCodeAt(i));
  return (hashNumbers(units) >>> 0).toString(36);
}
