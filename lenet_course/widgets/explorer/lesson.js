// What the tour follows: one path through the network, and one training step on a copy of it.

import {
  backward, crossEntropy, explain, forward, makeNet, updateWeights,
} from "../shared/net.js";
import { isVector } from "./views.js";

export const RATE = 0.001; // the learning rate of the step

export const findLargestIndex = (values) =>
  Math.max(0, values.indexOf(Math.max(...values))); // of nan: the first

// From the answer back to a pixel: in each layer, the place that gave most to the next one's.
export function findPath(net, layers) {
  const path = {};
  let layer = "fc3", place = [findLargestIndex(layers.fc3)];
  while (layer !== "input") {
    path[layer] = place;
    const { terms, winner, from } = explain(net, layers, layer, ...place);
    const { channel, row, column } = terms[winner]
      ?? terms.reduce((most, term) => (term.product > most.product ? term : most));
    place = isVector(from) ? [channel] : [channel, row, column];
    layer = from;
  }
  path.input = place;
  return path;
}

// One step of SGD that makes `label` the answer to `input`, or, where that is null, what is read now.
// `net` stays as it is; `after` is the network that the step makes.
export function teach(net, input, label) {
  const layers = forward(net, input);
  const right = label ?? findLargestIndex(layers.fc3);
  const { loss, lossGradients } = crossEntropy([layers.fc3], [right]);
  const gradients = backward(net, [layers], lossGradients);
  const after = makeNet(net.values.slice());
  updateWeights(after, gradients, { learningRate: RATE });
  return { net, layers, label: right, loss, gradients, after };
}
