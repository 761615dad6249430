// How the book's words are looked up: Sphinx's search page and index, other rules. search.py
// puts this into language_data.js, behind searchtools.js and the stemmer, below ENDING and SPELLINGS.

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
  const isLong = HANGUL.test(word) && word.length > 3; // the index has at most three syllables
  return isLong ? intersect(listTriples(word).map(scorePages), Math.min) : scorePages(word);
}

function listTriples(word) {
  return Array.from({ length: word.length - 2 }, (_, start) => word.slice(start, start + 3));
}

// The pages of a term or, if the index does not have it, of the terms that begin with it.
// The index lists first those that speak of it most.
function scorePages(term) {
  const { terms } = Search._index;
  const isShort = HANGUL.test(term) || term.length < 3;
  const begins = () => Object.keys(terms).filter((name) => name.startsWith(term));
  const names = Object.hasOwn(terms, term) ? [term] : isShort ? [] : begins();
  const scores = new Map();
  for (const name of names) {
    [terms[name]].flat().forEach((page, place) => {
      scores.set(page, Math.max(scores.get(page) ?? 0, 15 / (1 + place)));
    });
  }
  return scores;
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
  const entries = named.map(({ page, id }) => [page, 100, `#${id}`]); // as Sphinx's
  return [...entries, ...found].map(([page, score, anchor = ""]) => {
    return [docnames[page], titles[page], anchor, null, score, filenames[page]];
  });
};

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

// ---- What other books call it

// The glossary's entries that have these stems for a name, whatever their spaces and endings.
function findEntries(words) {
  return (Search._index.names ??= readNames()).get(words.join("")) ?? [];
}

function readNames() {
  const found = new Map();
  for (const [page, id, signs, ...names] of Search._index.entries) {
    for (const name of names) {
      const key = stem(splitName(name)).join("");
      const entry = { page, id, name, own: names[0], taughtOn: readPages(signs) };
      found.set(key, [...(found.get(key) ?? []), entry]);
    }
  }
  return found;
}

// The book's names, in words, for what others call so.
function listSynonyms(words) {
  const others = findEntries(words).filter(({ name, own }) => name !== own);
  return others.map(({ own }) => splitName(own));
}

// A query's words in parts: those that are a name together, and each other word.
function listParts(words) {
  const parts = [];
  for (let start = 0, end; start < words.length; start = end) {
    end = words.length;
    while (end > start + 1 && !findEntries(words.slice(start, end)).length) end--;
    const part = words.slice(start, end);
    parts.push({ words: part, synonyms: listSynonyms(part) });
  }
  return parts;
}

function splitName(name) {
  return splitQuery(name.toLowerCase()).filter((word) => !stopwords.includes(word));
}

function stem(words) {
  const stemmer = new Stemmer();
  return words.map((word) => stemmer.stemWord(word));
}

// The book's words are marked on the page, too.
const parseQuery = Search._parseQuery;
Search._parseQuery = (query) => {
  const parsed = parseQuery(query);
  const [, terms, , marked] = parsed;
  for (const word of listParts([...terms]).flatMap(({ synonyms }) => synonyms.flat())) {
    marked.add(word);
  }
  if (SPHINX_HIGHLIGHT_ENABLED) {
    localStorage.setItem("sphinx_highlight_terms", [...marked].join(" "));
  }
  return parsed;
};

// The reader's language first: the search page's or, on the one for both, the one last read.
Scorer.score = ([page, , , , score]) =>
  page.startsWith(`chapters/${findLanguage()}/`) ? score + 1000 : score;

function findLanguage() {
  const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname);
  return own ? own[1] : localStorage.getItem("lenet-language");
}

// ---- Where it leads

// Sphinx writes the links for a search page at the top of the book.
let root;
Search.query = (query) => {
  const { dataset } = document.documentElement;
  root ??= dataset.content_root;
  dataset.content_root = "";
  // a page opened as a file may not read the pages it found
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const parsed = Search._parseQuery(query);
  const results = Search._performSearch(...parsed).map(([page, ...rest]) => [root + page, ...rest]);
  _displayNextItem(results, results.length, parsed[1], parsed[3]);
};

// The line below a link is from the article: not from its buttons, nor from the contents beside it.
const { htmlToText } = Search;
Search.htmlToText = (html, anchor) => htmlToText(html, anchor || "article");

// The theme would put the cursor into the field of the header, which is not shown.
_ready(() => document.querySelector("main form.bd-search input")?.focus());

// The index as Sphinx has it, from what search_index.py wrote: a line of pages, a sign each, for every
// line of terms; and an entry's place, the pages that teach it, and its names, the book's own first.
function spreadIndex(index) {
  const [pages, together] = index.terms.map((column) => column.split("\n"));
  const terms = {};
  pages.forEach((signs, line) => {
    const found = readPages(signs);
    for (const term of together[line].split(" ")) terms[term] = found;
  });
  const indexentries = {};
  for (const [page, id, , ...names] of index.indexentries) {
    for (const name of names) (indexentries[name] ??= []).push([page, id, true]);
  }
  return { ...index, terms, indexentries, entries: index.indexentries };
}

function readPages(signs) {
  return Array.from(signs, (sign) => sign.codePointAt(0) - "0".codePointAt(0));
}
