// The parameters of torch.manual_seed(seed); Net(), to the last bit: PyTorch's generator and its
// default initialisation. So a page can start from the very network that a chapter starts from.

import { PARAMETERS, makeGradients } from "./net.js";

// Source: Matsumoto and Nishimura (1998), Mersenne Twister, MT19937.
function makeGenerator(seed) {
  const [N, M] = [624, 397];
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }
  let next = N;
  return () => {
    if (next === N) {
      for (let i = 0; i < N; i++) {
        const bits = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + M) % N] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
      }
      next = 0;
    }
    let bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
}

// Each layer's weight, then its bias: uniform between −1/√fan_in and 1/√fan_in, of 24 random bits.
// Source: torch.nn.Linear.reset_parameters and at::transformation::uniform_real.
export function drawParameters(seed) {
  const net = makeGradients();
  const draw = makeGenerator(seed);
  for (const [layer, { weight: [, ...sizes] }] of Object.entries(PARAMETERS)) {
    const fanIn = sizes.reduce((product, size) => product * size);
    const bound = Math.fround(1 / Math.sqrt(fanIn));
    for (const values of [net[layer].weight, net[layer].bias]) {
      for (let i = 0; i < values.length; i++) {
        values[i] = (draw() % 2 ** 24) / 2 ** 24 * 2 * bound - bound;
      }
    }
  }
  return net;
}
