// Puts the widgets into a page of the book: <div class="lenet-widget" data-widget="explorer" data-state="{…}">.
// A widget's script comes when the first of its kind is near the window, and so does the data; the
// recorded checkpoints come when a scrubber is first opened. widgets.py puts before it what the
// registry says of each widget, in HEIGHTS, NEEDS and FETCHES, and the names of FILES.

import { drawParameters } from "../../lenet_course/widgets/shared/init.js";
import { decodeWeights } from "../../lenet_course/widgets/shared/net.js";
import { keepAim } from "./aim.js";

const { src } = document.currentScript;
const loads = {}; // name → a promise of what its file holds

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

async function send(model, name) {
  let content;
  try {
    content = await load(name);
  } catch (error) {
    content = { error: error.message };
  }
  model.set(name, content);
}

// As much of anywidget's model as the widgets use.
function makeModel(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      for (const listener of listeners[`change:${name}`] ?? []) listener();
    },
    save_changes() {},
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off: (event, listener) =>
      (listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener)),
  };
}

async function mount(place) {
  const { widget } = place.dataset;
  const speak = (table) => table[place.lang || document.documentElement.lang] ?? table.en;
  const el = document.createElement("div");
  try {
    const own = readTraits(place.dataset.state);
    const whole = NEEDS[widget].every((trait) => trait in own);
    const [{ render, style, words }, data] =
      await Promise.all([load(widget), whole ? {} : loadData()]);
    const model = makeModel({ ...data, ...own, words: speak(words), _css: style });
    for (const [asked, given] of FETCHES[widget]) {
      model.on(`change:${asked}`, () => send(model, given));
    }
    render({ model, el });
    if (!el.shadowRoot.querySelector(".failed")) place.dataset.live = "";
  } catch (error) {
    el.textContent = `${speak(FAILED)} (${error.message})`; // below the picture, which stays
    el.setAttribute("role", "alert");
    place.style.minHeight = 0;
  }
  place.append(el);
}

// A place is as high as its widget (in a column of 688 or of 358 pixels) before that comes.
function mountAll() {
  const style = document.createElement("style");
  style.textContent = `
    .lenet-widget { margin: 1.5rem 0; }
    .lenet-widget > img { max-width: 100%; }
    ${Object.entries(HEIGHTS).map(([widget, [wide, narrow]]) => `
    .lenet-widget[data-widget="${widget}"] { min-height: ${wide}px; }
    @media (max-width: 600px) {
      .lenet-widget[data-widget="${widget}"] { min-height: ${narrow}px; }
    }`).join("")}
    @media screen { .lenet-widget[data-live] > img { display: none; } }
    @media print {
      .lenet-widget[data-widget] { min-height: 0; }
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
  document.querySelectorAll(".lenet-widget[data-widget]").forEach((place) => near.observe(place));
  keepAim();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
else mountAll();
