// What a query finds: every page that has all words, and what the glossary names also where it is taught;
// of several words, first the pages with a section that has most of them.

const FEW = 4;
const ALL_WORDS = 0.6; // what a place among the pages with all words weighs; one among the nearest weighs 1
const OWN = 1000; // the reader's language comes first

// The results for a query; if there are none, for what it says `instead`, or for most of its words.
Search.find = (query) => {
  const look = (words) => {
    const parsed = Search._parseQuery(words);
    return { parsed, results: Search._performSearch(...parsed) };
  };
  let found = look(query.replace(/([가-힣])[ㄱ-ㅎㅏ-ㅣ]+$/, "$1")); // a syllable half typed
  const instead = found.results.length ? null : correct(query);
  if (instead) found = { ...look(instead), instead };
  const words = [...found.parsed[1]];
  const hints = listHints(query);
  if (words.length + hints.length < 2) return found;
  const named = new Set(findEntries(words).map(({ page }) => Search._index.docnames[page]));
  const entries = found.results.filter(([page]) => named.has(page));
  const nearest = findNearestPages(words, hints, !found.results.length);
  if (hints.length || !named.size) found.results = merge(entries, nearest, found.results);
  else if (found.results.length < FEW) found.results = merge(found.results, nearest, []);
  return found;
};

// The entries, then each other page once, by its places in both lists; the reader's language first.
// As everywhere, the best come last.
function merge(entries, nearest, found) {
  const results = new Map([...found, ...nearest].map((result) => [result[0], result]));
  const places = new Map();
  nearest.forEach(([page], place) => add(places, page, 1 / (nearest.length - place)));
  found.forEach(([page], place) => add(places, page, ALL_WORDS / (found.length - place)));
  for (const [page] of entries) results.delete(page);
  const others = [...results.values()].sort(([one], [other]) => places.get(one) - places.get(other));
  const all = [...others, ...entries];
  return [...all.filter(([page]) => !isOwn(page)), ...all.filter(([page]) => isOwn(page))];
}

Search._performSearch = (query, terms) => {
  if (!terms.size) return [];
  const words = [...terms];
  const parts = groupWords(words);
  const scores = intersect(parts.map(findPart), sum);
  const entries = findEntries(words);
  const most = Math.max(1, ...scores.values());
  // one page at most comes before these
  for (const page of listTaught(entries)) add(scores, page, (2 / 3) * most);
  if (!entries.length) {
    for (const page of listTaught(parts.flatMap((part) => part.entries))) {
      if (scores.has(page)) add(scores, page, most / 3);
    }
  }
  return listResults(scores, chooseSections(weighSections(parts)), entries);
};

const listTaught = (entries) =>
  new Set(entries.flatMap(({ taughtIn }) => taughtIn).map((number) => Search._index.sections[number].page));

// The pages of the sections that have most of the words; the glossary's entries for some, if asked for.
function findNearestPages(words, hints, withEntries) {
  const parts = groupWords(words.map(shorten).filter(Boolean));
  const weights = weighSections(parts);
  for (const hint of hints) addHint(weights, hint);
  for (const [number] of intersect(words.map(findSections), Math.min)) {
    add(weights, number, weights.get(number) / 2); // it has all words
  }
  const best = chooseSections(weights);
  const scores = [...best].map(([page, [, weight]]) => [page, weight]).filter(([page]) => !isGlossary(page));
  const most = Math.max(0, ...scores.map(([, weight]) => weight));
  const entries = withEntries && parts.length < 3 ? parts.flatMap(({ entries }) => entries) : [];
  return listResults(new Map(scores.filter(([, weight]) => weight > most / 2)), best, entries);
}

// A word as it is or, of a verb that the book has in another form, how it begins; null for others.
function shorten(word) {
  if (findSections(word).size || Object.hasOwn(ALIASES, word)) return word;
  for (let length = word.length - 1; length > 1 && HANGUL.test(word); length--) {
    if (isKnown(word.slice(0, length))) return word.slice(0, length);
  }
  return null;
}

// Sections that speak of the words weigh more if a verb is there, too, in whatever form.
function addHint(weights, verb) {
  const forms = Search._index.hangul.filter((word) => word.startsWith(verb));
  const found = new Set(forms.flatMap(readPlaces).map(([number]) => number));
  for (const number of found) {
    const weight = isInTitle(number, verb) ? 2 : 0.5;
    if (weights.has(number)) add(weights, number, weighRarity(found) * weight);
  }
}

// As Sphinx's: page, title, anchor, description, score, file. A page stands once, the best last.
function listResults(scores, best, entries) {
  const { docnames, sections, titles } = Search._index;
  const named = new Map([...entries].reverse().map(({ page, id, own }) => [page, [id, own, 100]]));
  const chosen = [...scores].filter(([page]) => !named.has(page)).map(([page, score]) => {
    const { anchor = "", title } = sections[best.get(page)?.[0]] ?? {};
    return [page, [anchor, anchor && title, score]];
  });
  const results = [...named, ...chosen].map(([page, [anchor, title, score]]) => {
    const name = title ? `${titles[page]} > ${title}` : titles[page]; // as Sphinx writes it, too
    const result = [docnames[page], name, anchor && `#${anchor}`, null, score, docnames[page]];
    result[4] = Scorer.score(result);
    return result;
  });
  return results.reverse().sort((one, other) => one[4] - other[4]);
}

Scorer.score = ([page, , , , score]) => (isOwn(page) ? score + OWN : score);

const isOwn = (page) => page.startsWith(`chapters/${findLanguage()}/`);

// The search page's or, on the one for both, the one last read.
function findLanguage() {
  const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname);
  const { read } = document.documentElement.dataset; // the landing page shows one language
  return own?.[1] ?? read ?? localStorage.getItem("lenet-language");
}
