// The guided tour: one digit from pixel to probability, and back through one training step. A card
// stands below the layer that it speaks of, and its numbers are those of the view.

import { makeChoice } from "../shared/choice.js";
import { fill } from "../shared/numbers.js";
import { div, isShortcut, makeElement, write } from "../shared/page.js";
import { CARDS, findAt, writeCard } from "./cards.js";
import { findPath, teach } from "./lesson.js";

const NAMES_OF_CARDS = Object.keys(CARDS);
const CALM = 80; // ms without a change before the numbers follow
const MARGIN = 16;
const TURNS_OF_CARDS = { ArrowLeft: -1, ArrowRight: 1 };

// `seen`: { net, layers, palette } as they are now, which `refresh()` brings up to date; `getLabel()`:
// the digit's label, null for a drawing; `announce(getText)` tells a screen reader.
export function makeTour(words, seen, views, selection, { getLabel, refresh, announce }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const button = (name, label, ...content) => {
    const element = makeElement("button", { type: "button", "data-tool": name, ...label }, ...content);
    element.addEventListener("click", { start, leave, back: () => turn(-1), next: () => turn(1) }[name]);
    return element;
  };
  const starter = button("start", {}, words.tour_start);
  const back = button("back", {}, words.tour_back);
  const next = button("next", {});
  const count = makeElement("span", { class: "count" });
  const title = makeElement("h3");
  const text = makeElement("p");
  const figure = div("figure");
  const choice = makeChoice("right", words.tour_right,
    Array.from({ length: 10 }, (_, digit) => [digit, String(digit)]), choose);
  const card = makeElement("section", { class: "card", tabindex: "-1", "aria-label": words.tour },
    div("turns", back, count, next, button("leave", { "aria-label": words.tour_leave }, "×")),
    div("told", title, text, choice), figure);
  const element = div("tour", starter, makeElement("p", { class: "note" }, words.tour_note));
  const tour = { element, start, train, follow, get text() { return at < 0 ? "" : text.textContent; }, stop };
  let explorer = null, at = -1, before = null, chosen = null, lesson = null, height = 0, timer = 0;

  // What the explorer shall compute with: the network itself, at the last card one step further.
  function train(net, input) {
    lesson = null;
    if (at < NAMES_OF_CARDS.indexOf("tour_loss")) return net;
    const given = getLabel();
    const label = chosen?.given === given ? chosen.digit : given;
    lesson = { ...teach(net, input, label),
      source: label !== given ? "tour_chosen" : given === null ? "tour_drawn" : "tour_labelled" };
    return NAMES_OF_CARDS[at] === "tour_step" ? lesson.after : net;
  }

  function choose(digit) {
    chosen = { digit, given: getLabel() };
    refresh();
    tell();
    say();
  }

  const say = () => announce(() => `${title.textContent}. ${text.textContent}`);

  // Points at the card's value and writes its numbers, as they are now.
  function tell() {
    stop();
    const name = NAMES_OF_CARDS[at];
    const { layer, draw } = CARDS[name];
    const { net, layers } = lesson ?? seen;
    const path = findPath(net, layers);
    const scene = { ...seen, words, path, lesson };
    const place = layer === "fc3" && lesson ? [lesson.label] : path[layer];
    selection.select(layer, findAt(layer, place), true);
    const said = writeCard(name, scene);
    write(title, said.title);
    text.innerHTML = said.html;
    figure.innerHTML = draw?.(scene) ?? "";
    if (lesson) choice.querySelector(`[value="${lesson.label}"]`).checked = true;
  }

  // A stroke would write faster than anybody reads.
  function follow() {
    if (at < 0) return;
    stop();
    timer = setTimeout(tell, CALM);
  }

  function turn(step) {
    const to = at + step;
    if (to === NAMES_OF_CARDS.length) return leave();
    if (!NAMES_OF_CARDS[to]) return;
    at = to;
    show();
    say();
  }

  function show() {
    const name = NAMES_OF_CARDS[at];
    write(count, `${at + 1} / ${NAMES_OF_CARDS.length}`);
    write(next, at + 1 < NAMES_OF_CARDS.length ? words.tour_next : words.tour_end);
    back.setAttribute("aria-disabled", at === 0);
    choice.hidden = name !== "tour_loss";
    refresh();
    tell();
    place(views[CARDS[name].layer].element);
  }

  // Below its layer, and where it was in the window: the buttons stay under the hand, if the layer
  // above and the whole card have room so.
  function place(layer) {
    const focused = card.getRootNode().activeElement; // what is moved loses the focus
    const held = card.contains(focused) ? focused : card;
    explorer.querySelector(".spoken")?.classList.remove("spoken");
    layer.classList.add("spoken");
    (layer.closest(".stage > *") ?? layer).after(card);
    const [top, own] = [layer, card].map((each) => each.getBoundingClientRect());
    const least = own.top - top.top + MARGIN;
    height = Math.max(height, least);
    const most = Math.max(least, Math.min(height, innerHeight - own.height - 6 * MARGIN));
    card.style.scrollMarginTop = `${Math.min(most, innerHeight / 2)}px`;
    held.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start", behavior: calm.matches ? "instant" : "smooth" });
  }

  function listen(event) {
    if (isShortcut(event)) return;
    const step = card.contains(event.target) && event.target.type !== "radio" && TURNS_OF_CARDS[event.key];
    if (event.key === "Escape") leave();
    else if (step) turn(step);
    else return;
    event.preventDefault();
  }

  // What is pointed at is the tour's affair now.
  function setTouring(on) {
    explorer.classList.toggle("touring", on);
    explorer[on ? "addEventListener" : "removeEventListener"]("keydown", listen);
    starter.disabled = on;
    for (const view of Object.values(views)) view.element.inert = on;
  }

  function start() {
    explorer = element.closest(".explorer");
    const { selected, pinned, channel } = selection;
    before = { selected, pinned, channel };
    chosen = null;
    height = 0;
    setTouring(true);
    turn(1);
  }

  function leave() {
    stop();
    at = -1;
    setTouring(false);
    explorer.querySelector(".spoken").classList.remove("spoken");
    card.remove();
    refresh(); // first: what was held is drawn in the old network's numbers
    selection.restore(before);
    starter.focus();
  }

  function stop() {
    clearTimeout(timer);
  }

  return tour;
}
