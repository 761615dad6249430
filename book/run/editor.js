// Code that can be edited where it stands: a plain textarea, its letters transparent, over the same
// code in colours. CodeMirror 6 would be 100 kB more, and a page of its own to screen readers and
// phones; a textarea is what both know best, and brings Hangul's input, undo and selection along.
// Tab leaves it, as it leaves every field: Enter and Backspace keep the indentation.

import { splitTokens } from "./highlight.js";

const INDENT = "    ";

/**
 * Open an editor in a cell's code.
 * @param {HTMLPreElement} code the built page's, whose children are replaced.
 * @param {{text, label, hint: string, onRun, onLeave, onInput: Function}} options
 */
export function openEditor(code, { text, label, hint, onRun, onLeave, onInput }) {
  const before = [...code.childNodes];
  const place = code.parentElement;
  const field = document.createElement("textarea");
  const help = document.createElement("span");
  Object.assign(field, { value: text, spellcheck: false, autocomplete: "off", wrap: "off", ariaLabel: label });
  field.setAttribute("autocapitalize", "off");
  field.setAttribute("autocorrect", "off");
  help.textContent = hint;
  help.className = "visually-hidden";
  help.id = `${code.id}-keys`;
  field.setAttribute("aria-describedby", help.id);
  place.classList.add("run-editor");
  code.inert = true; // for the eye alone, now
  place.append(field, help);

  function draw(marked = null) {
    code.replaceChildren(...splitTokens(field.value).flatMap((tokens, i) => drawLine(tokens, i + 1 === marked)));
    field.ariaInvalid = marked === null ? null : "true";
    follow();
  }

  // on a phone the field is drawn smaller than it is (run.css)
  function follow() {
    code.scrollLeft = (field.scrollLeft * code.clientWidth) / field.clientWidth;
  }

  field.addEventListener("input", () => {
    draw();
    onInput(field.value);
  });
  field.addEventListener("scroll", follow);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Hangul, half a syllable
    if (event.key === "Escape") onLeave();
    else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) event.repeat || onRun();
    else if (event.key === "Enter") insertLine(field);
    else if (event.key === "Backspace" && isAtIndent(field)) removeIndent(field);
    else return;
    event.preventDefault();
  });
  draw();

  return {
    field,
    mark: draw,
    close() {
      field.remove();
      help.remove();
      place.classList.remove("run-editor");
      code.inert = false;
      code.replaceChildren(...before);
    },
  };
}

function drawLine(tokens, isMarked) {
  const line = document.createElement(isMarked ? "mark" : "span");
  line.append(...tokens.map(([kind, text]) => {
    const part = document.createElement("span");
    part.className = kind;
    part.textContent = text;
    return part;
  }));
  return [line, "\n"];
}

const getStart = ({ value, selectionStart }) =>
  value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);

// insertText, deprecated as it is, is what keeps the browser's own undo
const insert = (text) => document.execCommand("insertText", false, text);

function insertLine(field) {
  const start = getStart(field);
  insert(`\n${start.match(/^ */)[0]}${/:\s*$/.test(start) ? INDENT : ""}`);
}

const isAtIndent = (field) =>
  field.selectionStart === field.selectionEnd && /^ {4,}$/.test(getStart(field));

function removeIndent(field) {
  const extra = getStart(field).length % INDENT.length || INDENT.length;
  field.setSelectionRange(field.selectionStart - extra, field.selectionStart);
  document.execCommand("delete");
}
