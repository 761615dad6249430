// GraphExplorer: walk the graph behind a loss; each node beside its line of forward.

import { makePalette } from "../shared/maps.js";
import { fill } from "../shared/numbers.js";
import { code, div, findTheme, isShortcut, makeElement, watchTheme } from "../shared/page.js";
import { makeRender } from "../shared/traits.js";
import { makeGradient, readGradients } from "./gradient.js";

// What a node does to the gradient, by its name; the sentences are in the words.
const KINDS = {
  AccumulateGrad: /^AccumulateGrad/,
  MseLoss: /^MseLoss/,
  NllLoss: /^NllLoss/,
  LogSoftmax: /^LogSoftmax/,
  Addmm: /^(Addmm|Mm|Linear)Backward/,
  Convolution: /Convolution/,
  Relu: /^Relu/,
  MaxPool: /^MaxPool/,
  View: /^(View|UnsafeView|Reshape)/,
  Transpose: /^(T|Transpose|Permute)Backward/,
};

const showShape = (shape) =>
  (shape ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "?");

// The chain from the loss to the input, each node with what hangs beside it, in backward's order.
function arrange(nodes, chain) {
  const last = nodes.length - 1;
  const spine = nodes[last].input ? [...chain, last] : chain;
  const placed = new Set(spine);
  return spine.map((index) => {
    const side = [];
    const visit = (from, depth) => nodes[from].next.forEach((way) => {
      if (way === null || placed.has(way)) return;
      placed.add(way);
      side.push({ index: way, depth });
      visit(way, depth + 1);
    });
    visit(index, 0);
    return { index, side };
  });
}

function showGraph(model, root, style) {
  const words = model.get("words");
  const nodes = model.get("nodes");
  const gradients = readGradients(model);
  const palette = makePalette("light"); // so that the prose can name colours, in the dark too
  const rows = arrange(nodes, model.get("chain"));
  const order = rows.flatMap(({ index, side }) => [index, ...side.map((each) => each.index)]);
  const buttons = {};
  let chosen = null;

  // The picture

  function makeNode(index, depth) {
    const { name, parameter, shape, input } = nodes[index];
    const leaf = name === "AccumulateGrad";
    const title = leaf ? parameter ?? showShape(shape) : name;
    const button = makeElement("button", {
      type: "button", class: `node${leaf ? " leaf" : input ? " input" : ""}`,
      "data-node": index, style: `--depth:${depth}`,
    }, code(title), makeElement("small", {}, leaf ? name : `${showShape(shape)}${input ? " · None" : ""}`));
    button.addEventListener("click", () => choose(index));
    return (buttons[index] = button);
  }

  const picture = makeElement("ol", { class: "picture", "aria-describedby": "keys" },
    ...rows.map(({ index, side }) => makeElement("li", {}, makeNode(index, 0),
      div("side", ...side.map((each) => makeNode(each.index, each.depth))))));
  picture.addEventListener("keydown", (event) => {
    if (isShortcut(event)) return;
    const at = order.indexOf(chosen);
    const row = rows.find(({ index, side }) =>
      index === chosen || side.some((each) => each.index === chosen));
    const to = {
      ArrowDown: order[at + 1], ArrowUp: order[at - 1], Home: order[0], End: order.at(-1),
      ArrowLeft: row.index, ArrowRight: chosen === row.index ? row.side[0]?.index : undefined,
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    choose(to[event.key] ?? chosen);
    buttons[chosen].focus({ preventScroll: true });
  });

  // The code

  const lines = [...model.get("source").map((text, line) => ({ text, line })),
    { text: words.outside, line: undefined }]
    .map(({ text, line }) => {
      const own = order.filter((index) => nodes[index].line === line);
      const outside = line === undefined;
      const element = makeElement(own.length ? "button" : "span",
        { class: `line${outside ? " outside" : ""}`, ...(own.length && { type: "button" }) }, text);
      // pressed again, a line goes on to the next of its nodes
      const press = () => choose(own[(own.indexOf(chosen) + 1) % own.length]);
      if (own.length) element.addEventListener("click", press);
      return { text, line, own, element };
    })
    .filter(({ own, line }) => own.length || line !== undefined);
  const listing = div("code", makeElement("h3", {}, words.code), ...(model.get("source").length
    ? lines.map(({ element }) => element)
    : [makeElement("p", { class: "note" }, words.no_source)]));

  // Writes a line with the call that made the chosen node marked in it.
  function writeLine(element, text, columns) {
    if (!columns) return element.replaceChildren(text);
    const [start, stop] = columns;
    element.replaceChildren(text.slice(0, start),
      makeElement("mark", {}, text.slice(start, stop)), text.slice(stop));
  }

  // The panel

  const makeStep = (name, sign, step) => {
    const button = makeElement("button", { type: "button", "aria-label": words[name] }, sign);
    button.addEventListener("click", () => {
      const to = order[order.indexOf(chosen) + step];
      if (to !== undefined) choose(to);
    });
    return button;
  };
  const previous = makeStep("previous", "↑", -1);
  const next = makeStep("next", "↓", 1);
  const place = makeElement("span", { class: "place" });
  const story = div("story");
  const panel = div("panel", div("steps", place, previous, next), story);
  const live = makeElement("p", { class: "live", role: "status", "aria-live": "polite" });

  const tell = ({ name, input, parameter, next: ways }) => {
    const kind = input ? "input" : Object.keys(KINDS).find((key) => KINDS[key].test(name));
    const sentence = fill(words[kind ?? "other"], { parameter: parameter ?? "variable" });
    return ways.some((way) => nodes[way]?.input) ? `${sentence} ${words.none_before}` : sentence;
  };

  function listWays({ next: ways }) {
    return makeElement("ul", { class: "ways" }, ...ways.map((way, i) => {
      const { name, parameter, shape, input } = nodes[way] ?? { input: true };
      const place = code(`[${i}][0]`);
      if (input) return makeElement("li", {}, place, code("None"));
      const go = makeElement("button", { type: "button", "data-way": way },
        code(parameter ? `${name} ${parameter}` : name));
      go.addEventListener("click", () => {
        choose(way); // which takes this button away
        buttons[way].focus({ preventScroll: true });
      });
      return makeElement("li", {}, makeElement("span", {}, place, " ", go), code(showShape(shape)));
    }));
  }

  function writeStory() {
    const node = nodes[chosen];
    const { name, shape, parameter, input, line } = node;
    const facts = [[words.value, showShape(shape)], [words.gradient, showShape(shape)]];
    if (parameter) facts.splice(0, 2, [parameter, showShape(shape)],
      [`${parameter}.grad`, showShape(shape)]);
    if (input) facts.splice(1, 1, ["requires_grad", "False"], [words.gradient, "None"]);
    const here = makeElement("p", { class: "here" });
    const text = model.get("source")[line]?.trimStart() ?? "";
    writeLine(here, text, node.columns?.map((column) =>
      column - model.get("source")[line].length + text.length));
    story.replaceChildren(
      makeElement("h3", {}, code(parameter ? `${name} ${parameter}` : name)), here,
      makeElement("p", {}, tell(node)),
      ...makeGradient(node, gradients, gradients[chosen], palette, words),
      makeElement("dl", {}, ...facts.map(([term, value]) => makeElement("div", {},
        makeElement("dt", {}, term), makeElement("dd", {}, code(value))))),
      ...(node.next.length ? [makeElement("p", { class: "note" }, words.ways, " ",
        code("next_functions")), listWays(node)] : []));
  }

  // Choosing

  // Scrolls the picture alone, never the page, to where the chosen node and the next are seen.
  function reveal(smooth) {
    const box = picture.getBoundingClientRect();
    const node = buttons[chosen].getBoundingClientRect();
    const margin = 1.5 * node.height;
    if (node.top > box.top + margin && node.bottom < box.bottom - margin) return;
    const still = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    picture.scrollBy({
      top: node.top - box.top - box.height / 3, behavior: still ? "auto" : "smooth",
    });
  }

  function choose(index) {
    if (index === chosen) return;
    const first = chosen === null;
    chosen = index;
    const at = order.indexOf(index);
    const { line, columns } = nodes[index];
    for (const [each, button] of Object.entries(buttons)) {
      const here = Number(each) === index;
      button.tabIndex = here ? 0 : -1;
      button.setAttribute("aria-current", here);
      button.classList.toggle("linked", lines.length > 1 && nodes[each].line === line);
    }
    for (const each of lines) {
      const here = each.line === line;
      each.element.setAttribute("aria-current", here);
      writeLine(each.element, each.text, here && columns);
    }
    previous.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at === order.length - 1);
    place.textContent = `${at + 1} / ${order.length}`;
    writeStory();
    if (first) return;
    reveal(true);
    live.textContent = `${nodes[index].name} ${nodes[index].parameter ?? ""}: ${tell(nodes[index])}`;
    if (model.get("chosen") === index) return;
    model.set("chosen", index);
    model.save_changes();
  }

  const explorer = div("graph", listing,
    div("walk", makeElement("h3", {}, words.walk),
      makeElement("p", { class: "note", id: "keys" }, words.walk_choose, " ",
        matchMedia("(pointer: coarse)").matches ? "" : words.walk_keys), picture),
    panel, makeElement("slot", { name: "links" }), live);
  explorer.setAttribute("role", "group");
  explorer.setAttribute("aria-label", words.title);
  const follow = () => choose(model.get("chosen"));
  const paint = () => { explorer.dataset.theme = findTheme(); };
  follow();
  paint();
  root.replaceChildren(style, explorer);
  requestAnimationFrame(() => reveal(false)); // it has no size before it is in the page
  model.on("change:chosen", follow);
  const stopWatching = watchTheme(paint);
  return () => {
    stopWatching();
    model.off("change:chosen", follow);
  };
}

export default { render: makeRender("graph", showGraph) };
