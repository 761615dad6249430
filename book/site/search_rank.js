// Which pages a query finds, in what order, and which section of each: where a word is in a heading, or is
// often, or early. Found is every page that has all words; what the glossary names, also where it is taught.

const HEADING = 10; // a word in a heading counts as much as so many in the text,
const EARLY = 5; // and the first one, if it opens the page, as so many more
const RECAP = /^(?:|what-you-did|.*-task(?:-\d+)?)$/; // says again what another section explains
const sum = (...scores) => scores.reduce((total, score) => total + score, 0);
const isGlossary = (page) => Search._index.docnames[page].endsWith("/glossary");

// ---- Pages

// Page → score: of each language's pages, the first has 15, the second half of it, …
function rankPages(sections, words) {
  const weights = new Map();
  for (const [number, often] of [...sections].sort(([one], [other]) => one - other)) {
    const { page, place, of } = Search._index.sections[number];
    const first = weights.has(page) ? 0 : EARLY * (1 - place / of);
    const heading = words.every((word) => isInTitle(number, word)) ? HEADING : 0;
    weights.set(page, (weights.get(page) ?? 0) + often + heading + first);
  }
  // the glossary comes last: it has a little of everything
  for (const page of weights.keys()) if (isGlossary(page)) weights.set(page, 0);
  const scores = new Map();
  const places = {};
  for (const [page] of [...weights].sort(([, one], [, other]) => other - one)) {
    const own = Search._index.docnames[page].slice(0, 11); // chapters/ko
    places[own] = (places[own] ?? 0) + 1;
    scores.set(page, 15 / places[own]);
  }
  return scores;
}

function isInTitle(number, word) {
  const section = Search._index.sections[number];
  section.words ??= [...tidy(section.title).matchAll(WORD)].map(([found]) => found);
  if (HANGUL.test(word)) return section.words.join("").includes(word);
  section.keys ??= new Set(section.words.flatMap(listParts).map(spell));
  return section.keys.has(spell(word));
}

// The pages that have all words; those that have them in one section come first.
function findPages(words) {
  const pages = intersect(words.map((word) => rankPages(findSections(word), [word])), sum);
  if (words.length < 2) return pages;
  const together = rankPages(intersect(words.map(findSections), Math.min), words);
  return new Map([...pages].map(([page, score]) => [page, score + (together.get(page) ?? 0)]));
}

// The pages that have what was asked and, half as good, those that have the book's words for it.
function findPart({ words, synonyms }) {
  const found = findPages(words);
  for (const [page, score] of synonyms.flatMap((own) => [...findPages(own)])) {
    found.set(page, Math.max(found.get(page) ?? 0, score / 2));
  }
  return found;
}

// ---- Sections

// The sections that speak of the words, and of the book's words for them; the rare ones more.
function weighSections(parts) {
  const { sections } = Search._index;
  const weights = new Map();
  for (const { words, synonyms, entries } of parts) {
    for (const word of new Set([words, ...synonyms].flat())) {
      const found = findSections(word);
      const rare = Math.log(sections.length / (1 + found.size));
      for (const [number, often] of found) {
        const heading = isInTitle(number, word) ? 1 : 0;
        const weight = rare * (often / (often + 2) + heading);
        weights.set(number, (weights.get(number) ?? 0) + weight * (RECAP.test(sections[number].anchor) ? 0.6 : 1));
      }
    }
    for (const number of entries.flatMap(({ taughtIn }) => taughtIn)) {
      weights.set(number, (weights.get(number) ?? 0) + 3);
    }
  }
  return weights;
}

// Of each page, the section that weighs most: page → [number, weight].
function chooseSections(weights) {
  const best = new Map();
  for (const [number, weight] of weights) {
    const { page } = Search._index.sections[number];
    if (weight > (best.get(page)?.[1] ?? 0)) best.set(page, [number, weight]);
  }
  return best;
}

// ---- Results

// As Sphinx's: page, title, anchor, description, score, file. A page stands once, the best last.
function listResults(scores, best, entries) {
  const { docnames, sections, titles } = Search._index;
  const named = new Map();
  for (const { page, id, own } of entries) if (!named.has(page)) named.set(page, [id, own]);
  const pages = [...scores].filter(([page]) => !named.has(page)).map(([page, score]) => {
    const { anchor = "", title } = sections[best.get(page)?.[0]] ?? {};
    return [page, anchor ? `${titles[page]} > ${title}` : titles[page], anchor, score];
  });
  const first = [...named].map(([page, [id, own]]) => [page, `${titles[page]} > ${own}`, id, 100]);
  const results = [...first, ...pages].map(([page, title, anchor, score]) => {
    const found = [docnames[page], title, anchor && `#${anchor}`, null, score, docnames[page]];
    found[4] = Scorer.score(found);
    return found;
  });
  return results.reverse().sort(([, , , , one], [, , , , other]) => one - other);
}

Search._performSearch = (query, terms) => {
  if (!terms.size) return [];
  const words = [...terms];
  const parts = groupWords(words);
  const scores = intersect(parts.map(findPart), sum);
  const entries = findEntries(words);
  const most = Math.max(1, ...scores.values());
  const taught = entries.flatMap(({ taughtIn }) => taughtIn);
  // one page at most comes before these
  for (const page of new Set(taught.map((number) => Search._index.sections[number].page))) {
    scores.set(page, (scores.get(page) ?? 0) + (2 / 3) * most);
  }
  return listResults(scores, chooseSections(weighSections(parts)), entries);
};

// The pages of the sections that have most of the words, if no page has all.
Search._performNearest = (words) => {
  const parts = groupWords(words.filter((word) => findSections(word).size));
  const best = chooseSections(weighSections(parts));
  const most = Math.max(0, ...[...best.values()].map(([, weight]) => weight));
  const scores = [...best].filter(([, [, weight]]) => weight > most / 2).map(([page, [, weight]]) => [page, weight]);
  return listResults(new Map(scores), best, []);
};

// The reader's language first: the search page's or, on the one for both, the one last read.
Scorer.score = ([page, , , , score]) =>
  page.startsWith(`chapters/${findLanguage()}/`) ? score + 1000 : score;

function findLanguage() {
  const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname);
  const { read } = document.documentElement.dataset; // the landing page shows one language
  return own?.[1] ?? read ?? localStorage.getItem("lenet-language");
}
