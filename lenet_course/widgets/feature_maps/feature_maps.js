// FeatureMapBrowser: choose a picture, a layer and a channel, and see the maps that come of it.

import { makePalette } from "../shared/maps.js";
import { fill, shorten } from "../shared/numbers.js";
import { div, findTheme, makeElement, watchTheme, write } from "../shared/page.js";
import { makeChoice } from "../shared/choice.js";
import { makeRender } from "../shared/traits.js";
import { findEnds, makeFigure, makeInk } from "./figure.js";
import { makeNumber } from "./number.js";
import { makeSource, readPictures } from "./source.js";

const TRAITS = ["index", "layer", "channel", "inputs", "maps", "layers", "kernel"];

function showFeatureMaps(model, root, style) {
  const words = model.get("words");
  const palette = makePalette("light"); // so that the prose can name colours, in the dark too
  const recorded = Boolean(model.get("values"));
  const look = makeSource(model);
  let repaint = 0;

  const set = (settings) => {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    model.save_changes();
  };
  const pick = (channel) => set({ channel });
  const sentence = makeElement("p", { role: "status" });
  const figures = div("figures");
  const picture = makePictureChoice();
  const layer = makeElement("div");
  const channel = makeNumber(words.channel, pick);
  const again = makeElement("button", { type: "button" }, words.refresh);
  again.addEventListener("click", () => set({ runs: model.get("runs") + 1 }));
  const notes = [words.colours, ...(recorded ? [words.recorded] : [])].join(" ");
  const browser = div("browser", ...picture.elements, layer,
    div("row", channel.element, ...(recorded ? [] : [again])), figures, sentence,
    makeElement("p", { class: "note" }, notes), makeElement("slot", { name: "links" }));
  root.replaceChildren(style, browser);

  // A few pictures stand side by side; of many one gives the number.
  function makePictureChoice() {
    const pictures = readPictures(model);
    const choose = (index) => set({ index });
    if (pictures.length > 1) {
      const options = pictures.map((each, index) => {
        const canvas = makeInk(each, palette);
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", fill(words.input, { index }));
        return [index, canvas];
      });
      const choice = makeChoice("index", words.picture, options, choose);
      const show = (index) => { choice.querySelector(`[value="${index}"]`).checked = true; };
      return { elements: [choice], show };
    }
    const number = makeNumber(words.picture, choose);
    return { elements: model.get("count") > 1 ? [number.element] : [],
      show: (index) => number.show(index, model.get("count") - 1) };
  }

  function showLayers(names, chosen) {
    if (names.join() !== layer.dataset.names) {
      const options = names.map((name) => [name, makeElement("code", {}, name)]);
      layer.replaceChildren(makeChoice("layer", words.layer, options, chooseLayer));
      layer.dataset.names = names.join();
    }
    for (const radio of layer.querySelectorAll("input")) radio.checked = radio.value === chosen;
  }

  // A layer of fewer channels takes its last.
  function chooseLayer(name) {
    const { layers } = see();
    set({ layer: name, channel: Math.min(model.get("channel"), layers.get(name).count - 1) });
  }

  function see() {
    const [index, name, number] = ["index", "layer", "channel"].map((trait) => model.get(trait));
    const pictures = readPictures(model);
    const input = pictures[pictures.length > 1 ? index : 0];
    return { index, name, number, input, ...look(input, name, number) };
  }

  function describe(key, { values, count, rows, columns }, ends, { name, number }) {
    const [low, high] = ends.map((end) => shorten(end));
    return fill(words[key], { layer: name, channel: number, count, shape: `${rows}×${columns}`,
      low, high });
  }

  function show() {
    repaint = 0;
    const seen = see();
    const { index, name, number, input, layers, kernel } = seen;
    const maps = layers.get(name);
    if (!maps || number >= maps.count) return; // the rest of what changed is on its way
    picture.show(index);
    showLayers([...layers.keys()], name);
    channel.show(number, maps.count - 1);
    const size = maps.rows * maps.columns;
    const values = maps.values.subarray(size * number, size * (number + 1));
    const one = { ...maps, count: 1, values };
    const [ends, kernelEnds] = [maps, kernel].map((each) => each && findEnds(each.values));
    const told = describe(size > 1 ? "map" : "value", one, findEnds(values), seen);
    const draw = (...parts) => makeFigure(palette, ...parts);
    figures.replaceChildren(
      draw(`images[${index}]`, "small", input, fill(words.input, { index })),
      draw(name, "large", maps, describe(size > 1 ? "maps" : "values", maps, ends, seen),
        { ends, chosen: number, onPick: pick }),
      div("chosen", draw(`${name}[${number}]`, "small", one, told, { ends }),
        ...(kernel ? [draw(kernel.name, "small", kernel,
          describe("kernels", kernel, kernelEnds, seen), { ends: kernelEnds })] : [])));
    write(sentence, told);
  }

  // However many traits change, one drawing a frame.
  const update = () => { repaint ||= requestAnimationFrame(show); };
  const setTheme = () => { browser.dataset.theme = findTheme(); };
  show();
  setTheme();
  for (const trait of TRAITS) model.on(`change:${trait}`, update);
  const unwatch = watchTheme(setTheme);
  return () => {
    cancelAnimationFrame(repaint);
    unwatch();
    for (const trait of TRAITS) model.off(`change:${trait}`, update);
  };
}

export default { render: makeRender("browser", showFeatureMaps) };
