// The training scrubber: a recorded run's checkpoints, each of which reads the reader's digit.

import { PARAMETERS, check, makeNet } from "../shared/net.js";
import { findLimit, makeCanvas, paintSigned } from "../shared/maps.js";
import { fill, formatPercent } from "../shared/numbers.js";
import { div, makeElement, write } from "../shared/page.js";

const BEAT = 700; // ms a checkpoint
const CALM_BEAT = 1800;

// What lenet_course/assets/make_checkpoints.py wrote → a net for each checkpoint. A character is
// one weight's change since the checkpoint before, in steps of 2^exponent of its tensor; 0, −1, 1,
// −2, 2 … are written as the characters from 35 on.
function decodeRun({ steps, exponents, codes }) {
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

// A disclosure. `scrubber.net` is the checkpoint that the reader chose, null while there is none or
// it is closed; `onChange()` is called whenever that changes, `onLoad()` when the recording is there.
// It is asked for when the scrubber is open and in the window.
export function makeScrubber(model, words, { onLoad, onChange }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const note = makeElement("p", { class: "note" });
  const bars = makeElement("div", { class: "bars", "aria-hidden": "true" });
  const slider = makeElement("input", { type: "range", min: 0, "aria-label": words.training_step });
  const button = makeElement("button", { type: "button", "data-tool": "play" }, words.play);
  const readout = makeElement("p", { class: "readout" });
  const answer = makeElement("p", { class: "note" }); // the explorer's own may be out of sight
  const kernels = Array.from({ length: 6 }, () => makeCanvas(5));
  const legend = makeElement("span", { class: "legend", "aria-hidden": "true" });
  const body = div("run", bars, slider,
    makeElement("div", { class: "playing" }, button, div("reading", readout, answer)),
    makeElement("h3", {}, words.kernels, makeElement("code", {}, "conv1.weight"),
      makeElement("span", { class: "shape" }, "6×1×5×5"), legend),
    makeElement("div", { class: "kernels", role: "img", "aria-label": words.kernels },
      ...kernels.map(({ canvas }) => canvas)));
  const summary = makeElement("summary", {}, words.watch);
  const element = makeElement("details", { class: "scrubber" }, summary, note, body);
  const tell = () => (scrubber.net ? readout.textContent : "");
  const showAnswer = (text) => write(answer, text);
  const scrubber = { element, net: null, fit, close, tell, showAnswer, paint, pause, stop };
  let nets, steps, accuracies, limit, timer = 0;
  const linked = model.get("checkpoint"); // of a link, else undefined
  let inSight = linked !== undefined, asked = false, chosen = false, byHand = inSight;

  // It opens where there is room, and closes where there is none, until the reader has touched it.
  function fit(hasRoom) {
    if (!byHand) element.open = hasRoom;
  }

  function close() {
    if (scrubber.net) element.open = false;
  }

  function ask() {
    if (asked || !element.open || !inSight) return;
    asked = true;
    if (byHand) note.setAttribute("role", "status"); // else nobody asked to be told
    note.textContent = words.wait;
    model.set("opened", true);
    model.save_changes();
    take();
  }

  function take() {
    const recorded = model.get("checkpoints") ?? {};
    if (nets || !Object.keys(recorded).length) return;
    try {
      if (recorded.error) throw new Error(recorded.error);
      nets = decodeRun(recorded);
    } catch (error) {
      note.textContent = `${words.failed} (${error.message})`;
      body.hidden = true;
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
    slider.value = linked ?? slider.max;
    enable(true);
    if (linked === undefined) {
      readout.textContent = words.unchosen;
      describe();
    } else show();
    onLoad();
  }

  function enable(isEnabled) {
    for (const control of [slider, button]) control.disabled = !isEnabled;
  }

  function describe() {
    const n = Number(slider.value);
    const text = `${fill(words.at_step, { step: steps[n], last: steps.at(-1) })} · ${
      fill(words.right, { share: formatPercent(accuracies[n]) })}`;
    slider.setAttribute("aria-valuetext", text);
    bars.querySelector(".here")?.classList.remove("here");
    bars.children[n].classList.add("here");
    return text;
  }

  function show() {
    chosen = byHand = true;
    readout.textContent = describe();
    scrubber.net = nets[slider.value];
    model.keep?.("checkpoint", Number(slider.value));
    onChange();
  }

  function paint(palette) {
    const look = `${slider.value} ${palette.ramp}`;
    if (!nets || legend.dataset.look === look) return;
    legend.dataset.look = look;
    kernels.forEach((canvas, map) =>
      paintSigned(canvas, nets[slider.value].conv1.weight, 25 * map, limit, palette));
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
    if (slider.value === slider.max) pause();
  }

  function go(n) {
    pause();
    slider.value = n;
    show();
  }

  slider.addEventListener("input", () => go(slider.value));
  bars.addEventListener("click", ({ target }) => {
    if (target !== bars) go([...bars.children].indexOf(target.closest("span")));
  });
  button.addEventListener("click", () => (timer ? pause() : play()));
  element.addEventListener("toggle", () => {
    pause();
    if (element.open) {
      if (chosen) show(); // the place was kept
      else ask();
    } else if (scrubber.net) {
      scrubber.net = null;
      model.keep?.("checkpoint", null);
      onChange();
    }
  });
  summary.addEventListener("click", () => (byHand = true));
  const watcher = new IntersectionObserver((entries) => {
    inSight ||= entries.at(-1).isIntersecting;
    ask();
  });
  watcher.observe(element);
  enable(false);
  model.on("change:checkpoints", take);
  element.open = byHand;

  function stop() {
    pause();
    watcher.disconnect();
    model.off("change:checkpoints", take);
  }

  return scrubber;
}
