// What a word is, and its one spelling: the same for what is asked and for what the index has.
// search.py puts this and the other search_*.js, in its order, into language_data.js, behind the
// stemmer, below what they take from Python: ENDING, PARTICLE, PATTERN, SPELLINGS, ASKING.

const WORD = new RegExp(PATTERN.replaceAll("\\w", String.raw`[\p{L}\p{N}_]`), "gu");
const HANGUL = /^[가-힣]+$/;
const SIZE = /^\d+(\s*[×✕x*]\s*\d+)+$/i;
const NUMBER = /^\d[\d.,_]*(e[+-]?\d+)?$/i;
const PIECE = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]?/g; // max, Pool, 2d

// Full width, decomposed jamo, soft hyphens; what's is what.
function tidy(text) {
  const plain = text.normalize("NFKC").replace(/\p{Cf}/gu, "");
  return plain.replace(/([a-z])['’](?:s|t|re|ll|ve|d|m)\b/gi, "$1");
}

const porter = new Stemmer();
const stems = new Map();

function spell(word) {
  const plain = word.toLowerCase();
  if (SIZE.test(plain)) return plain.match(/\d+/g).join("x");
  if (NUMBER.test(plain)) return spellNumber(plain.replace(/[,_]/g, ""));
  if (!stems.has(plain)) stems.set(plain, /^[a-z]+$/.test(plain) ? stem(plain) : plain);
  return stems.get(plain);
}

function spellNumber(digits) {
  const number = Number(digits); // 1e-3 is 0.001
  return Number.isNaN(number) ? digits : String(number);
}

function stem(word) {
  const own = SPELLINGS.reduce((text, [old, now]) => text.replace(new RegExp(old, "g"), now), word);
  const stem = porter.stemWord(own);
  return stopwords.includes(stem) ? word : stem; // "ones" is not "on"
}

// A name and its parts: nn.MaxPool2d → also nn, MaxPool2d, MaxPool, Pool2d, Pool, …
function listParts(name) {
  if (/^[a-z]+$/.test(name) || NUMBER.test(name) || HANGUL.test(name)) return [name];
  if (SIZE.test(name)) return joinNeighbours(name.match(/\d+/g), "x");
  const parts = [name, ...joinNeighbours(name.split("."), ".")];
  for (const word of name.split(/[._]+/)) {
    const pieces = joinNeighbours(word.match(PIECE) ?? [], "");
    parts.push(...pieces.filter((piece) => piece.length > 2 || /^\d/.test(piece)));
  }
  for (const word of name.split(".")) parts.push(...joinNeighbours(word.split("_").filter(Boolean), "_"));
  return parts;
}

// a, b, c → a, ab, abc, b, bc, c
function joinNeighbours(parts, sign) {
  return parts.flatMap((_, start) =>
    parts.slice(start).map((_, more) => parts.slice(start, start + more + 1).join(sign)),
  );
}
