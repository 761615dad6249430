// Search as the reader types: the sections found stand below the field, the arrow keys lead to them.
// The index is fetched when the field is first entered. Enter in the field leads to all results.
{
  "use strict";

  const WAITS = 150; // ms, for the next letter
  const MOST = 8;
  const WORDS = {
    ko: { found: "찾은 곳: ", none: "찾는 말이 없습니다.", nearest: "비슷한 말: ", all: "모두 보기" },
    en: { found: "Places found: ", none: "Nothing found.", nearest: "Nearest word: ", all: "Show all" },
  };
  const { documentElement } = document;
  const root = documentElement.dataset.content_root; // the search page changes it
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  const addScript = (path) =>
    new Promise((resolve, reject) => {
      const script = make("script", { src: root + path, onload: resolve, onerror: reject });
      document.head.append(script);
    });

  let index = null;
  const loadIndex = async () => {
    if (typeof Search !== "undefined") return; // the search page has it
    nameFields(""); // Sphinx's script empties those named q as it begins
    await addScript("_static/searchtools.js").finally(() => nameFields("q"));
    await addScript("_static/language_data.js");
    await addScript("searchindex.js");
  };

  const fields = document.querySelectorAll("form.bd-search input");
  const nameFields = (name) => fields.forEach((field) => (field.name = name));

  const makeLink = ([page, title, anchor]) => {
    const [chapter, section] = title.split(/ > (.*)/);
    const link = make("a", { href: `${root}${page}.html${anchor}`, textContent: section ?? chapter });
    link.lang = page.match(/^chapters\/(ko|en)\//)?.[1] ?? "";
    if (section) link.append(make("span", { textContent: chapter }));
    return link;
  };

  const listen = (input) => {
    const { form } = input;
    const box = make("div", { className: "suggestions" });
    const status = make("p", { role: "status" });
    const list = make("ul");
    let [typed, timer, marked] = ["", null, []];
    box.append(status, list);
    form.after(box);
    form.parentElement.role = "search"; // a landmark, also where the theme lays it over the page

    // The landing page's is that of the language read.
    const findSearchPage = () => {
      const { read } = documentElement.dataset;
      return read ? new URL(`${root}chapters/${read}/search.html`, location).href : form.action;
    };
    const findAll = (query) => Object.assign(new URL(findSearchPage()), { search: new URLSearchParams({ q: query }), hash: "" });
    form.addEventListener("submit", () => (form.action = findSearchPage()));

    const show = (message, links) => {
      status.textContent = message;
      list.replaceChildren();
      for (const link of links) list.appendChild(make("li")).append(link);
    };

    const suggest = async () => {
      const query = typed;
      const words = WORDS[documentElement.lang];
      await (index ??= loadIndex());
      if (query !== typed) return;
      if (!query.trim()) return show("", []);
      const { results, parsed, instead } = Search.find(query); // the best comes last
      marked = parsed[3];
      const links = results.slice(-MOST).reverse().map(makeLink);
      if (results.length > MOST) links.push(make("a", { href: findAll(query), textContent: words.all }));
      const count = results.length ? words.found + results.length : words.none;
      show(instead ? `${words.nearest}${instead}. ${count}` : count, links);
    };

    const move = (event) => {
      const places = [input, ...list.querySelectorAll("a")];
      const here = places.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1, Escape: -here }[event.key];
      const next = places[here + step];
      if (event.isComposing || !next || next === document.activeElement) return;
      event.preventDefault();
      event.stopPropagation(); // the theme would close at Escape
      next.focus();
    };

    input.addEventListener("focus", () => (index ??= loadIndex()).catch(() => {}));
    input.addEventListener("input", () => {
      typed = input.value;
      clearTimeout(timer);
      timer = setTimeout(() => suggest().catch(() => {}), WAITS); // offline, the field is as it was
    });
    form.addEventListener("submit", () => nameFields("q"));
    input.addEventListener("keydown", move);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // a frame of no origin may send no form
      location.assign(findAll(input.value));
    });
    list.addEventListener("keydown", move);
    list.addEventListener("click", () => Search.mark(marked));
    const leave = ({ target }) => form.contains(target) || box.contains(target) || show("", []);
    document.addEventListener("focusin", leave);
    document.addEventListener("pointerdown", leave);
  };

  fields.forEach(listen);

  // The theme's Ctrl+K takes the cursor out of a field that has it, which on the search page is always shown.
  const keep = (event) => {
    const field = document.activeElement;
    const isAsked = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (!isAsked || !field.matches("main form.bd-search input")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.select();
  };
  addEventListener("keydown", keep, true);

  // Sphinx's link that hides the marks has its script in the address, which the page's policy refuses.
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".highlight-link a")) return;
    event.preventDefault();
    SphinxHighlight.hideSearchWords();
  });
}
