// Which of the cells above an exercise needs: its check must not wait for a chapter's training.
//
// By names, and rather one cell too many: a cell is needed if it names what the exercise, or a needed
// cell, takes from above. Of what is imported or defined, only the cell that does so is needed, and
// parameters are a function's own. Randomness has no name: after a check, cells that were left out
// draw their numbers later than in the notebook, unless they set a seed, as the chapters' cells do.

import { splitTokens } from "./highlight.js";

const NAMELESS = new Set(["c1", "s2", "k", "kn", "ow", "kc", "nb", "mi"]);
const DEPTHS = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

/** List the cells that a cell needs of those above it, in their order. */
export function listNeeded(cell, above) {
  const read = new Map(above.map((each) => [each, readNames(each.getSource())]));
  const fixed = new Set([...read.values()].flatMap(({ defined }) => [...defined]));
  const wanted = new Set(readNames(cell.getSource()).taken);
  const needed = new Set();
  for (let size = -1; size < needed.size;) {
    size = needed.size;
    for (const [each, { names, defined, taken }] of read) {
      if (![...names].some((name) => wanted.has(name) && (!fixed.has(name) || defined.has(name)))) continue;
      needed.add(each);
      taken.forEach((name) => wanted.add(name));
    }
  }
  return above.filter((each) => needed.has(each));
}

/** Find the names in code; those that it imports or defines, and makes; those that it takes from before it. */
export function readNames(code) {
  const names = new Set(), defined = new Set(), made = new Set(), taken = new Set();
  let depth = 0;
  for (const tokens of splitTokens(code)) {
    const words = tokens.filter(([, text]) => text.trim());
    const first = words[0]?.[1];
    const isImport = first === "import" || first === "from";
    const targets = [], others = [];
    const sign = first === "for" ? "in" : "=";
    let equals = depth || isImport ? -1 : words.findIndex(([, text]) => text === sign);
    words.forEach(([kind, text], i) => {
      depth += [...(kind === "p" ? text : "")].reduce((sum, mark) => sum + (DEPTHS[mark] ?? 0), 0);
      if (i < equals && depth) equals = -1; // an argument's name, or an index
      if (NAMELESS.has(kind) || !/^[\p{L}_]/u.test(text) || words[i - 1]?.[1] === ".") return;
      if (first === "from" && i === 1) return; // the module that names come from
      names.add(text);
      if (isImport || kind === "nf" || kind === "nc") defined.add(text);
      (isImport || kind === "nf" || kind === "nc" || first === "def" || i < equals ? targets : others).push(text);
    });
    others.forEach((name) => made.has(name) || taken.add(name));
    targets.forEach((name) => made.add(name));
  }
  return { names, defined, made, taken };
}
