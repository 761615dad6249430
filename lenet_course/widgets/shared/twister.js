// Random bits as PyTorch's generator on the CPU draws them.
// Source: Matsumoto and Nishimura (1998), Mersenne Twister, MT19937.

const [N, M] = [624, 397];

export function seedTwister(twister, seed) {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }
  return Object.assign(twister, { state, next: N });
}

/** Draw 32 random bits, a number from 0 to below 2^32. */
export function draw32(twister) {
  const { state } = twister;
  if (twister.next === N) {
    for (let i = 0; i < N; i++) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    twister.next = 0;
  }
  let bits = state[twister.next++];
  bits ^= bits >>> 11;
  bits ^= (bits << 7) & 0x9d2c5680;
  bits ^= (bits << 15) & 0xefc60000;
  return (bits ^ (bits >>> 18)) >>> 0;
}

/** Draw a float32 from 0 to below 1, of 24 bits. Source: at::transformation::uniform_real. */
export const drawFloat = (twister) => (draw32(twister) % 2 ** 24) / 2 ** 24;
