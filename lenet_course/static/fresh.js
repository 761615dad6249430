// The weights of torch.manual_seed(seed); Net(): PyTorch's generator and its layers' first values.

import { PARAMETERS, makeNet } from "./net.js";

// Source: Matsumoto and Nishimura, Mersenne Twister, 1998 (MT19937), as PyTorch's CPU generator.
export function* generateBits(seed) {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }
  for (;;) {
    for (let i = 0; i < 624; i++) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
      state[i] = state[(i + 397) % 624] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    for (let bits of state) {
      bits ^= bits >>> 11;
      bits ^= (bits << 7) & 0x9d2c5680;
      bits ^= (bits << 15) & 0xefc60000;
      yield bits ^ (bits >>> 18);
    }
  }
}

// Each weight and bias lies in ±1/√(inputs of its neuron), from 24 bits.
export function makeFreshNet(seed) {
  const net = makeNet(new Float32Array(61706));
  const bits = generateBits(seed);
  for (const [layer, { weight }] of Object.entries(PARAMETERS)) {
    const bound = Math.fround(1 / Math.sqrt(weight.slice(1).reduce((a, b) => a * b)));
    for (const values of Object.values(net[layer])) {
      for (let i = 0; i < values.length; i++) {
        values[i] = ((bits.next().value & 0xffffff) / 2 ** 24) * 2 * bound - bound;
      }
    }
  }
  return net;
}
