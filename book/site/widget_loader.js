// Puts the widgets into a page of the book: <div class="lenet-widget" data-widget="explorer" data-state="{…}">.
// A widget's script comes when the first of its kind is near the window, and so do the data and
// permalink.js, which holds what widgets show in the page's address; the recorded checkpoints come
// when a scrubber is first opened. widgets.py puts before it what the
// registry says of each widget, in HEIGHTS, NEEDS and FETCHES, and the names of FILES.

import { drawParameters } from "../../lenet_course/widgets/shared/init.js";
import { SHAPES, decodeWeights } from "../../lenet_course/widgets/shared/net.js";
import { aimAt, keepAim } from "./aim.js";

const { src } = document.currentScript;
const loads = {}; // name → a promise of what its file holds
const ends = new Map(); // place → what takes its widget away
let places = [], links = null;

window.lenetWidgets = {};

// The file is a script that calls lenetWidgets[name] with what it holds.
function load(name, read = (content) => content) {
  loads[name] ??= new Promise((resolve, reject) => {
    lenetWidgets[name] = (content) => {
      try {
        resolve(read(content));
      } catch (error) {
        reject(error);
      }
    };
    const script = document.createElement("script");
    script.src = new URL(FILES[name], src).href;
    // too late, if all went well
    script.onload = script.onerror = () => reject(new Error(FILES[name]));
    document.head.append(script);
  });
  return loads[name];
}

const loadData = () => load("data", ({ low, high, digits, labels }) => {
  const { values } = decodeWeights(decodeText(atob(low)), readCodes(high));
  return { values, digits: readCodes(digits), labels };
});

// What encode_bytes in widgets.py wrote.
const readCodes = ({ order, codes }) => decodeText(codes, (code) => order[code - 35]);

function decodeText(text, find = Number) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = find(text.charCodeAt(i));
  return bytes;
}

// Traits as a stored output writes them: its JSON holds bytes as base64, fresh weights as their
// seed, others as float16.
const readTraits = (text) => JSON.parse(text, (name, value) => {
  if (value?.base64 !== undefined) return decodeText(atob(value.base64));
  if (value?.float16 !== undefined) {
    const bytes = decodeText(atob(value.float16));
    const [low, high] = [0, 1].map((place) => bytes.filter((_, i) => i % 2 === place));
    return decodeWeights(low, high).values;
  }
  return value?.manual_seed === undefined ? value : drawParameters(value.manual_seed).values;
});

// Without that file a page is a page, and its address says nothing of it.
const loadLinks = () => (links ??= load("links", ({ makeLinks, makeBar }) => {
  const showAnew = (place) => {
    if (!ends.has(place)) return; // it has yet to come
    ends.get(place)();
    mount(place);
  };
  return { makeBar, ...makeLinks(places, SHAPES, { scrollTo: aimAt, showAnew }) };
}).catch(() => null));

async function send(model, name) {
  let content;
  try {
    content = await load(name);
  } catch (error) {
    content = { error: error.message };
  }
  model.set(name, content);
}

// As much of anywidget's model as the widgets use; keep() for what a page remembers and Python does
// not, load() for scripts that come when they are used.
function makeModel(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      for (const listener of listeners[`change:${name}`] ?? []) listener();
    },
    keep(name, value) {
      this.set(name, value);
    },
    load,
    save_changes() {},
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off: (event, listener) =>
      (listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener)),
  };
}

// What was done in a widget is kept with the rest of a reader's progress (progress.js).
function keepDone(model) {
  if (typeof progress === "undefined") return; // a page outside the book
  progress.watch(() => model.set("done", [...progress.load().done]));
  model.on("change:did", () => progress.change(({ done }) => done.add(model.get("did"))));
}

// With `more` traits it is a widget that the page got later, of which the address says nothing.
// → its model, and what takes it away.
async function mount(place, more = null) {
  const { widget } = place.dataset;
  const spoken = place.lang || document.documentElement.lang;
  const language = spoken in FAILED ? spoken : "en";
  const el = document.createElement("div");
  let model;
  try {
    const own = readTraits(place.dataset.state);
    const whole = NEEDS[widget].every((trait) => trait in own);
    const [{ render, style, words }, data, link] =
      await Promise.all([load(`${widget}-${language}`), whole ? {} : loadData(), more ? null : loadLinks()]);
    const page = { ...data, ...own, ...more };
    model = makeModel({ ...page, ...link?.read(place, page), words, _css: style, isPage: true });
    for (const [asked, given] of FETCHES[widget]) {
      model.on(`change:${asked}`, () => send(model, given));
    }
    keepDone(model);
    const end = render({ model, el });
    ends.set(place, () => {
      end?.();
      el.remove();
    });
    if (!el.shadowRoot.querySelector(".failed")) place.dataset.live = "";
    makeWay(place);
    const getLink = link?.follow(place, model, page);
    if (getLink && el.shadowRoot.querySelector("slot[name=links]")) {
      el.append(link.makeBar(place.lang, getLink, model.get("picture")));
    }
  } catch (error) {
    el.textContent = `${FAILED[language]} (${error.message})`; // below the picture, which stays
    el.setAttribute("role", "alert");
    place.style.minHeight = 0;
  }
  place.append(el);
  return { model, end: ends.get(place) };
}

window.lenetWidgets.mount = mount;

// A widget that reaches over the column of the page's contents (book.css) has them folded up, as
// the theme does for wide figures, while it is in the window.
const over = new Set();
const passing = new IntersectionObserver((entries) => {
  const contents = document.querySelector(".bd-sidebar-secondary");
  for (const { target, isIntersecting, boundingClientRect: { right } } of entries) {
    const isOver = isIntersecting && right > contents.getBoundingClientRect().left;
    over[isOver ? "add" : "delete"](target);
  }
  contents.classList.toggle("hide", over.size > 0);
});

function makeWay(place) {
  if (document.querySelector(".bd-sidebar-secondary")) passing.observe(place);
}

// A place is as high as its widget, in a window of its width, before that comes.
function mountAll() {
  const style = document.createElement("style");
  style.textContent = `
    .lenet-widget { margin: 1.5rem 0; --overhang: -16rem; }
    .lenet-widget > img { max-width: 100%; }
    .lenet-links { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem;
      margin-top: 0.6rem; font-size: 0.82rem; line-height: 1.4; }
    .lenet-links button { font: inherit; color: inherit; background: var(--face, none);
      cursor: pointer; border: 1px solid var(--line, currentColor); border-radius: 6px;
      padding: 0.25rem 0.6rem; min-height: 32px; }
    .lenet-links button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    ${Object.entries(HEIGHTS).flatMap(([place, heights]) => heights.map(([width, height]) => `
    @media (min-width: ${width}px) {
      ${place} { min-height: ${height}px; }
    }`)).join("")}
    @media screen { .lenet-widget[data-live] > img { display: none; } }
    @media print {
      .lenet-widget[data-widget] { min-height: 0 !important; }
      .lenet-widget[data-live] > div { display: none; }
    }`;
  document.head.append(style);
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(target);
    }
  }, { rootMargin: "800px" });
  places = [...document.querySelectorAll(".lenet-widget[data-widget]")];
  places.forEach((place) => near.observe(place));
  keepAim();
  if (/:|^#tour$/.test(location.hash)) loadLinks();
  addEventListener("hashchange", loadLinks);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
else mountAll();
