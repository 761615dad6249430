// Python's code in colours while it is edited: the classes that Pygments gives in the built page.

const KEYWORDS = "and as assert async await break class continue def del elif else except finally for from global "
  + "if import in is lambda nonlocal not or pass raise return try while with yield";
const BUILTINS = "abs all any bool dict display enumerate filter float getattr hasattr id int isinstance len list "
  + "map max min next object open pow print property range repr reversed round set setattr slice sorted "
  + "staticmethod str sum super tuple type vars zip";
const KINDS = new Map([
  ...KEYWORDS.split(" ").map((word) => [word, "k"]),
  ...["import", "from"].map((word) => [word, "kn"]),
  ...["and", "in", "is", "not", "or"].map((word) => [word, "ow"]),
  ...["True", "False", "None"].map((word) => [word, "kc"]),
  ...BUILTINS.split(" ").map((word) => [word, "nb"]),
  ["self", "bp"],
]);
const AFTER = { def: "nf", class: "nc", import: "nn", from: "nn" };
const TOKEN = new RegExp([
  /(?<c1>#.*)/,
  /(?<s2>[rbfRBF]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
  /(?<mi>\d(?:[\w.]|(?<=[eE])[+-])*|\.\d\w*)/,
  /(?<nd>(?<=^[ \t]*)@[\w.]+)/,
  /(?<name>[\p{L}_][\p{L}\p{N}_]*)/,
  /(?<o>[-+*\/%@&|^~<>=!]+)/,
  /(?<p>[()[\]{}:.,;])/,
].map(({ source }) => source).join("|"), "gmu");

/** Split code into lines, each a list of [class, text]; "" for what has no colour. */
export function splitTokens(code) {
  const lines = [[]];
  const add = (kind, text) => text.split("\n").forEach((part, i) => {
    if (i) lines.push([]);
    if (part) lines.at(-1).push([kind, part]);
  });
  let end = 0, last = "", isImport = false;
  for (const found of code.matchAll(TOKEN)) {
    add("", code.slice(end, found.index));
    if (code.slice(end, found.index).includes("\n")) isImport = false;
    end = found.index + found[0].length;
    const [kind] = Object.entries(found.groups).find(([, text]) => text !== undefined);
    add(kind === "name" ? findKind(found[0], last, isImport) : kind, found[0]);
    if (last !== "." && found[0] === "import") isImport = true;
    last = found[0];
  }
  add("", code.slice(end));
  return lines;
}

function findKind(word, last, isImport) {
  if (last === ".") return "n";
  if (isImport && KINDS.get(word) !== "k") return last === "import" ? "nn" : "n";
  return AFTER[last] ?? KINDS.get(word) ?? (/^[A-Z]\w*(Error|Exception)$/.test(word) ? "ne" : "n");
}
