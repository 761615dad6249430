// What is asked, in words: without the endings that Korean glues to them, and without what only asks.

const ENDS = new RegExp(`^(?:${ENDING})$`);
const SURE = /^(?:[을를은는에와만]|..+)$/; // no noun of two syllables and more ends so by itself
const PARTICLES = [..."을를은는이가의에로과와도", "으로"];
// 무엇인가요, 쓰나요, 줄어요, 할까요: verbs that ask; those that say nothing else
const QUESTION = /(?:나요|가요|까요|니까|지요|죠|[아어여해에예워려돼]요)$/;
const EMPTY = /^(?:[하되쓰있없인]?$|어떻|어떤|무엇|뭐|뭔|알려|궁금)/;

// Korean words come without their endings, so that those are not marked on the page either.
splitQuery = (query) => {
  const text = tidy(query);
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    if (!HANGUL.test(word)) return isKnown(word) ? [word] : splitName(word);
    const isAttached = /[\p{L}\p{N}_]$/u.test(text.slice(0, index));
    return isAttached && ENDS.test(word) ? [] : [dropEnding(word)]; // the 를 of GPU를
  });
};

// torch.nn.Conv2d: the book says nn.Conv2d
function splitName(name) {
  const parts = name.split(".");
  const start = parts.findIndex((_, place) => place && isKnown(parts.slice(place).join(".")));
  return start > 0 && start < parts.length - 1 ? [parts.slice(start).join(".")] : parts;
}

// What is asked about: words that only ask count where there are no others.
function splitQuestion(query) {
  const all = splitQuery(query.toLowerCase()).filter((word) => !stopwords.includes(word));
  const said = all.filter((word) => !isAsking(word));
  return said.length ? said : all;
}

// Verbs that ask, as they begin: 줄어요. They need not be found.
function listHints(query) {
  const verbs = splitQuery(query).filter((word) => HANGUL.test(word) && QUESTION.test(word));
  return verbs.map((word) => word.replace(QUESTION, "")).filter((verb) => !EMPTY.test(verb));
}

function isAsking(word) {
  if (stopwords.includes(word) || ASKING.includes(word) || /^\d$/.test(word)) return true;
  return HANGUL.test(word) && (QUESTION.test(word) || EMPTY.test(word));
}

// 역전파도 becomes 역전파; 변화도 stays, for 도 belongs to it. The longest ending goes.
function dropEnding(word) {
  for (let length = 1; length < word.length; length++) {
    const noun = word.slice(0, length);
    const ending = word.slice(length);
    const isNamed = findSections(noun).size || Object.hasOwn(ALIASES, noun);
    if (ENDS.test(ending) && isNamed && isEnding(noun, ending)) return noun;
  }
  return word;
}

function isEnding(noun, ending) {
  if (noun.length > 1 && SURE.test(ending)) return true;
  if (isNoun(noun + ending)) return false;
  if (!isKnown(noun + ending)) return true;
  return noun.length > 1
    ? PARTICLES.some((other) => other !== ending && isKnown(noun + other))
    : isSyllable(noun);
}

// Whether what follows nouns alone follows the word in the book: 변화도를, but never 역전파도를.
function isNoun(word) {
  const ends = /..[도이가의]$/.test(word) ? ["를", "는", "에서"] : ["을", "를", "에서"];
  return ends.some((end) => isKnown(word + end));
}

// Whether a syllable is a noun: 망을
function isSyllable(noun) {
  return ["을", "를", "에서"].some((other) => Search._index.terms.has(noun + other));
}
