// The page around a widget: its elements and its theme.

export function makeElement(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const div = (name, ...children) => makeElement("div", { class: name }, ...children);
export const code = (text) => makeElement("code", {}, text);

// A key held with these is the browser's: Alt+←, or Cmd+← on a Mac, goes a page back.
export const isShortcut = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;

// Writing the same text again would lay out the page again.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What plays pauses where nobody sees it: in a hidden tab, or scrolled away.
export function pauseUnseen(element, pause) {
  const look = () => document.hidden && pause();
  const seen = new IntersectionObserver((entries) => entries.at(-1).isIntersecting || pause());
  document.addEventListener("visibilitychange", look);
  seen.observe(element);
  return () => {
    document.removeEventListener("visibilitychange", look);
    seen.disconnect();
  };
}

// `onWidth(width)` is called as soon as an element that is made now stands in the page (an observer
// alone would come when it is laid out already), and whenever its size changes.
export function watchWidth(element, onWidth) {
  const tell = () => element.clientWidth && onWidth(element.clientWidth);
  const watcher = new ResizeObserver(tell);
  watcher.observe(element);
  queueMicrotask(tell);
  return () => watcher.disconnect();
}

// The book's, Jupyter's or Colab's theme where the page has one, else the reader's system's.
export function findTheme() {
  const { dataset } = document.documentElement;
  const jupyter = document.body?.dataset.jpThemeLight;
  const named = dataset.theme ?? document.documentElement.getAttribute("theme");
  if (named === "dark" || named === "light") return named;
  if (jupyter) return jupyter === "false" ? "dark" : "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function watchTheme(onChange) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  if (document.body) observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", onChange);
  };
}
