// Code as statements: the outermost ones, each a list of logical lines.

import { splitTokens } from "./highlight.js";

const CONTINUES = /^(elif|else|except|finally)$/;
export const OPENS = /^(for|while|if|elif|else|with|try|except|finally|def|class)$/;

/**
 * Split code into its outermost statements.
 * @returns {{text: string, lines: {indent: number, words: [string, string][]}[]}[]} words: tokens but blanks.
 */
export function splitStatements(code) {
  const rows = code.split("\n"), statements = [];
  let line = null, depth = 0, isOpen = false;
  splitTokens(code).forEach((tokens, row) => {
    const words = tokens.filter(([kind, text]) => kind !== "c1" && text.trim());
    if (!words.length && !depth) return;
    if (!depth && !isOpen) {
      line = { indent: rows[row].search(/\S/), words: [] };
      const last = statements.at(-1);
      const continues = line.indent || CONTINUES.test(words[0][1]) || last?.lines.at(-1).words[0][0] === "nd";
      if (!last || !continues) statements.push({ rows: [], lines: [] });
      statements.at(-1).lines.push(line);
    }
    statements.at(-1).rows.push(rows[row]);
    line.words.push(...words);
    for (const [kind, text] of words) if (kind === "p") depth += "([{".includes(text) - ")]}".includes(text);
    isOpen = words.at(-1)?.[1] === "\\";
  });
  return statements.map(({ rows, lines }) => ({ text: rows.join("\n"), lines: lines.flatMap(splitLine) }));
}

// "with a: b" and "a; b" are two lines each.
function splitLine({ indent, words }) {
  const { depths } = matchBrackets(words);
  const ends = OPENS.test(words[0]?.[1]) ? ":" : ";";
  const at = words.findIndex(([, text], i) => !depths[i] && text === ends);
  if (at < 0 || at === words.length - 1) return [{ indent, words }];
  return [{ indent, words: words.slice(0, at) }, ...splitLine({ indent: indent + 1, words: words.slice(at + 1) })];
}

/** Find, for each word, how deep it stands in brackets; for a bracket, the place of its partner. */
export function matchBrackets(words) {
  const open = [], partners = [], depths = [];
  words.forEach(([kind, text], i) => {
    if (kind === "p" && ")]}".includes(text) && open.length) {
      partners[i] = open.pop();
      partners[partners[i]] = i;
    }
    depths[i] = open.length;
    if (kind === "p" && "([{".includes(text)) open.push(i);
  });
  return { partners, depths };
}
