// The loop that trains a Net: its five steps, and what it holds from one to the next.

import {
  PARAMETERS, backward, crossEntropy, forward, makeGradients, makeNet, meanSquaredError,
  updateWeights,
} from "../shared/net.js";

// Each step, in order, with what it changes.
export const LOOP = {
  zero_grad: "gradients", forward: "values", loss: "losses", backward: "gradients",
  update: "weights",
};
export const LAYERS = Object.keys(PARAMETERS);

export const measureNorm = (values) =>
  Math.sqrt(values.reduce((total, value) => total + value ** 2, 0));
export const findAnswer = (row) => Math.max(0, row.indexOf(Math.max(...row))); // of nan: the first

const findLargest = (values) => values.reduce((best, value, i) =>
  (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
const oneHot = (label) => Array.from({ length: 10 }, (_, digit) => Number(digit === label));

// `inputs`: 32×32 values each; `get(name)` tells the settings, named as the traits of StepByStep.
// A step returns the names of the sentences that tell of it, and the numbers that stand in them.
export class Loop {
  constructor(net, inputs, labels, get) {
    const start = net.values.slice();
    Object.assign(this, { start, inputs, labels, get });
    this.reset();
  }

  reset() {
    this.net = makeNet(this.start.slice());
    this.velocity = makeGradients();
    this.gradients = this.before = this.moves = null; // null: not there yet
    this.updates = 0;
    this.forget();
  }

  // Other pictures or another loss function: the weights and their gradients stay.
  forget() {
    this.logits = this.loss = null;
    this.curve = []; // [updates, loss]
  }

  get batch() {
    return this.get("batch_size") === 1 ? [this.get("index")] : [...this.labels.keys()];
  }

  get isEntropy() {
    return this.get("criterion") === "cross_entropy";
  }

  // Why PyTorch would fail at a step, or do nothing; "" where the step can be taken.
  findReason(step) {
    if (step === "loss" && !this.logits) return "no_logits";
    if (step === "backward" && !this.loss) return "no_loss";
    const used = { loss: this.logits, backward: this.loss?.logits }[step];
    if (used && used.updates !== this.updates) return "old";
    return step === "update" && !this.gradients ? "no_gradients" : "";
  }

  take(step) {
    return { zero_grad: this.clear, forward: this.run, loss: this.measure, backward: this.goBack,
      update: this.move }[step].call(this);
  }

  clear() {
    const had = this.gradients;
    this.gradients = null;
    return [[had ? "said_zero" : "said_zero_again"]];
  }

  run() {
    const { batch, labels, updates } = this;
    const layers = batch.map((n) => forward(this.net, this.inputs[n]));
    this.logits = { batch, layers, updates };
    const right = batch.filter((n, i) => findAnswer(layers[i].fc3) === labels[n]).length;
    return [["said_forward"], { count: batch.length, right }];
  }

  measure() {
    const { logits, curve, updates, isEntropy } = this;
    const compute = isEntropy ? crossEntropy : meanSquaredError;
    const rows = logits.layers.map(({ fc3 }) => fc3);
    const labels = logits.batch.map((n) => this.labels[n]);
    const targets = isEntropy ? labels : labels.map(oneHot);
    const { loss, lossGradients } = compute(rows, targets);
    const terms = rows.map((row, i) => compute([row], [targets[i]]).loss); // loss is their mean
    this.loss = { value: loss, terms, lossGradients, logits, passes: 0 };
    if (curve.at(-1)?.[0] === updates) curve.pop();
    curve.push([updates, loss]);
    return [[isEntropy ? "said_loss" : "said_squares"], { loss }];
  }

  // As with retain_graph=True: one loss can be sent back repeatedly.
  goBack() {
    const { logits, lossGradients } = this.loss;
    const had = this.gradients;
    const before = had && measureNorm(had.conv1.weight);
    this.gradients = backward(this.net, logits.layers, lossGradients, had ?? makeGradients());
    const norm = measureNorm(this.gradients.conv1.weight);
    const again = this.loss.passes++ ? ["retained"] : [];
    return [[had ? "said_added" : "said_backward", ...again], { before, norm }];
  }

  move() {
    const [learningRate, momentum] = [this.get("learning_rate"), this.get("momentum")];
    const { net, gradients, velocity } = this;
    const before = makeNet(net.values.slice());
    updateWeights(net, gradients, { learningRate, momentum, velocity });
    this.before = before;
    this.updates++;
    this.moves = LAYERS.map((layer) => { // of the weight that moves furthest
      const steps = (momentum ? velocity : gradients)[layer].weight;
      const at = findLargest(steps);
      const [old, now] = [before, net].map((each) => each[layer].weight[at]);
      return { layer, at, old, step: steps[at], now, learningRate };
    });
    return [[momentum ? "said_velocity" : "said_update"], { rate: learningRate }];
  }
}
