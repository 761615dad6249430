// The index as Sphinx has it, from what search_file.py wrote: terms by their ends, each with a sign for
// every page and one for the section there; titles by page, its own first; an entry's place, the
// pages that teach it, and its names, the book's own first.

function spreadIndex(index) {
  const [ends, places] = index.terms;
  let term = "";
  const sorted = Array.from(ends.matchAll(/([A-Z])([^A-Z]*)/g), ([, shared, rest]) => {
    term = term.slice(0, shared.charCodeAt() - "A".charCodeAt()) + rest;
    return term;
  });
  const found = places.split("\n");
  const terms = Object.fromEntries(sorted.map((name, line) => [name, found[line]]));
  const sections = index.alltitles;
  const alltitles = {};
  sections.forEach((all, page) => {
    for (const [id, title] of all) (alltitles[title] ??= []).push([page, id === all[0][0] ? null : id]);
  });
  const indexentries = {};
  for (const [page, id, , ...names] of index.indexentries) {
    for (const name of names) (indexentries[name.toLowerCase()] ??= []).push([page, id, true]);
  }
  const { docnames, indexentries: entries } = index;
  const titles = sections.map(([[, title]]) => title);
  const empty = { objects: {}, objnames: {}, titleterms: {} };
  const named = { titles, sections, alltitles, indexentries, entries };
  return { ...empty, docnames, filenames: docnames, terms, sorted, ...named };
}

// A term's pages, each with the number of the section that speaks of it most.
function readPlaces(term) {
  return new Map(readSigns(Search._index.terms[term]));
}

function readSigns(signs) {
  return Array.from(signs.matchAll(/([0-`])([a-z])?/g), ([, page, section = "a"]) => {
    return [page.charCodeAt() - "0".charCodeAt(), section.charCodeAt() - "a".charCodeAt()];
  });
}
