// What is asked, in words: without the endings that Korean glues to them, and without what only asks.

const ENDS = new RegExp(`^(?:${ENDING})$`);
const SURE = /^(?:[을를은는에와만]|..+)$/; // no noun of two syllables and more ends so by itself
const PARTICLES = [..."을를은는이가의에로과와도", "으로"];
// 뭔가요, 무엇인가요, 쓰나요, 줄어요, 할까요: they only ask
const ASKS = /^(?:뭐|뭔|무엇|어떻|어떤|어디|언제|어느|왜).*$|.(?:나요|가요|까요|니까|[을은는]까|[는은]지|지요|죠|[아어여해에예워려]요|냐)$/;

// Korean words come without their endings, so that those are not marked on the page either.
splitQuery = (query) => {
  const text = tidy(query).replace(/(\w)['’](?:s|t|re|ll|ve|d|m)\b/gi, "$1");
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
  const words = splitQuery(query.toLowerCase());
  const all = words.filter((word) => !stopwords.includes(word));
  const said = all.filter((word) => !isAsking(word));
  return said.length ? said : all;
}

function isAsking(word) {
  return stopwords.includes(word) || ASKING.includes(word) || (HANGUL.test(word) && ASKS.test(word));
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
    : ["을", "를", "에서"].some((other) => Search._index.terms.has(noun + other));
}

// Whether what follows nouns alone follows the word in the book: 변화도를, but never 역전파도를.
function isNoun(word) {
  const ends = /..[도이가의]$/.test(word) ? ["를", "는", "에서"] : ["을", "를", "에서"];
  return ends.some((end) => isKnown(word + end));
}
