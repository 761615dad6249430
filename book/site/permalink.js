// What a page's widgets show, in its address: #six-steps;explorer:digit=3&at=conv1,2,10,14. First an
// anchor, where there is one, then a part for each widget that shows another thing than the page's
// own. The address is replaced as the reader goes on, so that Back and a reload lead to what was
// there; no step is added to the history. What a part may say is checked in link_keys.js.

import { makeBar } from "./link_bar.js";
import { makeKinds } from "./link_keys.js";

const PAUSE = 400; // ms between two writings: Safari allows 100 in 30 s
const LONGEST_HASH = 10_000;
const OURS = "lenet"; // the history's state of an address that was written here
const PART = /^([a-z_]+(?:-\d+)?):(.*)$/;
// a name of its own: on the landing page the theme takes a link's hash for a selector
const ALIASES = { "#tour": "#explorer:tour=1" };
const PAIR = /^([a-z]{1,20})=([\w.,-]{1,4000})$/;

// A hash → its anchor, undefined where it has none, and the parts of these widgets: name → text,
// which may be anything.
function parseHash(hash, names) {
  const raw = (ALIASES[hash] ?? hash).slice(1, LONGEST_HASH);
  let text = raw;
  try {
    text = decodeURIComponent(raw); // some senders write , and ; as %2C and %3B
  } catch {} // a lone % is nobody's link
  const pieces = text.split(";");
  const parts = new Map(pieces.map((piece) => piece.match(PART)?.slice(1) ?? [])
    .filter(([name]) => names.includes(name)));
  if (!parts.size) return { anchor: raw || undefined, parts };
  return { anchor: parts.has(pieces[0].match(PART)?.[1]) ? undefined : pieces[0], parts };
}

const parsePairs = (text) =>
  text.split("&").map((pair) => pair.match(PAIR)?.slice(1)).filter(Boolean);

// A kind's second widget is explorer-2; the halves of a page in both languages share their names.
function nameWidgets(places) {
  const counts = {};
  return new Map(places.map((place) => {
    const { dataset: { widget }, lang } = place;
    const count = (counts[`${widget} ${lang}`] = (counts[`${widget} ${lang}`] ?? 0) + 1);
    return [place, count > 1 ? `${widget}-${count}` : widget];
  }));
}

// `places`: the widgets' elements; `shapes`: of the layers; `scrollTo(element)` is called for what a
// link leads to, `showAnew(place)` where a link comes to an open page.
function makeLinks(places, shapes, { scrollTo, showAnew }) {
  const kinds = makeKinds(shapes);
  const names = nameWidgets(places);
  const waiting = new Map(); // name → a function that writes its part
  const parse = () => parseHash(location.hash, [...names.values()]);
  let { anchor, parts } = parse();
  let timer = 0;

  // The traits that the address gives a widget; `state`: those that it has of itself.
  function read(place, state) {
    const text = parts.get(names.get(place));
    return text === undefined ? {} : kinds[place.dataset.widget]?.read(parsePairs(text), state);
  }

  function follow(place, model, own) {
    const kind = kinds[place.dataset.widget], name = names.get(place);
    const writePart = () =>
      kind.write(model.get, own).map((pair) => pair.join("=")).join("&");
    for (const trait of kind?.names ?? []) {
      let last = model.get(trait);
      model.on(`change:${trait}`, () => {
        if (last === (last = model.get(trait))) return;
        waiting.set(name, writePart);
        timer ||= setTimeout(flush, PAUSE);
      });
    }
    return () => `${findPage()}#${name}:${kind ? writePart() : ""}`;
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    for (const [name, writePart] of waiting) parts.set(name, writePart());
    if (waiting.size) write();
    waiting.clear();
  }

  function write() {
    const texts = [...new Set(names.values())].flatMap((name) =>
      (parts.get(name) ? [`${name}:${parts.get(name)}`] : []));
    const hash = [...(anchor === undefined ? [] : [anchor]), ...texts].join(";");
    try {
      history.replaceState(OURS, "", hash ? `#${hash}` : findPage());
    } catch {} // it was written too often
  }

  // To the anchor, else to the first widget that the link names.
  function scroll(found) {
    if (!found.parts.size) return;
    const place = places.find((each) => found.parts.has(names.get(each)));
    const target = found.anchor === undefined ? place : document.getElementById(found.anchor);
    if (target) scrollTo(target);
  }

  if (parts.size) write(); // without what is nobody's part
  addEventListener("hashchange", () => {
    const found = parse();
    ({ anchor } = found);
    const isNew = history.state !== OURS; // or a way back to what was written here
    if (isNew) for (const [name, text] of found.parts) parts.set(name, text);
    write();
    if (!isNew) return;
    for (const [place, name] of names) if (found.parts.has(name)) showAnew(place);
    scroll(found);
  });
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  document.addEventListener("click", flush, true); // before a link is followed
  // after Back and a reload the browser itself leads to where the page was left
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") {
    scroll({ anchor, parts });
  }

  return { read, follow };
}

const findPage = () => location.href.split("#")[0];

export default { makeBar, makeLinks };
