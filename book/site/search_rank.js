// Which pages and sections speak most of the words: those that have them in a heading, often, or early.

const HEADING = 10; // a word in a heading counts as much as so many in the text,
const EARLY = 5; // and the first one, if it opens the page, as so many more
const TAUGHT = 3; // of a section that the glossary leads to
const RECAP = /^(?:|what-you-did|.*-task(?:-\d+)?)$/; // says again what another section explains
const sum = (...scores) => scores.reduce((total, score) => total + score, 0);
const isGlossary = (page) => Search._index.docnames[page].endsWith("/glossary");
const add = (weights, key, more) => weights.set(key, (weights.get(key) ?? 0) + more);

// ---- Pages

// Page → score: of each language's pages, the first has 15, the second half of it, …
function rankPages(sections, words) {
  const weights = new Map();
  for (const [number, often] of [...sections].sort(([one], [other]) => one - other)) {
    const { page, place, of } = Search._index.sections[number];
    const first = weights.has(page) ? 0 : EARLY * (1 - place / of);
    const heading = words.every((word) => isInTitle(number, word)) ? HEADING : 0;
    add(weights, page, often + heading + first);
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
  return [word, word.split(".").pop()].map(spell).some((key) => section.keys.has(key)); // torch.no_grad
}

// The pages that have all words; those that have them in one section come first.
function findPages(words) {
  const pages = intersect(words.map((word) => rankPages(findSections(word), [word])), sum);
  if (words.length < 2) return pages;
  const together = rankPages(intersect(words.map(findSections), Math.min), words);
  return new Map([...pages].map(([page, score]) => [page, score + (together.get(page) ?? 0)]));
}

// The pages that have what was asked and, half as good, those that have the book's words for it.
function findPart({ words, synonyms, translations }) {
  const found = findPages(words);
  for (const [page, score] of translations.flatMap((own) => [...findPages(own)])) {
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
  for (const { words, synonyms, translations, entries } of parts) {
    for (const word of new Set([words, ...synonyms, ...translations].flat())) {
      const found = findSections(word);
      const rare = weighRarity(found);
      for (const [number, often] of found) {
        const weight = often / (often + 2) + (isInTitle(number, word) ? 2 : 0);
        const taught = RECAP.test(sections[number].anchor) ? 0.5 : 1;
        add(weights, number, rare * taught * weight);
      }
    }
    for (const number of entries.flatMap(({ taughtIn }) => taughtIn)) {
      add(weights, number, TAUGHT / parts.length);
    }
  }
  return weights;
}

const weighRarity = ({ size }) => Math.log(Search._index.sections.length / (1 + size));

// Of each page, the section that weighs most: page → [number, weight].
function chooseSections(weights) {
  const best = new Map();
  for (const [number, weight] of weights) {
    const { page } = Search._index.sections[number];
    if (weight > (best.get(page)?.[1] ?? 0)) best.set(page, [number, weight]);
  }
  return best;
}
