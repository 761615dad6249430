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
function findPart({ words, synonyms, own }) {
  const found = findPages(words);
  for (const [page, score] of own.flatMap((own) => [...findPages(own)])) {
    if (found.has(page)) found.set(page, Math.max(found.get(page), score));
  }
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
  for (const { words, synonyms, own, entries } of parts) {
    for (const word of new Set([words, ...synonyms, ...own].flat())) {
      const found = findSections(word);
      const rare = Math.log(sections.length / (1 + found.size));
      for (const [number, often] of found) {
        const weight = often / (often + 2) + (isInTitle(number, word) ? 2 : 0);
        const taught = RECAP.test(sections[number].anchor) ? 0.5 : 1;
        weights.set(number, (weights.get(number) ?? 0) + rare * taught * weight);
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

const listTaught = (entries) =>
  new Set(entries.flatMap(({ taughtIn }) => taughtIn).map((number) => Search._index.sections[number].page));

Search._performSearch = (query, terms) => {
  if (!terms.size) return [];
  const words = [...terms];
  const parts = groupWords(words);
  const scores = intersect(parts.map(findPart), sum);
  const entries = findEntries(words);
  const most = Math.max(1, ...scores.values());
  // one page at most comes before these
  for (const page of listTaught(entries)) scores.set(page, (scores.get(page) ?? 0) + (2 / 3) * most);
  for (const page of listTaught(entries.length ? [] : parts.flatMap((part) => part.entries))) {
    if (scores.has(page)) scores.set(page, scores.get(page) + most / 3);
  }
  return listResults(scores, chooseSections(weighSections(parts)), entries);
};

// The pages of the sections that have most of the words.
Search._performNearest = (words, hints) => {
  const parts = groupWords(words.map(shorten).filter(Boolean));
  const weights = weighSections(parts);
  for (const hint of hints) addHint(weights, hint);
  // a section that has all words
  for (const [number] of intersect(words.map(findSections), Math.min)) {
    weights.set(number, 1.5 * weights.get(number));
  }
  const best = chooseSections(weights);
  const most = Math.max(0, ...[...best.values()].map(([, weight]) => weight));
  const scores = [...best].map(([page, [, weight]]) => [page, isGlossary(page) ? 0 : weight]);
  return listResults(new Map(scores.filter(([, weight]) => weight > most / 2)), best, []);
};

// Sections that speak of the words weigh more if a verb is there, too, in whatever form.
function addHint(weights, verb) {
  const forms = Search._index.hangul.filter((word) => word.startsWith(verb));
  const found = new Set(forms.flatMap(readPlaces).map(([number]) => number));
  const rare = Math.log(Search._index.sections.length / (1 + found.size));
  for (const number of found) {
    if (weights.has(number)) weights.set(number, weights.get(number) + rare * (isInTitle(number, verb) ? 2 : 0.5));
  }
}

// A word as it is or, of a verb that the book has in another form, how it begins; null for others.
function shorten(word) {
  if (findSections(word).size) return word;
  for (let length = word.length - 1; length > 1 && HANGUL.test(word); length--) {
    if (isKnown(word.slice(0, length))) return word.slice(0, length);
  }
  return null;
}

// Whether one section of a page in the reader's language has all words.
function areTogether(words) {
  const { docnames, sections } = Search._index;
  const together = intersect(words.map(findSections), Math.min);
  return [...together.keys()].some((number) => isOwn(docnames[sections[number].page]));
}

// The reader's language first: the search page's or, on the one for both, the one last read.
const OWN = 1000;
Scorer.score = ([page, , , , score]) => (isOwn(page) ? score + OWN : score);

const isOwn = (page) => page.startsWith(`chapters/${findLanguage()}/`);

function findLanguage() {
  const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname);
  const { read } = document.documentElement.dataset; // the landing page shows one language
  return own?.[1] ?? read ?? localStorage.getItem("lenet-language");
}
