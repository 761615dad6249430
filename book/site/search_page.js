// What the search page writes: Sphinx's list, links for the top of the book, the sentence with the words.

// What a query's words are, and which are marked on the page: the book's words for them, too.
Search._parseQuery = (query) => {
  const words = splitQuestion(query);
  const own = groupWords(words).flatMap(({ synonyms, translations }) => [...synonyms, ...translations].flat());
  const marks = [...words, ...own].flatMap(listMarks);
  return [query, new Set(words), new Set(), new Set(marks), new Set(words)];
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

// Sphinx's search page writes the results, the best last, with links for the top of the book.
const { dataset } = document.documentElement;
const root = dataset.content_root;
Search.query = (query) => {
  Search.status.role = "status";
  dataset.content_root = "";
  // a page of no origin, a file or in a sandboxed frame, may not read the pages it found
  if (origin === "null") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const { results, parsed, instead } = Search.find(query);
  if (instead) {
    const note = document.createElement("p");
    note.role = "status";
    Search.output.before(note);
    setTimeout(() => (note.textContent = `${_("Nearest word:")} ${instead}`)); // a change is told
  }
  const shown = results.map(([page, ...rest]) => [root + page, ...rest]);
  Search.mark(parsed[3]);
  _displayNextItem(shown, shown.length, parsed[3], parsed[3]);
};

// ---- The line below a link

const LONG = 120; // characters: shorter sentences bring along the next ones
const LONGEST = 240;
const BLOCKS = "h1, h2, h3, h4, p, li, td, dt, dd, figcaption, pre";
const FOLDED = ".tag_hide-input, .tag_hide-cell, summary, template"; // set-up, solutions, buttons
const LINKS = ".entries section > p:last-child"; // of the glossary
const LEFT_OUT = `${FOLDED}, ${LINKS}, section, .headerlink, script, style`;

// The sentence that has most of the words; of the section's own blocks, prose before code.
Search.makeSearchSummary = (html, marks, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const section = page.querySelector(anchor || "article section");
  section?.querySelectorAll(LEFT_OUT).forEach((part) => part.remove());
  const blocks = [...(section?.querySelectorAll(BLOCKS) ?? [])].filter((block) => !block.querySelector(BLOCKS));
  const count = (text) => [...marks].filter((mark) => text.toLowerCase().includes(mark)).length;
  let [most, best] = [-1, ""];
  for (const block of blocks) {
    const weight = block.matches("h1, h2, h3, h4") ? 0 : block.matches("pre") ? 0.5 : 1;
    const sentences = splitSentences(block);
    sentences.forEach((text, place) => {
      if (count(text) * weight + weight / 9 > most) {
        [most, best] = [count(text) * weight + weight / 9, joinSentences(sentences.slice(place))];
      }
    });
  }
  const summary = document.createElement("p");
  summary.classList.add("context");
  summary.textContent = cutAround(best, marks);
  return summary;
};

const joinSentences = (sentences) =>
  sentences.reduce((text, next) => (text.length + next.length < LONG ? `${text} ${next}` : text));

function splitSentences(block) {
  if (block.matches("pre")) return block.textContent.split("\n").filter((line) => line.trim());
  const text = tidy(block.textContent).replace(/\s+/g, " ").trim();
  return text.match(/\S.*?(?:[.!?](?= )|$)/g) ?? [];
}

// A sentence that is too long is cut around the first word.
function cutAround(text, marks) {
  if (text.length <= LONGEST) return text;
  const places = [...marks].map((mark) => text.toLowerCase().indexOf(mark)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(text.length - LONGEST, Math.min(...places, text.length) - LONGEST / 3));
  const end = start + LONGEST;
  return `${start ? "…" : ""}${text.slice(start, end).trim()}${end < text.length ? "…" : ""}`;
}

// The theme would put the cursor into the field of the header, which is not shown.
_ready(() => document.querySelector("main form.bd-search input")?.focus());
