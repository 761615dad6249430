// Where a word of a query stands: section → how often. Found are Korean words that have it in them,
// compounds by their parts, names whole and in part, or by how they begin.

const ONE_SYLLABLE = new RegExp(`^(?:|${PARTICLE}|[이입].+)$`);

const isKnown = (word) => listNames(word).size > 0;
const looked = new Map(); // what was looked up already
const placed = new Map();

// The book's words that a word stands for, each with the part of it that is meant.
function listNames(word) {
  const { hangul, keys, sorted } = Search._index;
  if (looked.has(word)) return looked.get(word);
  let names = new Map();
  if (HANGUL.test(word)) {
    const isMeant =
      word.length > 1
        ? (other) => other.includes(word)
        : (other) => other[0] === word && ONE_SYLLABLE.test(other.slice(1));
    names = new Map(hangul.filter(isMeant).map((other) => [other, word]));
  } else {
    const key = spell(word);
    const plain = word.toLowerCase();
    if (keys.has(key)) names = keys.get(key);
    else if (word.length > 2 && !SIZE.test(word)) {
      const begun = sorted.filter((other) => other.startsWith(plain));
      names = new Map(begun.flatMap((other) => [...keys.get(other).keys()]).map((name) => [name, plain]));
    }
  }
  looked.set(word, names);
  return names;
}

function findSections(word) {
  if (!placed.has(word)) placed.set(word, HANGUL.test(word) ? findHangul(word) : findNames(word));
  return placed.get(word);
}

function findNames(word) {
  const sections = new Map();
  for (const name of listNames(word).keys()) {
    for (const [section, often] of readPlaces(name)) {
      sections.set(section, (sections.get(section) ?? 0) + often);
    }
  }
  return sections;
}

// 완전연결 is found where 완전 연결 stands, unless the book writes it as one word.
function findHangul(word) {
  const sections = findNames(word);
  if (isSaid(sections)) return sections;
  for (let length = 2; length < word.length; length++) {
    const [first, rest] = [word.slice(0, length), word.slice(length)];
    if (!isWord(first) || !(rest.length > 1 || isSyllable(rest))) continue;
    for (const [section, often] of intersect([findNames(first), findSections(rest)], Math.min)) {
      sections.set(section, Math.max(sections.get(section) ?? 0, often));
    }
  }
  return sections;
}

// Whether more than the glossary has it, which also tells what others say.
function isSaid(sections) {
  return [...sections.keys()].some((number) => !isGlossary(Search._index.sections[number].page));
}

// Whether the book has it as a word, with or without an ending.
function isWord(text) {
  const isOwn = (word) => word === text || (word.startsWith(text) && ENDS.test(word.slice(text.length)));
  return Search._index.hangul.some(isOwn);
}

function intersect([first, ...others], combine) {
  const shared = [...first.keys()].filter((key) => others.every((other) => other.has(key)));
  const read = (key) => [first, ...others].map((one) => one.get(key));
  return new Map(shared.map((key) => [key, combine(...read(key))]));
}

// What is marked on the page for a word: the book's forms of it.
function listMarks(word) {
  const own = [...new Set(listNames(word).values())].map((part) => part.toLowerCase());
  return own.length ? own.filter((part) => !part.includes(" ")) : [word];
}
