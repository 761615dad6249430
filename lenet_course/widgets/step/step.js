// StepByStep: PyTorch's loop, one press a line; each press shows what it changed.

import { PARAMETERS, softmax } from "../shared/net.js";
import { padDigit } from "../shared/ink.js";
import {
  fill, findLimit, findTheme, makeCanvas, makeElement, makePalette, minus, paintInk, shorten,
  watchTheme,
} from "../shared/maps.js";
import { makeChoice } from "../shared/choice.js";
import { makeRender, readDigits, readNet } from "../shared/traits.js";
import { TILES, makeTiles } from "./tiles.js";
import { LAYERS, LOOP, Loop, findAnswer, measureNorm } from "./loop.js";

const RATES = [0.001, 10];
const LEARNED = 0.001; // a loss below which there is little left to see
const BEAT = 60; // ms between pictures of a running loop
const CALM_BEAT = 1000;
const CALM_ROUNDS = 10;

const div = (name, ...children) => makeElement("div", { class: name }, ...children);
const code = (text) => makeElement("code", {}, text);

// Where a weight lies in its tensor, as one writes it in Python.
function writePlace(layer, index) {
  const place = [...PARAMETERS[layer].weight].reverse().map((size) => {
    const at = index % size;
    index = Math.floor(index / size);
    return at;
  });
  return `${layer}.weight[${place.reverse().join(", ")}]`;
}

function showSteps(model, root, style) {
  const words = model.get("words");
  const get = (name) => model.get(name);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const labels = get("labels");
  const images = readDigits(model);
  const loop = new Loop(readNet(model), images.map((image) => padDigit(image)), labels, get);
  const limits = []; // of the gradients' colours
  let palette = makePalette(findTheme()), playing = false, timer = 0, settled = "", optimizer;

  // Taking the steps

  const tell = ([names, numbers = {}]) => {
    const shown = Object.entries(numbers).map(([name, value]) =>
      [name, Number.isInteger(value) || value === null ? value : shorten(value)]);
    return names.map((name) => fill(words[name], Object.fromEntries(shown))).join(" ");
  };

  function press(step) {
    pause();
    const reason = loop.findReason(step);
    if (reason) return say(words[reason]);
    const said = loop.take(step);
    show(step);
    say(tell(said));
  }

  function advance() {
    for (let n = calm.matches ? CALM_ROUNDS : 1; n && playing; n--) {
      for (const step of Object.keys(LOOP)) loop.take(step);
      if (!(loop.loss.value >= LEARNED && loop.loss.value < Infinity)) setPlaying(false);
    }
    show();
    const { loss: { value: loss }, updates: count } = loop;
    say(tell([[Number.isFinite(loss) ? "said_repeat" : "said_nan"], { count, loss }]));
    if (playing) timer = setTimeout(advance, calm.matches ? CALM_BEAT : BEAT);
  }

  function setPlaying(on) {
    playing = on;
    clearTimeout(timer);
    player.textContent = on ? words.pause : words.play;
    stepper.classList.toggle("playing", on);
  }

  function play() {
    setPlaying(true);
    advance();
  }

  function pause() {
    if (!playing) return;
    setPlaying(false);
    say(sentence.textContent);
  }

  function reset() {
    loop.reset();
    begin();
  }

  function begin() {
    setPlaying(false);
    show();
    say(words.begin);
  }

  // Elements: the loop and its settings

  const lines = {
    zero_grad: "optimizer.zero_grad()", forward: "logits = net(images)", loss: "",
    backward: "loss.backward()", update: "optimizer.step()",
  };
  const makeButton = (data, onClick, ...content) => {
    const button = makeElement("button", { type: "button", ...data }, ...content);
    button.addEventListener("click", onClick);
    return button;
  };
  const buttons = Object.fromEntries(Object.keys(LOOP).map((step) => [step,
    makeButton({ "data-step": step }, () => press(step),
      makeElement("span", {}, words[step]), code(lines[step]))]));
  const player = makeButton({ "data-tool": "play" }, () => (playing ? pause() : play()));
  const resetter = makeButton({ "data-tool": "reset" }, reset, words.reset);
  const sentence = makeElement("p", { class: "sentence" });
  const live = makeElement("p", { class: "live", role: "status", "aria-live": "polite" });
  const setup = makeElement("code", { class: "setup" });
  const ran = makeElement("code", { class: "ran" });
  const rate = makeElement("input", { type: "range", step: 0.05,
    min: Math.log10(RATES[0]), max: Math.log10(RATES[1]) });
  const rateShown = makeElement("output");
  rate.addEventListener("input", () =>
    set("learning_rate", Number((10 ** rate.value).toPrecision(2))));

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  const makeSetting = (name, title, options) =>
    makeChoice(name, title, options, (value) => set(name, value));

  const settings = div("settings",
    makeSetting("batch_size", words.batch_size, [...new Set([1, labels.length])].map((size) =>
      [size, String(size)])),
    makeSetting("momentum", words.momentum, [0, get("momentum") || 0.9].map((value) =>
      [value, code(value)])),
    makeSetting("criterion", words.criterion,
      [["cross_entropy", code("CrossEntropyLoss")], ["mse_loss", code("MSELoss")]]));

  // Elements: what the steps change

  const thumbnails = images.map((_, n) => {
    const thumbnail = makeCanvas(28);
    thumbnail.canvas.setAttribute("role", "img");
    thumbnail.canvas.setAttribute("aria-label", fill(words.digit, { label: labels[n], number: n + 1 }));
    return thumbnail;
  });
  const readings = images.map(() => [0, 1, 2].map(() => makeElement("small")));
  const heads = ["", "", ""].map(() => makeElement("small"));
  const pictures = makeSetting("index", words.pictures,
    images.map((_, n) => [n, thumbnails[n].canvas, ...readings[n]]));
  pictures.append(div("heads", ...heads));

  function makePart(part, title, name, ...content) {
    return makeElement("section", { class: `part ${part}` },
      makeElement("h3", {}, title, code(name)), ...content);
  }

  const columns = Object.fromEntries(Object.keys(TILES).map((part) => [part,
    LAYERS.map((layer, row) => {
      const tiles = makeTiles(TILES[part][layer], layer === "conv2" && part !== "values");
      const [scale, size] = [makeElement("small"), makeElement("small")];
      const nothing = makeElement("i", {}, part === "gradients" ? "None" : "–");
      const cell = div("cell", div("map", tiles.canvas, nothing), div("size", scale, size));
      cell.dataset.layer = layer;
      cell.style.setProperty("--row", row);
      return { ...tiles, cell, scale, size };
    })]));
  const listCells = (part) => columns[part].map(({ cell }) => cell);
  const number = makeElement("strong");
  const formula = makeElement("small");
  const figure = div("curve");
  const parts = {
    values: makePart("values", words.values, "images[0]", ...listCells("values")),
    weights: makePart("weights", words.weights, "weight", ...listCells("weights")),
    gradients: makePart("gradients", words.gradients, "weight.grad", ...listCells("gradients")),
    losses: makePart("losses", words.losses, "loss", div("number", number, formula), figure),
  };
  const moved = div("moves");
  const views = makeChoice("view", words.view,
    ["before", "change", "after"].map((view) => [view, words[view]]), paintWeights);
  views.querySelector("[value=after]").checked = true;

  // Painting

  function paintCell({ paint, cell, scale, size }, values, limit, ...more) {
    cell.classList.toggle("empty", !values);
    scale.textContent = values ? `±${shorten(limit, 2)}` : "";
    size.replaceChildren(...more);
    if (values) paint(values, limit, palette);
  }

  function showNorm(sign, values) {
    const norm = measureNorm(values);
    return [makeElement("span", {}, sign), makeElement("data", { value: norm }, shorten(norm))];
  }

  function paintValues() {
    const { batch, logits } = loop;
    const at = Math.max(0, batch.indexOf(get("index")));
    parts.values.querySelector("code").textContent = `images[${at}]`;
    columns.values.forEach((cell, n) => {
      const values = logits?.layers[at][LAYERS[n]];
      paintCell(cell, values, values && findLimit(values));
    });
  }

  function paintWeights() {
    const { net, before } = loop;
    const view = before ? views.querySelector(":checked").value : "after";
    columns.weights.forEach((cell, n) => {
      const { weight } = net[LAYERS[n]];
      const old = before?.[LAYERS[n]].weight;
      const change = old && weight.map((value, i) => value - old[i]);
      const shown = { before: old, change, after: weight }[view];
      paintCell(cell, shown, findLimit(shown), ...(change ? showNorm("Δ ", change) : []));
    });
  }

  // The scale stays while it can, so that a doubled gradient looks doubled.
  function paintGradients() {
    const { gradients } = loop;
    columns.gradients.forEach((cell, n) => {
      if (!gradients) return paintCell(cell);
      const { weight } = gradients[LAYERS[n]];
      const largest = findLimit(weight);
      if (!(largest <= limits[n] && largest > limits[n] / 8)) limits[n] = 2 * largest;
      paintCell(cell, weight, limits[n], ...showNorm("‖·‖ ", weight));
    });
  }

  function writeReadings() {
    const { logits, loss, isEntropy: entropy } = loop;
    const names = [words.answer, entropy ? "p" : "logit", entropy ? "−ln p" : "MSE"];
    heads.forEach((head, row) => (head.textContent = names[row]));
    readings.forEach(([answer, share, term], n) => {
      const row = logits?.layers[logits.batch.indexOf(n)]?.fc3;
      const best = row && findAnswer(row);
      answer.textContent = row ? `${best} ${best === labels[n] ? "✓" : "✗"}` : "";
      writeNumber(share, row && (entropy ? softmax(row) : row)[labels[n]], 2);
      writeNumber(term, loss?.terms[loss.logits.batch.indexOf(n)], entropy ? 2 : 3);
    });
    writeNumber(number, loss?.value, 4);
    const count = loss?.logits.batch.length;
    formula.textContent = count > 1 ? fill(words.mean, { count }) : "";
  }

  function writeNumber(element, value, digits) {
    element.replaceChildren(value === undefined ? "" : makeElement("data", { value },
      Math.abs(value) < 1000 ? minus(value.toFixed(digits)) : shorten(value)));
  }

  function drawCurve() {
    const points = loop.curve.filter(([, value]) => Number.isFinite(value));
    figure.replaceChildren();
    if (!points.length) return;
    const first = points[0][0];
    const last = Math.max(first + 10, points.at(-1)[0]);
    const top = Math.max(...points.map(([, value]) => value));
    const places = points.map(([step, value]) =>
      [(100 * (step - first)) / (last - first), 100 - (100 * value) / (top || 1)]);
    const [x, y] = places.at(-1);
    figure.innerHTML = `<svg viewBox="0 0 100 100" preserveAspectRatio="none"><polyline
      points="${places.join(" ")}"/></svg><i style="left:${x}%;top:${y}%"></i>`;
    figure.append(...[shorten(top), 0, first, last].map((text) => makeElement("small", {}, text)));
  }

  function listMoves() {
    const { moves } = loop;
    moved.hidden = views.disabled = !moves;
    if (!moves) return;
    const five = (value) => makeElement("data", { value }, minus(value.toFixed(5)));
    const rows = moves.map(({ layer, at, old, step, now, learningRate }) => {
      const factor = step < 0 ? `(${shorten(step)})` : shorten(step);
      return makeElement("p", {}, code(writePlace(layer, at)),
        makeElement("span", {}, five(old), ` − ${learningRate} × `,
          makeElement("data", { value: step }, factor), " ≈ ", five(now)));
    });
    moved.replaceChildren(makeElement("h3", {}, words.moves), ...rows);
  }

  // Shows what there is, and marks what this step changed.
  function show(step) {
    paintValues();
    paintWeights();
    paintGradients();
    writeReadings();
    drawCurve();
    listMoves();
    const order = Object.keys(LOOP);
    const next = step ? order[(order.indexOf(step) + 1) % order.length] : !loop.logits && "forward";
    for (const [name, part] of Object.entries(parts)) {
      part.classList.toggle("changed", LOOP[step] === name);
    }
    stepper.dataset.last = step ?? "";
    for (const [name, button] of Object.entries(buttons)) {
      button.setAttribute("aria-current", name === step && "step");
      button.setAttribute("aria-disabled", Boolean(loop.findReason(name)));
      button.classList.toggle("next", name === next);
    }
    ran.textContent = lines[step] ?? "";
  }

  // A screen reader is not told of each round of a loop that runs.
  function say(text) {
    sentence.textContent = text;
    if (!playing) live.textContent = text;
  }

  // The settings as they are, whoever changed them.
  function follow() {
    const [learningRate, momentum] = [get("learning_rate"), get("momentum")];
    rate.value = Math.log10(learningRate);
    rateShown.textContent = learningRate;
    rate.setAttribute("aria-valuetext", learningRate);
    setup.textContent = `criterion = nn.${loop.isEntropy ? "CrossEntropyLoss" : "MSELoss"}()\n`
      + `optimizer = SGD(net.parameters(), lr=${learningRate}${momentum ? `, momentum=${momentum}` : ""})`;
    lines.loss = `loss = criterion(logits, ${loop.isEntropy ? "labels" : "one_hot"})`;
    buttons.loss.lastChild.textContent = lines.loss;
    for (const name of ["batch_size", "criterion", "momentum", "index"]) {
      for (const radio of stepper.querySelectorAll(`[name=${name}]`)) {
        radio.checked = radio.value === String(get(name));
      }
    }
    const { batch } = loop;
    pictures.querySelectorAll("label").forEach((label, n) =>
      label.classList.toggle("unused", !batch.includes(n)));
    const settings = [get("criterion"), batch].join();
    if (momentum !== optimizer) loop.velocity.values.fill(0); // another optimizer has none yet
    optimizer = momentum;
    if (settings === settled) return paintValues();
    settled = settings;
    loop.forget();
    begin();
  }

  function setTheme() {
    stepper.dataset.theme = findTheme();
    palette = makePalette(stepper.dataset.theme);
    images.forEach((image, n) => paintInk(thumbnails[n], image, palette, 255));
    paintValues();
    paintWeights();
    paintGradients();
  }

  const stepper = div("stepper",
    makeElement("p", { class: "note" },
      typeof get("seed") !== "number" ? words.given : fill(words.untrained, { seed: get("seed") })),
    settings,
    div("controls", setup, div("loop", ...Object.values(buttons)), div("said", ran, sentence),
      div("tools", player, resetter),
      makeElement("label", { class: "rate" }, words.learning_rate, rateShown, rate)),
    div("board", pictures,
      div("layers", div("names", makeElement("span"), ...LAYERS.map(code)),
        parts.values, parts.weights, parts.gradients),
      views, parts.losses, moved, makeElement("p", { class: "note" }, words.legend)),
    live);
  stepper.setAttribute("role", "group");
  stepper.setAttribute("aria-label", words.title);
  root.replaceChildren(style, stepper);
  follow();
  setTheme();
  const settingNames = ["batch_size", "criterion", "index", "learning_rate", "momentum"];
  for (const name of settingNames) model.on(`change:${name}`, follow);
  const unwatch = watchTheme(setTheme);
  return () => {
    setPlaying(false);
    unwatch();
    for (const name of settingNames) model.off(`change:${name}`, follow);
  };
}

export default { render: makeRender("stepper", showSteps) };
