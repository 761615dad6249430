// The training scrubber: a recorded run's checkpoints, each of which reads the reader's digit.

import { PARAMETERS, check, makeNet } from "../shared/net.js";
import { findLimit, makeCanvas, paintSigned } from "../shared/maps.js";
import { fill, formatPercent } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";

const BEAT = 700; // ms a checkpoint
const CALM_BEAT = 1800;

// What lenet_course/assets/make_checkpoints.py wrote → a net for each checkpoint. A character is
// one weight's change since the checkpoint before, in steps of 2^exponent of its tensor; 0, −1, 1,
// −2, 2 … are written as the characters from 35 on.
export function decodeRun({ steps, exponents, codes }) {
  let net = makeNet(new Float32Array(61706));
  check(codes.length === steps.length * net.values.length, `${steps.length} nets`, codes.length);
  let next = 0;
  return exponents.map((row) => {
    net = makeNet(net.values.slice());
    const tensors = Object.keys(PARAMETERS).flatMap((layer) => Object.values(net[layer]));
    tensors.forEach((values, tensor) => {
      const step = 2 ** row[tensor];
      for (let i = 0; i < values.length; i++) {
        const code = codes.charCodeAt(next++) - 35;
        values[i] += step * ((code >> 1) ^ -(code & 1));
      }
    });
    return net;
  });
}

// A disclosure. `scrubber.net` is the checkpoint shown, null while it is closed; `onChange()` is
// called whenever that changes.
export function makeScrubber(model, words, onChange) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const note = makeElement("p", { class: "note", role: "status" });
  const bars = makeElement("div", { class: "bars", "aria-hidden": "true" });
  const slider = makeElement("input", { type: "range", min: 0, "aria-label": words.training_step });
  const button = makeElement("button", { type: "button", "data-tool": "play" }, words.play);
  const readout = makeElement("p", { class: "readout" });
  const kernels = Array.from({ length: 6 }, () => makeCanvas(5));
  const legend = makeElement("span", { class: "legend", "aria-hidden": "true" });
  const body = makeElement("div", { hidden: "" }, bars, slider,
    makeElement("div", { class: "playing" }, button, readout),
    makeElement("h3", {}, words.kernels, makeElement("code", {}, "conv1.weight"),
      makeElement("span", { class: "shape" }, "6×1×5×5"), legend),
    makeElement("div", { class: "kernels", role: "img", "aria-label": words.kernels },
      ...kernels.map(({ canvas }) => canvas)));
  const element = makeElement("details", { class: "scrubber" },
    makeElement("summary", {}, words.watch), note, body);
  const tell = () => (scrubber.net ? readout.textContent : "");
  const scrubber = { element, net: null, tell, paint, pause, stop };
  let nets, steps, accuracies, limit, timer = 0;

  function take() {
    const recorded = model.get("checkpoints") ?? {};
    if (nets || !Object.keys(recorded).length) return;
    try {
      if (recorded.error) throw new Error(recorded.error);
      nets = decodeRun(recorded);
    } catch (error) {
      note.textContent = `${words.failed} (${error.message})`;
      return;
    }
    steps = recorded.steps.map((step) => step.toLocaleString("en"));
    accuracies = recorded.accuracies;
    limit = Math.max(...nets.map((net) => findLimit(net.conv1.weight)));
    note.textContent = fill(words.run, { last: steps.at(-1) });
    body.style.setProperty("--count", steps.length);
    bars.append(...steps.map((step, n) => makeElement("span", {},
      makeElement("i", { style: `height:${100 * accuracies[n]}%` }),
      makeElement("small", {}, step))));
    slider.max = steps.length - 1;
    slider.value = model.get("checkpoint") ?? slider.max; // a link's, or the last
    body.hidden = false;
    if (element.open) show();
  }

  function show() {
    const n = Number(slider.value);
    const text = `${fill(words.at_step, { step: steps[n], last: steps.at(-1) })} · ${
      fill(words.right, { share: formatPercent(accuracies[n]) })}`;
    readout.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    bars.querySelector(".here")?.classList.remove("here");
    bars.children[n].classList.add("here");
    scrubber.net = nets[n];
    onChange();
  }

  function paint(palette) {
    if (!scrubber.net) return;
    kernels.forEach((canvas, map) =>
      paintSigned(canvas, scrubber.net.conv1.weight, 25 * map, limit, palette));
    if (legend.dataset.ramp === palette.ramp) return;
    legend.dataset.ramp = palette.ramp;
    const end = limit.toFixed(1);
    legend.innerHTML = `−${end}<i style="background:${palette.ramp}"></i>${end}`;
  }

  function pause() {
    if (!timer) return; // nothing to write, nothing to lay out
    clearInterval(timer);
    timer = 0;
    button.textContent = words.play;
  }

  function play() {
    button.textContent = words.pause;
    timer = setInterval(advance, calm.matches ? CALM_BEAT : BEAT);
    advance();
  }

  // From the last checkpoint it goes back to the first.
  function advance() {
    slider.value = (Number(slider.value) + 1) % nets.length;
    show();
    keep();
    if (slider.value === slider.max) pause();
  }

  function go(n) {
    pause();
    slider.value = n;
    show();
    keep();
  }

  const keep = () => model.keep?.("checkpoint", element.open ? Number(slider.value) : null);

  slider.addEventListener("input", () => go(slider.value));
  bars.addEventListener("click", ({ target }) =>
    go([...bars.children].indexOf(target.closest("span"))));
  button.addEventListener("click", () => (timer ? pause() : play()));
  element.addEventListener("toggle", () => {
    pause();
    if (!element.open) {
      scrubber.net = null;
      keep();
      onChange();
    } else if (nets) show();
    else {
      note.textContent = words.wait;
      model.set("opened", true);
      model.save_changes();
      take();
    }
  });
  model.on("change:checkpoints", take);
  element.open = Number.isInteger(model.get("checkpoint"));

  function stop() {
    pause();
    model.off("change:checkpoints", take);
  }

  return scrubber;
}
