// What other books call it: the glossary's entries by their names, and by the names they have elsewhere.

// The glossary's entries that have these stems for a name, whatever their spaces and endings.
function findEntries(words) {
  return (Search._index.names ??= readNames()).get(words.join("")) ?? [];
}

function readNames() {
  const found = new Map();
  for (const [page, id, signs, ...names] of Search._index.entries) {
    for (const name of names) {
      const key = stem(splitName(name)).join("");
      const entry = { page, id, name, own: names[0], taughtOn: readSigns(signs).map(([taught]) => taught) };
      found.set(key, [...(found.get(key) ?? []), entry]);
    }
  }
  return found;
}

// The book's names, in words, for what others call so.
function listSynonyms(words) {
  const others = findEntries(words).filter(({ name, own }) => name !== own);
  return others.map(({ own }) => splitName(own));
}

// A query's words in parts: those that are a name together, and each other word.
function listParts(words) {
  const parts = [];
  for (let start = 0, end; start < words.length; start = end) {
    end = words.length;
    while (end > start + 1 && !findEntries(words.slice(start, end)).length) end--;
    const part = words.slice(start, end);
    parts.push({ words: part, synonyms: listSynonyms(part) });
  }
  return parts;
}

function splitName(name) {
  return splitQuery(name.toLowerCase()).filter((word) => !stopwords.includes(word));
}

function stem(words) {
  const stemmer = new Stemmer();
  return words.map((word) => stemmer.stemWord(word));
}
