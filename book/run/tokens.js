// Python's tokens, in groups of what stands between brackets.

const TOKEN = new RegExp(
  [
    String.raw`([ \t\f]+|\\\r?\n)`,
    String.raw`(#[^\n]*)`,
    String.raw`(\r?\n)`,
    String.raw`([a-zA-Z]{0,2}(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^\\"\n])*"|'(?:\\[^]|[^\\'\n])*'))`,
    String.raw`((?:\d|\.\d)(?:[eE][+-]|[\w.])*)`,
    String.raw`([\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(\*\*=?|//=?|>>=?|<<=?|[-+*/%@&|^=!<>:]=|->|\.\.\.|[^])`,
  ].join("|"),
  "uy",
);
const KINDS = ["space", "comment", "newline", "string", "number", "name", "op"];
const CLOSING = { "(": ")", "[": "]", "{": "}" };
const KEYWORDS = new Set(
  "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" "),
);

export function tokenize(source) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const found = TOKEN.exec(source);
    const kind = KINDS[found.indexOf(found[0], 1) - 1];
    tokens.push({ kind, text: found[0] });
  }
  return tokens;
}

// A group's items are tokens and groups.
export function readGroup(tokens, place, close) {
  const items = [];
  while (place.at < tokens.length) {
    const token = tokens[place.at++];
    if (token.text === close && token.kind === "op") return items;
    const inner = token.kind === "op" && CLOSING[token.text];
    if (inner) items.push({ kind: "group", open: token.text, close: inner, items: readGroup(tokens, place, inner) });
    else items.push(token);
  }
  if (close) throw new SyntaxError(`expected ${close}`);
  return items;
}

export const isBlank = (item) => ["space", "comment", "newline"].includes(item.kind);
export const is = (item, text) => item?.text === text && item.kind !== "string";

export function split(items, mark) {
  const parts = [[]];
  let lambdas = 0;
  for (const item of items) {
    if (is(item, "lambda")) lambdas += 1; // up to its colon
    if (is(item, mark) && !lambdas) parts.push([]);
    else parts.at(-1).push(item);
    if (is(item, ":") && lambdas) lambdas -= 1;
  }
  return parts;
}

export const first = (items) => items.find((item) => !isBlank(item));
export const isEmpty = (items) => items.every(isBlank);

// what a bracket behind it calls or asks for an item
export function isPrimary(item) {
  if (item.kind === "name") return !KEYWORDS.has(item.text);
  return item.kind === "group" || item.kind === "string";
}

// the text of parts that were split at ":", as it stood
export function sourceOf(parts) {
  const write = (item) => (item.kind === "group" ? item.open + item.items.map(write).join("") + item.close : item.text);
  return parts.map((part) => part.map(write).join("")).join(":");
}
