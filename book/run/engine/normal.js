// Normal numbers out of uniform ones, by Box and Muller (1958): one of two makes the radius, the
// other the angle.

// In float32 PyTorch has a logarithm, a sine and a cosine of its own, where the CPU has AVX2: their
// polynomials, to the last bit. Source: Moshier, Cephes Mathematical Library, logf, sinf and cosf,
// as at::native::normal_fill_AVX2 computes them.
const round = Math.fround;
const roundAll = (...values) => values.map(round);
const fma = (a, b, c) => round(a * b + c); // a product and a sum, rounded once
const evaluate = (coefficients, x) => coefficients.reduce((sum, each) => fma(sum, x, each));

const LOG = roundAll(7.0376836292e-2, -1.151461031e-1, 1.1676998740e-1, -1.2420140846e-1,
  1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1);
const [HALF_ROOT, LOG_2, LOG_2_REST] = roundAll(Math.SQRT1_2, 0.693359375, -2.1219444e-4);
const SINE = roundAll(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
const COSINE = roundAll(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const [OCTANTS, TURN] = roundAll(4 / Math.PI, 2 * Math.PI);
const OCTANT = roundAll(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8);

// Of x = fraction · 2^exponent
function logOf(x) {
  let exponent = Math.floor(Math.log2(x)) + 1;
  let fraction = x / 2 ** exponent;
  if (fraction < HALF_ROOT) {
    exponent -= 1;
    fraction *= 2;
  }
  fraction -= 1;
  const square = round(fraction * fraction);
  const cubic = round(evaluate(LOG, fraction) * fraction);
  const tail = round(fma(cubic, square, round(exponent * LOG_2_REST)) - square / 2);
  return fma(exponent, LOG_2, round(fraction + tail));
}

// [cosine, sine]
function turn(angle) {
  const octant = (Math.trunc(round(angle * OCTANTS)) + 1) & ~1;
  const x = OCTANT.reduce((rest, part) => fma(octant, part, rest), angle);
  const square = round(x * x);
  const sine = fma(round(evaluate(SINE, square) * square), x, x);
  const cosine = round(fma(round(evaluate(COSINE, square) * square), square, -square / 2) + 1);
  const [down, across] = octant & 2 ? [cosine, sine] : [sine, cosine];
  return [(octant + 2) & 4 ? -across : across, octant & 4 ? -down : down];
}

function makePair(radius, angle) {
  const length = round(Math.sqrt(round(-2 * logOf(1 - radius))));
  return turn(round(TURN * angle)).map((part) => length * part);
}
function makePairOfDoubles(radius, angle) {
  const length = Math.sqrt(-2 * Math.log(1 - radius));
  return [Math.cos, Math.sin].map((part) => length * part(2 * Math.PI * angle));
}

// 16 numbers at a time: the first half makes the radii, the second the angles.
export function makeNormals(values, start) {
  const make = values instanceof Float64Array ? makePairOfDoubles : makePair;
  for (let i = start; i < start + 8; i++) {
    [values[i], values[i + 8]] = make(values[i], values[i + 8]);
  }
}
