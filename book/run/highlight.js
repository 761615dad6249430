// Python's code in colours while it is edited: the classes that Pygments gives in the built page.

const KINDS = new Map(Object.entries({
  k: "as assert async await break class continue def del elif else except finally for global if lambda nonlocal "
    + "pass raise return try while with yield",
  kn: "from import",
  ow: "and in is not or",
  kc: "False None True",
  bp: "self",
  nb: "abs all any bool dict enumerate filter float getattr hasattr id int isinstance iter len list map max min "
    + "next object open pow print property range repr reversed round set setattr slice sorted staticmethod str "
    + "sum super tuple type vars zip",
}).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])));
const NAMED = { def: "nf", class: "nc" };
const TOKEN = new RegExp([
  /(?<c1>#.*)/,
  /(?<string>(?<prefix>[rbfRBF]{0,2})(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
  /(?<mi>\d(?:[\w.]|(?<=[eE])[+-])*|\.\d\w*)/,
  /(?<nd>(?<=^[ \t]*)@[\w.]+)/,
  /(?<nn>(?<=\b(?:import|from) +)[\w.]+)/,
  /(?<name>[\p{L}_][\p{L}\p{N}_]*)/,
  /(?<o>[-+*\/%@&|^~<>=!]+|\.)/,
  /(?<p>[()[\]{}:,;])/,
].map(({ source }) => source).join("|"), "gmu");
const FIELD = /(\{\{|\}\})|\{([^{}:!]*)((?:![rsa])?(?::(?:[^{}]|\{[^{}]*\})*)?)\}/g; // of an f-string

/** Split code into lines, each a list of [class, text]; "" for what has no colour. */
export function splitTokens(code) {
  const lines = [[]];
  for (const [kind, text] of listTokens(code)) {
    text.split("\n").forEach((part, i) => {
      if (i) lines.push([]);
      if (part) lines.at(-1).push([kind, part]);
    });
  }
  return lines;
}

function* listTokens(code) {
  let end = 0, last = "";
  for (const found of code.matchAll(TOKEN)) {
    const [word] = found, { string, prefix, name, ...others } = found.groups;
    if (found.index > end) yield ["", code.slice(end, found.index)];
    end = found.index + word.length;
    if (string !== undefined) yield* /f/i.test(prefix) ? listFields(string) : [["s2", string]];
    else if (name !== undefined) yield [last === "." ? "n" : findKind(name, last), name];
    else yield [Object.keys(others).find((kind) => others[kind] !== undefined), word];
    last = word;
  }
  yield ["", code.slice(end)];
}

const findKind = (name, last) =>
  NAMED[last] ?? KINDS.get(name) ?? (/^[A-Z]\w*(Error|Exception)$/.test(name) ? "ne" : "n");

function* listFields(string) {
  let end = 0;
  for (const { 0: text, 1: brace, 2: inner, 3: format, index } of string.matchAll(FIELD)) {
    if (brace) continue;
    yield ["s2", string.slice(end, index)];
    yield ["si", "{"];
    yield* listTokens(inner);
    yield ["si", `${format}}`];
    end = index + text.length;
  }
  yield ["s2", string.slice(end)];
}
