// Where a word of a query stands: section → how often. Found are Korean words that have it in them,
// compounds by their parts, names whole and in part, or by how they begin.

const ONE_SYLLABLE = new RegExp(`^(?:|${PARTICLE}|[이입].+)$`);

function isKnown(word) {
  return listNames(word).size > 0;
}

// The book's words that a word stands for, each with the part of it that is meant.
function listNames(word) {
  const { hangul, keys, sorted } = Search._index;
  const found = (Search._index.asked ??= new Map()); // looked up already
  if (found.has(word)) return found.get(word);
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
    else if (word.length > 2 && !SIZE.test(word))
      for (const other of sorted) if (other.startsWith(plain)) for (const [name] of keys.get(other)) names.set(name, plain);
  }
  found.set(word, names);
  return names;
}

const found = new Map();

function findSections(word) {
  if (!found.has(word)) found.set(word, HANGUL.test(word) ? findHangul(word) : findNames(word));
  return found.get(word);
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
  const { sections: all } = Search._index;
  if ([...sections.keys()].some((number) => !isGlossary(all[number].page))) return sections;
  for (let length = 2; length < word.length; length++) {
    const [first, rest] = [word.slice(0, length), word.slice(length)];
    if (!isWord(first) || !(rest.length > 1 || isSyllable(rest))) continue;
    for (const [section, often] of intersect([findNames(first), findSections(rest)], Math.min)) {
      sections.set(section, Math.max(sections.get(section) ?? 0, often));
    }
  }
  return sections;
}

// Whether the book has it as a word, with or without an ending.
function isWord(text) {
  return Search._index.hangul.some((word) => word.startsWith(text) && /^$/.test(word.slice(text.length).replace(ENDS, "")));
}

function intersect([first, ...others], combine) {
  const shared = [...first.keys()].filter((key) => others.every((other) => other.has(key)));
  return new Map(shared.map((key) => [key, combine(first.get(key), ...others.map((other) => other.get(key)))]));
}

// What is marked on the page for a word: the book's forms of it.
function listMarks(word) {
  const own = [...new Set(listNames(word).values())].map((part) => part.toLowerCase());
  return own.length ? own.filter((part) => !part.includes(" ")) : [word];
}
