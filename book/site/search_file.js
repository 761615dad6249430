// The index as Sphinx has it, from what search_file.py wrote: terms by their ends, each with a sign for
// every page and one for the section there; titles by page, its own first; an entry's place, the
// pages that teach it, and its names, the book's own first.

function spreadIndex(index) {
  const [names, places] = index.terms.map((column, n) => (n ? column.split("\n") : column));
  const terms = {};
  let term = "";
  let line = 0;
  for (const [, shared, rest] of names.matchAll(/([A-Z])([^A-Z]*)/g)) {
    term = term.slice(0, shared.charCodeAt() - "A".charCodeAt()) + rest;
    terms[term] = places[line++];
  }
  const sections = index.alltitles;
  const alltitles = {};
  sections.forEach((all, page) => {
    for (const [id, title] of all) (alltitles[title] ??= []).push([page, id === all[0][0] ? null : id]);
  });
  const indexentries = {};
  for (const [page, id, , ...names] of index.indexentries) {
    for (const name of names) (indexentries[name] ??= []).push([page, id, true]);
  }
  const { docnames, indexentries: entries } = index;
  const titles = sections.map(([[, title]]) => title);
  const empty = { objects: {}, objnames: {}, titleterms: {} };
  return { ...empty, docnames, filenames: docnames, titles, terms, sections, alltitles, indexentries, entries };
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
