// The loop as buttons, a line of PyTorch each, and its settings.

import { code, div, makeElement } from "../shared/page.js";
import { makeChoice } from "../shared/choice.js";
import { LOOP } from "./loop.js";

const RATES = [0.001, 10];
const ORDER = Object.keys(LOOP);

function makeButton(data, onClick, ...content) {
  const button = makeElement("button", { type: "button", ...data }, ...content);
  button.addEventListener("click", onClick);
  return button;
}

// `onPress(step)`, `onPlay()` and `onReset()` are called by the buttons, `onSet(name, value)` by the
// settings, which are named as the traits of StepByStep.
export function makeControls(words, get, { onPress, onPlay, onReset, onSet }) {
  const lines = {
    zero_grad: "optimizer.zero_grad()", forward: "logits = net(images)", loss: "",
    backward: "loss.backward()", update: "optimizer.step()",
  };
  const buttons = Object.fromEntries(ORDER.map((step) => [step,
    makeButton({ "data-step": step }, () => onPress(step),
      makeElement("span", {}, words[step]), code(lines[step]))]));
  const player = makeButton({ "data-tool": "play" }, onPlay);
  const resetter = makeButton({ "data-tool": "reset" }, onReset, words.reset);
  const setup = makeElement("code", { class: "setup" });
  const ran = makeElement("code", { class: "ran" });
  const sentence = makeElement("p", { class: "sentence" });
  const rate = makeElement("input", { type: "range", step: 0.05,
    min: Math.log10(RATES[0]), max: Math.log10(RATES[1]) });
  const rateShown = makeElement("output");
  rate.addEventListener("input", () =>
    onSet("learning_rate", Number((10 ** rate.value).toPrecision(2))));
  const element = div("controls", setup, div("loop", ...Object.values(buttons)),
    div("said", ran, sentence), div("tools", player, resetter),
    makeElement("label", { class: "rate" }, words.learning_rate, rateShown, rate));

  const makeSetting = (name, options) =>
    makeChoice(name, words[name], options, (value) => onSet(name, value));
  const sizes = [...new Set([1, get("labels").length])];
  const settings = div("settings",
    makeSetting("batch_size", sizes.map((size) => [size, String(size)])),
    makeSetting("momentum", [0, get("momentum") || 0.9].map((value) => [value, code(value)])),
    makeSetting("criterion",
      [["cross_entropy", code("CrossEntropyLoss")], ["mse_loss", code("MSELoss")]]));

  // The settings as lines of PyTorch; the learning rate where the slider is.
  function follow(isEntropy) {
    const [learningRate, momentum] = [get("learning_rate"), get("momentum")];
    rate.value = Math.log10(learningRate);
    rateShown.textContent = learningRate;
    rate.setAttribute("aria-valuetext", learningRate);
    setup.textContent = `criterion = nn.${isEntropy ? "CrossEntropyLoss" : "MSELoss"}()\n`
      + `optimizer = SGD(net.parameters(), lr=${learningRate}${momentum ? `, momentum=${momentum}` : ""})`;
    lines.loss = `loss = criterion(logits, ${isEntropy ? "labels" : "one_hot"})`;
    buttons.loss.lastChild.textContent = lines.loss;
  }

  // Marks the step that was taken, the next one and those that cannot be taken.
  function show(step, loop) {
    const next = step ? ORDER[(ORDER.indexOf(step) + 1) % ORDER.length] : !loop.logits && "forward";
    for (const [name, button] of Object.entries(buttons)) {
      button.setAttribute("aria-current", name === step && "step");
      button.setAttribute("aria-disabled", Boolean(loop.findReason(name)));
      button.classList.toggle("next", name === next);
    }
    ran.textContent = lines[step] ?? "";
  }

  const showPlaying = (playing) => (player.textContent = playing ? words.pause : words.play);
  return { element, settings, sentence, follow, show, showPlaying };
}
