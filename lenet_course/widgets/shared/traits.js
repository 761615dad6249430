// What a widget reads of its model, and what it shows where that cannot be read.

import { makeNet } from "./net.js";
import { makeElement } from "./page.js";

// Bytes as anywidget (a DataView) or the book (a typed array) hands them over, copied.
export function readBytes(bytes, Type) {
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export const readNet = (model) => makeNet(readBytes(model.get("values"), Float32Array));

export function readDigits(model) {
  const bytes = readBytes(model.get("digits"), Uint8Array);
  const { length } = model.get("labels");
  if (bytes.length !== 784 * length) {
    throw new Error(`expected ${784 * length} bytes of digits, got ${bytes.length}`);
  }
  return Array.from({ length }, (_, n) => bytes.subarray(784 * n, 784 * (n + 1)));
}

// anywidget's render function around show(model, root, style); a failure becomes a sentence.
export function makeRender(name, show) {
  return ({ model, el }) => {
    const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
    const style = makeElement("style", {}, model.get("_css"));
    try {
      return show(model, root, style);
    } catch (error) {
      const sentence = `${model.get("words").failed} (${error.message})`;
      const message = makeElement("p", { class: "failed", role: "alert" }, sentence);
      root.replaceChildren(style, makeElement("div", { class: name }, message));
    }
  };
}
