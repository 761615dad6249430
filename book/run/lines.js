// What a line of Python takes, makes and changes, by its names alone; nothing is run.
//
// Rather one name too many: a method that may change its object changes it, and a call that may
// change what it is given changes all of that.

import { matchBrackets, OPENS } from "./statements.js";

const NAMELESS = new Set(["c1", "s2", "k", "kn", "ow", "kc", "nb", "mi", "o", "p", "si", "nd"]);
const CHANGING = new Set((
  "append extend insert add update setdefault pop remove clear sort reverse discard load_state_dict eval to half "
  + "apply next setattr save set_epoch register_forward_hook register_buffer"
).split(" "));
const LEARNING = new Set(["backward", "step", "zero_grad", "train"]); // they change gradients and parameters
const PARTS = new Set([...LEARNING, "grad", "parameters", "requires_grad_", "weight", "bias", "data", "children"]); // of what learns
const DRAWING = new Set((
  "rand randn randint randperm rand_like randn_like normal bernoulli multinomial random_split shuffle "
  + "Linear Conv2d BatchNorm1d BatchNorm2d Dropout Net normal_ uniform_"
).split(" "));
const LATE = new Set(["DataLoader", "RandomSampler", "Dropout"]); // what they make draws when it is used
const SHARING = new Set(( // what they give may share memory with what they were given, or hold it; so may a class
  "view view_as reshape flatten squeeze unsqueeze transpose permute expand detach diag unfold split chunk contiguous "
  + "parameters named_parameters children named_children modules state_dict items keys values list dict tuple set zip "
  + "enumerate iter next reversed sorted map filter getattr get to cpu grad range"
).split(" "));
const COPYING = new Set(["deepcopy", "item", "tolist", "len", "evaluate", "isinstance"]); // what they give holds nothing
const FILE = /^[rf]?["'](?:.*\/)?([\w-]+\.\w+)["']$/;
const WRITES = /\b(save|write|mkdir)\b|["'][wa]b?["']/;

/** List the names in a line that may stand for what learns: networks, parameters, losses, optimizers. */
export const listLearners = (words) => words.flatMap(([, text], i) =>
  words[i + 1]?.[1] === "(" || (words[i + 1]?.[1] === "." && PARTS.has(words[i + 2]?.[1])) ? [text] : []);

export const RANDOM = "torch's random numbers"; // as a name; a file's name is one, too

/**
 * Read a line.
 * @param {Map<string, {how}>} known the functions and methods of the code: how they alter what they are given,
 *   "changes", "learns" or null.
 * @returns sets of names. takes: what it reads; makes: what it binds; changes: what it may alter; learns: what
 *   changes if it learns; sets: whose attributes it sets; calls; params: a function's. isCopy: what it makes holds nothing of what it takes;
 *   isNew: nor shares its memory.
 */
export function readLine(words, known) {
  const first = words[0]?.[1];
  const found = { takes: new Set(), makes: new Set(), changes: new Set(), learns: new Set(), sets: new Set(), calls: new Set(), params: new Set() };
  if (first === "import" || first === "from") return readImport(words, found);
  const { partners, depths } = matchBrackets(words);
  const local = findLocal(words, partners, depths);
  const isName = (i) => {
    const [kind, text] = words[i];
    if (NAMELESS.has(kind) || !/^[\p{L}_]/u.test(text) || words[i - 1]?.[1] === ".") return false;
    if (depths[i] && words[i + 1]?.[1] === "=") return false; // an argument's name
    return !local.some(([start, end, name]) => name === text && start <= i && i <= end);
  };
  const listNames = (start, end) => words.slice(start, end).map(([, text], i) => isName(start + i) && text).filter(Boolean);
  const add = (kind, names) => names.forEach((name) => found[kind].add(name));

  function bind(start, end) { // targets: "a, b", "a[i]" or "a.b"
    for (let i = start; i < end; i++) {
      if (!isName(i)) continue;
      const [, text] = words[i], next = words[i + 1]?.[1];
      const isInside = words.slice(start, i).some(([, mark], j) => mark === "[" && j && partners[start + j] > i);
      if (isInside) add("takes", [text]);
      else if (next !== "." && next !== "[") add("makes", [text]);
      else for (const kind of ["takes", "changes", "sets"]) add(kind, [text]);
    }
  }

  let start = 0; // of what is not a target
  if (first === "def" || first === "class") {
    add("makes", [words[1][1]]);
    start = 2;
  } else if (first === "for") {
    start = words.findIndex(([, text], i) => text === "in" && !depths[i]);
    bind(1, start);
  } else words.forEach(([kind, text], i) => {
    if (depths[i]) return;
    if (words[i - 1]?.[1] === "as") add("makes", [text]);
    if (kind !== "o" || OPENS.test(first) || !/^[^=!<>]*=$|^(<<|>>)=$/.test(text)) return;
    if (text !== "=") for (const each of ["takes", "changes"]) add(each, listNames(start, i));
    bind(start, i);
    start = i + 1;
  });
  for (let i = start; i < words.length; i++) {
    const isParam = first === "def" && depths[i] === 1 && /^[(,*]+$/.test(words[i - 1][1]);
    if (isParam && /^[\p{L}_]/u.test(words[i][1])) add("params", [words[i][1]]);
    else if (isName(i)) add("takes", [words[i][1]]);
  }
  words.forEach(([kind, text], i) => {
    if (kind === "nd") add("takes", [text.slice(1).split(".")[0]]);
    if (words[i + 1]?.[1] !== "(" || kind === "k") return;
    const isMethod = words[i - 1]?.[1] === ".";
    if (!isMethod) add("calls", [text]);
    const isTorch = isMethod && words[i - 2][1] === "torch";
    if (isTorch && text.startsWith("set_")) for (const each of ["changes", "sets"]) add(each, ["torch"]);
    if (text === "grad" && words[i + 3]?.[1] === ",") add("changes", [words[i + 2][1]]); // its graph is freed
    const how = known.get(text)?.how ?? (LEARNING.has(text) ? "learns" : CHANGING.has(text) || /[a-z]_$/.test(text) ? "changes" : null);
    if (!how) return;
    if (isMethod) add(how, listNames(findStart(words, partners, i - 1), i));
    if (!isMethod || isTorch || /_$/.test(text)) add(how, listNames(i + 1, partners[i + 1]));
  });
  readRandom(words, found);
  readFiles(words, found);
  const has = (names) => words.some(([kind, text], i) => names.has(text) && words[i + 1]?.[1] === "(");
  const isNew = words.some(([kind, text], i) => (kind === "o" && !depths[i] && /^(\*\*|[-+*/@%&|^<>]|[=!<>]=)$/.test(text))
    || (words[i + 1]?.[1] === "(" && /^[a-z_]/.test(text) && kind !== "k" && !SHARING.has(text) && !known.has(text)));
  return Object.assign(found, { isCopy: has(COPYING), isNew, isLate: has(LATE) });
}

function readImport(words, found) {
  const texts = words.map(([, text]) => text);
  const isFrom = texts[0] === "from";
  for (const [kind, text] of words) if (kind === "nn") found.takes.add(`${text.split(".")[0]}.py`);
  const rest = texts.slice(isFrom ? texts.indexOf("import") + 1 : 1).filter((text) => !"()".includes(text));
  for (const part of rest.join(" ").split(",")) {
    const names = part.trim().split(" ");
    if (names[0]) found.makes.add(isFrom || names.length > 1 ? names.at(-1) : names[0].split(".")[0]);
  }
  return Object.assign(found, { isImport: true });
}

// The names of comprehensions and lambdas, with the span in which they hold.
function findLocal(words, partners, depths) {
  const local = [];
  words.forEach(([, text], i) => {
    const end = text === "lambda" ? ":" : text === "for" && depths[i] ? "in" : null;
    if (!end) return;
    let start = i;
    while (start >= 0 && !(partners[start] > i)) start -= 1;
    const last = start < 0 ? words.length : partners[start];
    for (let j = i + 1; j < last && !(words[j][1] === end && depths[j] === depths[i]); j++) {
      if (/^[\p{L}_]/u.test(words[j][1])) local.push([end === ":" ? i : start, last, words[j][1]]);
    }
  });
  return local;
}

// Where the expression begins whose attribute's dot stands at a place.
function findStart(words, partners, dot) {
  let i = dot - 1;
  for (;;) {
    const isClosed = /^[)\]}]$/.test(words[i]?.[1]);
    if (isClosed) i = partners[i];
    const before = words[i - 1];
    if (isClosed && before && (before[1] === ")" || before[1] === "]" || /^[\p{L}_]/u.test(before[1]) && !/^(k|ow)$/.test(before[0]))) i -= 1;
    else if (!isClosed && before?.[1] === ".") i -= 2;
    else return Math.max(i, 0);
  }
}

function readRandom(words, { takes, makes, changes }) {
  const texts = words.map(([, text]) => text);
  if (texts.some((text, i) => text === "manual_seed" && texts[i - 2] === "torch")) makes.add(RANDOM);
  else if (!texts.includes("generator") && words.some(([kind, text]) => kind !== "s2" && DRAWING.has(text))) {
    takes.add(RANDOM);
    changes.add(RANDOM);
  }
}

function readFiles(words, { takes, changes }) {
  const isWritten = WRITES.test(words.map(([, text]) => text).join(" "));
  for (const [kind, text] of words) {
    const file = kind === "s2" && text.match(FILE)?.[1];
    if (!file) continue;
    takes.add(file);
    if (isWritten) changes.add(file);
  }
}
