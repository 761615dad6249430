// The drawing pad: mouse, finger, stylus or keyboard put ink on it.

import { enlargeDigit } from "../shared/ink.js";
import { makeCanvas, paintInk } from "../shared/maps.js";
import { isShortcut, makeElement } from "../shared/page.js";
import { makeDrawing } from "./drawing.js";

const SIDE = 196; // 7 pad pixels for each of 28
const STEP = 7; // of the keyboard's pen
const UNDOS = 30;

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `onDraw(finished)` is called after each change that the reader made. With `isSample` a digit that
// is shown is an example: the first stroke takes its place.
export function makePad(words, isSample, onDraw) {
  const map = makeCanvas(SIDE);
  const pen = makeElement("i", { class: "pen", hidden: "" });
  const box = makeElement("i", { class: "ink-box", hidden: "" });
  const surface = makeElement("div", {
    class: "pad", tabindex: "0", role: "application", "aria-label": words.pad,
    "aria-description": words.pad_keys,
  }, map.canvas, box, pen);
  const button = (name, click) => {
    const element = makeElement("button", { type: "button", "data-tool": name }, words[name]);
    element.addEventListener("click", click);
    return element;
  };
  const eraser = button("erase", () => setErasing(!pad.erasing));
  const undo = button("undo", () => restore());
  const clear = button("clear", () => {
    remember();
    setErasing(false); // who begins anew wants the pen
    drawing.clear();
    finish();
  });
  const tools = makeElement("div", { class: "tools" }, eraser, undo, clear);

  const drawing = makeDrawing(SIDE);
  const pad = { element: surface, tools, side: SIDE, drawing, ink: drawing.ink, erasing: false };
  let history = [];
  let isShown = false; // a digit, nothing drawn upon it
  let last = null; // where the pen that is down was last
  let area = null; // of the pad in the window; each asking lays out the page: once a stroke
  const cursor = { x: SIDE / 2, y: SIDE / 2, down: false };

  function setErasing(erasing) {
    pad.erasing = erasing;
    eraser.setAttribute("aria-pressed", erasing);
    surface.classList.toggle("erasing", erasing);
  }

  function remember() {
    history = [...history.slice(1 - UNDOS), { ...drawing.keep(), isShown }];
    undo.disabled = false;
  }

  function restore() {
    const kept = history.pop();
    if (kept) {
      drawing.restore(kept);
      ({ isShown } = kept);
    }
    undo.disabled = !history.length;
    cursor.down = false; // what it drew is gone
    finish();
  }

  function finish() {
    last = null;
    onDraw(true);
  }

  function drawTo(place) {
    if (!last) {
      if (isSample && isShown) drawing.clear();
      isShown = false;
      drawing.begin(pad.erasing);
    }
    drawing.extend(place);
    last = place;
    onDraw(false);
  }

  function readPlace(event) {
    const scale = SIDE / area.width;
    return { x: (event.clientX - area.left) * scale, y: (event.clientY - area.top) * scale };
  }

  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    surface.setPointerCapture(event.pointerId);
    liftCursor();
    remember();
    last = null;
    area = map.canvas.getBoundingClientRect();
    drawTo(readPlace(event));
  });
  surface.addEventListener("pointermove", (event) => {
    if (!last || cursor.down || !event.isPrimary) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const part of events.length ? events : [event]) drawTo(readPlace(part));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    surface.addEventListener(name, (event) => {
      if (last && !cursor.down && event.isPrimary) finish();
    });
  }

  function showCursor() {
    pen.hidden = false;
    pen.classList.toggle("down", cursor.down);
    pen.style.left = `${(100 * cursor.x) / SIDE}%`;
    pen.style.top = `${(100 * cursor.y) / SIDE}%`;
  }

  function liftCursor() {
    if (cursor.down) finish();
    cursor.down = false;
    pen.hidden = true;
  }

  surface.addEventListener("focus", () => surface.matches(":focus-visible") && showCursor());
  surface.addEventListener("blur", liftCursor);
  surface.addEventListener("keydown", (event) => {
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey);
    if (isShortcut(event) && !isUndo) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      cursor.x = Math.max(0, Math.min(SIDE, cursor.x + STEP * arrow[0]));
      cursor.y = Math.max(0, Math.min(SIDE, cursor.y + STEP * arrow[1]));
      if (cursor.down) drawTo({ x: cursor.x, y: cursor.y });
    } else if (event.key === " ") {
      if (event.repeat) return event.preventDefault();
      cursor.down = !cursor.down;
      if (cursor.down) {
        remember();
        drawTo({ x: cursor.x, y: cursor.y });
      } else finish();
    } else if (isUndo) restore();
    else return;
    event.preventDefault();
    showCursor();
  });

  pad.paint = (palette) => paintInk(map, pad.ink, palette);
  pad.showBox = (ink) => {
    box.hidden = !ink;
    if (!ink) return;
    const percent = (value) => `${(100 * value) / SIDE}%`;
    Object.assign(box.style, { left: percent(ink.left), top: percent(ink.top),
      width: percent(ink.width), height: percent(ink.height) });
  };
  pad.showDigit = (bytes) => {
    history = [];
    undo.disabled = true;
    setErasing(false);
    drawing.clear();
    pad.ink.set(enlargeDigit(bytes, SIDE));
    isShown = true;
  };
  setErasing(false);
  undo.disabled = true;
  return pad;
}
