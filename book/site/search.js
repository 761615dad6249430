// How the book's words are looked up: Sphinx's search page and index, other rules. search.py puts
// this, search_names.js, search_slips.js and search_file.js into language_data.js, behind
// searchtools.js and the stemmer, below ENDING and SPELLINGS.

const NAME = String.raw`(?:(?![가-힣])[\p{L}\p{N}_])+`;
const WORD = new RegExp(String.raw`[가-힣]+|${NAME}(?:\.${NAME})*`, "gu");
const HANGUL = /^[가-힣]+$/;
const ENDS = new RegExp(`^(?:${ENDING})$`);
const SURE = /^(?:[을를은는에와만]|..+)$/; // no noun of two syllables and more ends so by itself
const PARTICLES = [..."을를은는이가의에로과와도", "으로"];

// ---- What is asked

// Korean words come without their endings, so that those are not marked on the page either.
splitQuery = (query) => {
  const text = query.normalize("NFC");
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    if (!HANGUL.test(word)) {
      const names = isKnown(word.toLowerCase()) ? [word] : word.split(".");
      return names.filter((name) => /\p{L}/u.test(name));
    }
    const isAttached = /[\p{L}\p{N}_]$/u.test(text.slice(0, index));
    return isAttached && ENDS.test(word) ? [] : [dropEnding(word)]; // the 를 of GPU를
  });
};

const porter = new Stemmer();
Stemmer = class {
  stemWord(word) {
    const stem = /^[a-z]+$/.test(word) ? porter.stemWord(spell(word)) : word;
    return stopwords.includes(stem) ? word : stem; // "ones" is not "on"
  }
};

// British and American, to one spelling.
function spell(word) {
  return SPELLINGS.reduce((text, [old, own]) => text.replace(new RegExp(old, "g"), own), word);
}

// 역전파도 becomes 역전파; 변화도 stays, for 도 belongs to it. The longest ending goes.
function dropEnding(word) {
  for (let length = 1; length < word.length; length++) {
    const noun = word.slice(0, length);
    const ending = word.slice(length);
    if (ENDS.test(ending) && isKnown(noun) && isEnding(noun, ending)) return noun;
  }
  return word;
}

function isEnding(noun, ending) {
  if (noun.length > 1 && SURE.test(ending)) return true;
  if (isNoun(noun + ending)) return false;
  if (!isKnown(noun + ending)) return true;
  return noun.length > 1
    ? PARTICLES.some((other) => other !== ending && isKnown(noun + other))
    : isKnown(`${noun}.`);
}

// Whether what follows nouns alone follows the word in the book: 변화도를, but never 역전파도를.
function isNoun(word) {
  const ends = /..[도이가의]$/.test(word) ? ["를", "는", "에서"] : ["을", "를", "에서"];
  return ends.some((end) => isKnown(word + end));
}

// ---- What is found

function isKnown(word) {
  return findPages(word).size > 0;
}

// The pages of a word with their scores.
function findPages(word) {
  return intersect(cut(word).map(scorePages), Math.min);
}

// The index has at most three syllables.
function cut(word) {
  if (!HANGUL.test(word) || word.length <= 3) return [word];
  return Array.from({ length: word.length - 2 }, (_, start) => word.slice(start, start + 3));
}

// The pages of a term or, if the index does not have it, of the terms that begin with it.
// The index lists first, of each language's pages, those that speak of it most.
function scorePages(term) {
  const scores = new Map();
  for (const name of listTerms(term)) {
    let language, place;
    for (const page of readPlaces(name).keys()) {
      const own = Search._index.docnames[page].slice(0, 11); // chapters/ko
      if (own !== language) [language, place] = [own, 0];
      scores.set(page, Math.max(scores.get(page) ?? 0, 15 / (1 + place++)));
    }
  }
  return scores;
}

function listTerms(term) {
  const { terms, sorted } = Search._index;
  if (Object.hasOwn(terms, term)) return [term];
  if (HANGUL.test(term) || term.length < 3) return [];
  let [first, last] = [0, sorted.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (sorted[middle] < term) first = middle + 1;
    else last = middle;
  }
  while (sorted[last]?.startsWith(term)) last++;
  return sorted.slice(first, last);
}

function intersect([first, ...others], combine) {
  const pages = [...first.keys()].filter((page) => others.every((scores) => scores.has(page)));
  const score = (page) => combine(first.get(page), ...others.map((scores) => scores.get(page)));
  return new Map(pages.map((page) => [page, score(page)]));
}

const sum = (...scores) => scores.reduce((total, score) => total + score);

// Every word must be found; Sphinx lets those of one or two letters be missing. What the glossary
// names is found on the pages that teach it, too: one page at most comes before these.
Search.performTermsSearch = (terms) => {
  const { docnames, filenames, titles } = Search._index;
  if (!terms.size) return [];
  const words = [...terms];
  const found = preferTogether(intersect(listParts(words).map(findPart), sum), words);
  const named = findEntries(words);
  const best = Math.max(1, ...found.values());
  for (const page of new Set(named.flatMap(({ taughtOn }) => taughtOn))) {
    found.set(page, (found.get(page) ?? 0) + (2 / 3) * best);
  }
  const entries = named.map(({ page, id }) => [page, 100, id]); // as Sphinx's
  const places = listPlaces(words);
  const sections = [...found].map(([page, score]) => [page, score, ...chooseSection(page, places)]);
  return [...entries, ...sections].map(([page, score, anchor, title]) => {
    const name = title ? `${titles[page]} > ${title}` : titles[page]; // as Sphinx writes it, too
    return [docnames[page], name, anchor && `#${anchor}`, null, score, filenames[page]];
  });
};

// Where the words are, and the book's words for them: for each of their terms, page → section.
function listPlaces(words) {
  const asked = listParts(words).flatMap(({ words, synonyms }) => [words, ...synonyms.map(stem)]);
  return asked.flat().flatMap(cut).flatMap(listTerms).map(readPlaces);
}

// The section of a page that most of them point to, the rare ones more.
function chooseSection(page, places) {
  const votes = new Map();
  for (const sections of places) {
    const section = sections.get(page); // 0, the page, is no vote
    if (section) votes.set(section, (votes.get(section) ?? 0) + 1 / sections.size);
  }
  const [[chosen] = []] = [...votes].sort(([, one], [, other]) => other - one);
  return chosen ? Search._index.sections[page][chosen] : [""];
}

// Pages that have Korean words side by side come before those that have them apart.
function preferTogether(found, words) {
  const joined = words.join("");
  const together = words.length > 1 && HANGUL.test(joined) ? findPages(joined) : new Map();
  return new Map([...found].map(([page, score]) => [page, score + (together.get(page) ?? 0)]));
}

// The pages that have what was asked and, half as good, those that have the book's words for it.
function findPart({ words, synonyms }) {
  const found = intersect(words.map(findPages), sum);
  for (const own of synonyms.map(stem)) {
    const pages = preferTogether(intersect(own.map(findPages), sum), own);
    for (const [page, score] of pages) {
      found.set(page, Math.max(found.get(page) ?? 0, score / 2));
    }
  }
  return found;
}

// What a query's words are, and which are marked on the page: the book's words for them, too.
Search._parseQuery = (query) => {
  const words = splitName(query);
  const terms = new Set(stem(words));
  const own = listParts([...terms]).flatMap(({ synonyms }) => synonyms.flat());
  return [query, terms, new Set(), new Set([...words, ...own]), new Set(words)];
};

// For the page that is opened next; where nothing can be stored, its address has the words.
Search.mark = (words) => {
  Search.marked = [...words].join(" ");
  localStorage.setItem("sphinx_highlight_terms", Search.marked);
};
document.addEventListener("click", ({ target }) => {
  const link = target.closest("#search-results a, .suggestions a");
  if (!link || localStorage instanceof Storage) return;
  if (!link.search) link.search = new URLSearchParams({ highlight: Search.marked });
});

// The reader's language first: the search page's or, on the one for both, the one last read.
Scorer.score = ([page, , , , score]) =>
  page.startsWith(`chapters/${findLanguage()}/`) ? score + 1000 : score;

function findLanguage() {
  const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname);
  const { read } = document.documentElement.dataset; // the landing page shows one language
  return own?.[1] ?? read ?? localStorage.getItem("lenet-language");
}

// ---- Where it leads

// Sphinx's results say of an entry only that it is in the glossary.
const performSearch = Search._performSearch;
Search._performSearch = (...parsed) => {
  const names = new Map(Search._index.entries.map(([page, id, , own]) => [`${page}#${id}`, own]));
  return performSearch(...parsed).map(([page, title, anchor, ...rest]) => {
    const name = names.get(Search._index.docnames.indexOf(page) + anchor);
    return [page, name ? `${title} > ${name}` : title, anchor, ...rest];
  });
};

// Sphinx's search page writes the results, the best last, with links for the top of the book.
const { dataset } = document.documentElement;
const root = dataset.content_root;
Search.query = (query) => {
  dataset.content_root = "";
  // a page of no origin, a file or in a sandboxed frame, may not read the pages it found
  if (origin === "null") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const { results, parsed, instead } = Search.find(query);
  if (instead) {
    const note = document.createElement("p");
    note.textContent = `${_("Nearest word:")} ${instead}`;
    Search.output.before(note);
  }
  const shown = results.map(([page, ...rest]) => [root + page, ...rest]);
  Search.mark(parsed[3]);
  _displayNextItem(shown, shown.length, parsed[1], parsed[3]);
};

// The line below a link is from the article: not from its buttons, nor from the contents beside it.
const { htmlToText } = Search;
Search.htmlToText = (html, anchor) => htmlToText(html, anchor || "article");

// The theme would put the cursor into the field of the header, which is not shown.
_ready(() => document.querySelector("main form.bd-search input")?.focus());
