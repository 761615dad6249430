// What other books call it: the glossary's entries by their names, and by the names they have elsewhere.

// The glossary's entries that have these words for a name, whatever their spaces and endings.
function findEntries(words) {
  return (Search._index.names ??= readNames()).get(joinName(words)) ?? [];
}

const joinName = (words) => words.map(spell).join("");

function readNames() {
  const found = new Map();
  for (const [page, id, taughtIn, english, ...names] of Search._index.entries) {
    for (const name of new Set([...names, english])) {
      const key = joinName(splitQuestion(name));
      const entry = { page, id, name, english, own: names[0], taughtIn };
      found.set(key, [...(found.get(key) ?? []), entry]);
    }
  }
  return found;
}

// The book's names, in words, for what others call so.
function listSynonyms(words) {
  const others = findEntries(words).filter(({ name, own, english }) => ![own, english].includes(name));
  return others.map(({ own }) => splitQuestion(own));
}

// The page's own words for what is asked by its English name, which it has in brackets.
function listTranslations(words) {
  const others = findEntries(words).filter(({ name, own, english }) => name === english && own !== english);
  return others.map(({ own }) => splitQuestion(own));
}

// A query's words in parts: those that are a name together, and each other word.
function groupWords(words) {
  const parts = [];
  for (let start = 0, end; start < words.length; start = end) {
    end = words.length;
    while (end > start + 1 && !findEntries(words.slice(start, end)).length) end--;
    const part = words.slice(start, end);
    const names = { synonyms: listSynonyms(part), translations: listTranslations(part) };
    parts.push({ words: part, ...names, entries: findEntries(part) });
  }
  return parts;
}
