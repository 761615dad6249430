// How the book's words are looked up: Sphinx's page and index, other rules. book/search.py puts this
// into language_data.js, after searchtools.js and the stemmer, below ENDING, OBJECT and LONGEST.

const WORD = /[가-힣]+|(?:(?![가-힣])[\p{L}\p{N}_])+(?:\.(?:(?![가-힣])[\p{L}\p{N}_])+)*/gu;
const ENDS = new RegExp(`^(?:${ENDING})$`);
const SURE = /^(?:[을를은는에와만]|..+)$/; // a noun of two syllables or more does not end so
const WITNESSES = ["을", "를", "은", "는", "이", "가", "의", "에", "로", "으로", "과", "와", "도"];

const known = (term) => Object.hasOwn(Search._index.terms, term);
// Other endings follow it in the book, so that it is a word by itself.
const isNoun = (word) =>
  ["을", "를", "에서"].some((end) => known(word + end)) || (/[도이가의]$/.test(word) && known(word + "는"));
const isWord = (word, ending) => WITNESSES.some((end) => end !== ending && known(word + end));

// Each split into a word and an ending, the longest ending first.
function* listSplits(word) {
  for (let length = 1; length < word.length; length++) {
    const ending = word.slice(length);
    if (ENDS.test(ending)) yield [word.slice(0, length), ending];
  }
}

// 변화도 stays, for 도 belongs to it; 역전파도 becomes 역전파.
function dropEnding(word) {
  for (const [noun, ending] of listSplits(word)) {
    const fits =
      noun.length === 1
        ? known(noun + ".") || !known(word)
        : SURE.test(ending) || isWord(noun, ending) || !known(word);
    if (fits && known(noun) && ((noun.length > 1 && SURE.test(ending)) || !isNoun(word))) return noun;
  }
  return word;
}

// The index knows no longer terms: a longer word is found by its beginning and its rest.
function cut(word) {
  if (word.length <= LONGEST) return [word];
  const length = word.length === LONGEST + 1 ? LONGEST - 1 : LONGEST;
  return [word.slice(0, length), ...cut(word.slice(length))];
}

window.splitQuery = (query) => {
  const text = query.normalize("NFC");
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    if (!/^[가-힣]/.test(word)) {
      const name = word.toLowerCase();
      return name.includes(".") && !findNames(name).length ? word.split(".") : [word];
    }
    const attached = index > 0 && /[\p{L}\p{N}_]/u.test(text[index - 1]);
    return attached && ENDS.test(word) ? [] : cut(dropEnding(word)); // the 를 of GPU를
  });
};

const porter = new Stemmer();
window.Stemmer = class {
  stemWord(word) {
    return /^[a-z]+$/.test(word) ? porter.stemWord(word) : word;
  }
};

// A term itself or, if the index does not have it, those that begin with it.
function findNames(term) {
  if (known(term)) return [term];
  return term.length > 2 ? Object.keys(Search._index.terms).filter((name) => name.startsWith(term)) : [];
}

// The pages of a term with their scores: the index lists first those that speak of it most.
function findPages(term) {
  const scores = new Map();
  for (const name of findNames(term)) {
    [Search._index.terms[name]].flat().forEach((page, place) => {
      scores.set(page, Math.max(scores.get(page) ?? 0, 15 / (1 + place)));
    });
  }
  return scores;
}

// Every word must be found. Sphinx lets words of one or two letters be missing.
Search.performTermsSearch = (words) => {
  const { docnames, filenames, titles } = Search._index;
  const found = [...words].map(findPages);
  if (!found.length) return [];
  const joined = [...words].join("").slice(0, LONGEST);
  const together = words.size > 1 && /^[가-힣]+$/.test(joined) ? findPages(joined) : new Map();
  return [...found[0].keys()]
    .filter((page) => found.every((scores) => scores.has(page)))
    .map((page) => {
      const score = [...found, together].reduce((sum, scores) => sum + (scores.get(page) ?? 0), 0);
      return [docnames[page], titles[page], "", null, score, filenames[page]];
    });
};

// The reader's language first: the search page's or, on the one for both, the one last read.
const own = /chapters\/(ko|en)\/[^/]*$/.exec(location.pathname)?.[1] ?? recall();
Scorer.score = ([name, , , , score]) => score + (name.includes(`chapters/${own}/`) ? 1000 : 0);

// A page may be shown where nothing can be stored.
function recall() {
  try {
    return localStorage.getItem("lenet-language");
  } catch {
    return null;
  }
}

// Sphinx's links are written for a search page at the top of the book.
const setIndex = Search.setIndex;
Search.setIndex = (index) => {
  const { dataset } = document.documentElement;
  index.docnames = index.docnames.map((name) => dataset.content_root + name);
  dataset.content_root = "";
  setIndex(index);
};
// A page opened as a file may not fetch the pages it found.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
