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

// What readers call so, if the book has another word for it.
function listAliases(words) {
  const alias = words.length === 1 && Object.hasOwn(ALIASES, words[0]) ? ALIASES[words[0]] : null;
  return alias ? [splitQuery(alias)] : [];
}

// A query's words in parts: those that are a name together, and each other word.
function groupWords(words) {
  const parts = [];
  for (let start = 0, end; start < words.length; start = end) {
    end = words.length;
    while (end > start + 1 && !findEntries(words.slice(start, end)).length) end--;
    const part = words.slice(start, end);
    const [synonyms, translations, aliases] = [listSynonyms, listTranslations, listAliases].map((list) => list(part));
    (isSaid(findSections(part[0])) ? translations : synonyms).push(...aliases);
    parts.push({ words: part, synonyms, translations, entries: findEntries(part) });
  }
  return parts;
}
