// The index, from what search_file.py wrote: words by their ends, each with a sign for every section
// that has it; sections by page, its own first; the glossary's entries.

const OFTEN = { "!": 2, "#": 4, $: 8 };

function spreadIndex({ docnames, terms: [ends, places], alltitles, indexentries: entries }) {
  const sections = alltitles.flatMap((all, page) =>
    all.map(([id, title], place) => ({ page, place, of: all.length, title, anchor: place ? id : "" })),
  );
  let term = "";
  const lines = places.split("\n");
  const terms = new Map(); // word → section → how often
  Array.from(ends.matchAll(/([A-Z])([^A-Z]*)/g), ([, shared, rest], line) => {
    term = term.slice(0, shared.charCodeAt() - "A".charCodeAt()) + rest;
    terms.set(term.replace(/\^(.)/g, (_, letter) => letter.toUpperCase()), lines[line]);
  });
  const titles = alltitles.map(([[, title]]) => title);
  const hangul = [...terms.keys()].filter((word) => HANGUL.test(word));
  const keys = new Map(); // of the others
  for (const word of terms.keys()) if (!HANGUL.test(word)) addKeys(keys, word);
  return { docnames, titles, sections, entries, terms, hangul, keys, sorted: [...keys.keys()].sort() };
}

// Each part of a name, in its one spelling, leads to the names that have it.
function addKeys(keys, word) {
  for (const part of listParts(word)) {
    const key = spell(part);
    if (!keys.has(key)) keys.set(key, new Map());
    keys.get(key).set(word, part);
  }
}

// A word's sections, by number, each with how often it stands there.
function readPlaces(word) {
  let number = 0;
  return Array.from(Search._index.terms.get(word).matchAll(/([!#$])?([^!#$])/gu), ([, often, sign]) => {
    number += sign.codePointAt() - "0".charCodeAt();
    return [number, OFTEN[often] ?? 1];
  });
}
