// The reader's slips: what finds nothing is looked up as the nearest word that the book has. Words are
// compared by the keys that type them, so that a letter of a syllable counts as one slip, and a word
// typed while the keyboard was in the other language as none.

const KEYS = new Map(
  [
    [0x1100, "r r s e e f a q q t t d w w c z x v g"], // ㄱ ㄲ ㄴ …, as they begin a syllable
    [0x1161, "k o i o j p u p h hk ho hl y n nj np nl b m ml l"],
    [0x11a8, "r r rt s sw sg e f fr fa fq ft fx fv fg a q qt t t d w c z x v g"], // and end it
  ].flatMap(([first, keys]) =>
    keys.split(" ").map((key, place) => [String.fromCodePoint(first + place), key]),
  ),
);

// The name that is nearest to all words together, or each word that is not known replaced.
function correct(query) {
  const all = tidy(query).toLowerCase().split(/[^\p{L}\p{N}_.]+/u).filter(Boolean);
  const words = all.filter((word) => splitQuestion(word).some((part) => !isAsking(part)));
  const nearest = findNearest(words.join(""), listWords());
  if (nearest) return nearest;
  const names = words.length > 1 ? listNamed() : listWords();
  const isFound = (word) => splitQuestion(word).every((part) => findSections(part).size);
  const others = words.map((word) => (isFound(word) ? word : findNearest(word, names) ?? word));
  return others.some((word, place) => word !== words[place]) ? others.join(" ") : null;
}

function findNearest(word, words) {
  if (/^\d/.test(word)) return null; // a number is no slip
  let nearest = null;
  let best = [Infinity];
  for (const asked of listForms(word).map(listKeys)) {
    const most = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
    for (const [keys, own] of words) {
      const rest = keys.length - asked.length;
      const isBegun = asked.length > 3 && keys.startsWith(asked);
      const slips = isBegun ? 0 : Math.abs(rest) > most ? Infinity : countSlips(asked, keys);
      if (slips > most || slips > best[0] || (slips === best[0] && Math.abs(rest) >= best[1])) continue;
      best = [slips, Math.abs(rest)];
      nearest = own;
    }
  }
  return nearest;
}

// A word as it is, and without what may be its ending.
function listForms(word) {
  if (/^[a-z]+$/.test(word)) return [word, word.replace(/e?s$/, "")];
  const starts = Array.from(word, (_, end) => word.slice(0, end)).slice(1);
  return [word, ...starts.filter((start) => ENDS.test(word.slice(start.length)))];
}

function listKeys(word) {
  return Array.from(word.toLowerCase().normalize("NFKD"), (sign) => KEYS.get(sign) ?? sign).join("");
}

// What the book can be asked for, by its keys: the glossary's names, and the words of names and titles;
function listNamed() {
  const { entries, sections } = Search._index;
  const names = entries.flatMap(([, , , , ...names]) => names);
  return (Search._index.named ??= mapKeys([
    ...names,
    ...[...names, ...sections.map(({ title }) => title)].flatMap((name) => splitQuestion(name)),
  ]));
}

// and what the index has in Latin letters.
function listWords() {
  const words = [...Search._index.terms.keys()].filter((word) => /^[a-z]/i.test(word));
  const latin = () => mapKeys(words.map((word) => word.toLowerCase()));
  return (Search._index.words ??= new Map([...latin(), ...listNamed()]));
}

const mapKeys = (words) =>
  new Map(words.reverse().map((word) => [listKeys(word.replace(/[^\p{L}\p{N}_.]/gu, "")), word]));

// Letters left out, put in, replaced, or swapped with the next.
function countSlips(one, other) {
  let [before, last] = [[], Array.from({ length: other.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + !isSame);
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
}
