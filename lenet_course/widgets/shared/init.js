// The parameters of torch.manual_seed(seed); Net(), to the last bit: PyTorch's generator and its
// default initialisation. So a page can start from the very network that a chapter starts from.

import { PARAMETERS, makeGradients } from "./net.js";
import { drawFloat, seedTwister } from "./twister.js";

// Each layer's weight, then its bias: uniform between −1/√fan_in and 1/√fan_in, of 24 random bits.
// Source: torch.nn.Linear.reset_parameters.
export function drawParameters(seed) {
  const net = makeGradients();
  const twister = seedTwister({}, seed);
  for (const [layer, { weight: [, ...sizes] }] of Object.entries(PARAMETERS)) {
    const fanIn = sizes.reduce((product, size) => product * size);
    const bound = Math.fround(1 / Math.sqrt(fanIn));
    for (const values of [net[layer].weight, net[layer].bias]) {
      for (let i = 0; i < values.length; i++) {
        values[i] = drawFloat(twister) * 2 * bound - bound;
      }
    }
  }
  return net;
}
