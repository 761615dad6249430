// A cell's output in the page, in the form of stored ones. Its words come from a reader's code, which
// nobody checked: text stays text, a picture is an <img>, and of HTML only what TAGS and NAMES hold.

const TAGS = new Set("p table thead tbody tr th td caption b strong i em code pre span div br".split(" "));
const NAMES = new Set("class lang scope colspan rowspan".split(" "));
const MIMES = { svg: "image/svg+xml", png: "image/png" };

export function makeOutput(label) {
  const element = document.createElement("div");
  element.className = "cell_output docutils container run-output";
  element.setAttribute("role", "group");
  element.ariaLabel = label;
  let stream = null; // where what is printed goes on

  function addBox(kind, text, highlight = "highlight-myst-ansi") {
    const box = document.createElement("div"), inner = document.createElement("div");
    const pre = document.createElement("pre");
    box.className = `output ${kind} ${highlight} notranslate`;
    inner.className = "highlight";
    pre.append(text);
    inner.append(pre);
    box.append(inner);
    element.append(box);
    return pre.firstChild;
  }

  return {
    element,
    print(text) {
      if (stream) stream.data += text;
      else stream = addBox("stream", text);
    },
    /** Show a picture, with the words and the shape of the `stored` one, if there is one. */
    display({ kind, data }, stored) {
      stream = null;
      if (kind in MIMES) element.append(drawPicture(kind, data, stored));
      else element.append(clean(String(data)));
    },
    showResult: (text) => void addBox("text_plain", text),
    showError: (text) => void addBox("traceback", text, "highlight-ipythontb"),
    say: (...parts) => element.append(makeNote(...parts)),
    /** → what a screen reader is told of it. */
    read: () => [...element.children].map(({ ariaLabel, alt, innerText }) => ariaLabel ?? alt ?? innerText).join("\n"),
    /** The same error as the chapter's: its traceback stands again. */
    repeatError(traceback, text) {
      addBox("traceback", text, "highlight-ipythontb").replaceWith(...traceback.cloneNode(true).childNodes);
      element.lastChild.setAttribute("role", "group");
      element.lastChild.ariaLabel = text; // what a screen reader is told, without its frames
    },
    /** Take the room of what was there, while this fills. */
    reserve: (before) => void (element.style.minHeight = `${before?.getBoundingClientRect().height ?? 0}px`),
    /** It is whole: let the keyboard reach what is wider than the page, to scroll it, as the theme does. */
    settle() {
      element.style.minHeight = "";
      for (const box of element.querySelectorAll(".output, pre")) {
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      }
    },
  };
}

/** Make a line of the page's own words. */
export function makeNote(...parts) {
  const line = document.createElement("p");
  line.className = "run-note";
  line.append(...parts);
  return line;
}

function drawPicture(kind, data, stored) {
  const picture = new Image();
  const isText = kind === "svg";
  picture.src = `data:${MIMES[kind]}${isText ? "," : ";base64,"}${isText ? encodeURIComponent(data) : data}`;
  picture.alt = stored?.alt ?? (isText ? readLabel(data) : "");
  if (stored?.naturalWidth) {
    picture.width = stored.naturalWidth;
    picture.style.aspectRatio = stored.naturalWidth / stored.naturalHeight;
  }
  return picture;
}

const readLabel = (svg) => new DOMParser().parseFromString(svg, MIMES.svg).documentElement.ariaLabel ?? "";

function clean(html) {
  const box = document.createElement("div");
  box.className = "output text_html";
  box.append(...copy(new DOMParser().parseFromString(html, "text/html").body));
  return box;
}

// Made anew, element by element; a script or a style is left out with what it holds.
const copy = (from) => [...from.childNodes].flatMap((node) => {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || !TAGS.has(node.localName)) return [];
  const element = document.createElement(node.localName);
  for (const { name, value } of node.attributes) {
    if (NAMES.has(name)) element.setAttribute(name, value);
  }
  element.append(...copy(node));
  return [element];
});
