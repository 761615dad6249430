// A drawing as text for a link: twelve levels of ink for each of the pad's pixels, by an arithmetic
// coder that learns what a pixel is like beside such neighbours. A digit takes some 550 letters.
// Source: Witten, Neal & Cleary, Arithmetic Coding for Data Compression, 1987; without carries, as
// in Mahoney's lpaq.

const SIDE = 196; // the pad's
const FULL = 11;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // 6 bits each
const RANGE = 2 ** 30 - 1;
const CONTEXTS = 186;
const EMPTY = 184; // of whether a row is empty, below one that is not, and below one that is
const LONGEST_INK = 4000;

const findKind = (level) => (level === 0 ? 0 : level === FULL ? 2 : 1);

// Asks of every pixel what it is; code(context, bit) answers with the bit that is right.
function visitPixels(levels, code) {
  let isEmpty = 1;
  for (let start = 0; start < levels.length; start += SIDE) {
    const row = levels.subarray(start, start + SIDE);
    isEmpty = code(EMPTY + isEmpty, row.every((level) => level === 0));
    if (!isEmpty) visitRow(levels, start, code);
  }
}

function visitRow(levels, start, code) {
  for (let i = start; i < start + SIDE; i++) {
    const level = levels[i], west = levels[i - 1] ?? 0, north = levels[i - SIDE] ?? 0;
    const near = 27 * findKind(west) + 9 * findKind(north)
      + 3 * findKind(levels[i - SIDE - 1] ?? 0) + findKind(levels[i - SIDE + 1] ?? 0);
    const same = 162 + 2 * findKind(north) + (west === north);
    if (!code(near, level > 0)) levels[i] = 0;
    else if (code(81 + near, level === FULL)) levels[i] = FULL;
    else if (code(same, level === north)) levels[i] = north;
    else {
      let node = 1;
      for (let bit = 3; bit >= 0; bit--) node = 2 * node + code(168 + node, (level >> bit) & 1);
      levels[i] = node - 16;
    }
  }
}

// decide(middle, bit) tells a bit, given the last value that means 1; shift(letter) takes the next.
function makeCoder(decide, shift) {
  const shares = new Float64Array(CONTEXTS).fill(0.5); // of ones, so far
  const counts = new Float64Array(CONTEXTS).fill(1.5);
  const coder = { low: 0, high: RANGE, code };

  function code(context, wanted) {
    const share = Math.min(0.9998, Math.max(0.0002, shares[context]));
    const middle = coder.low + Math.floor((coder.high - coder.low) * share);
    const bit = Number(decide(middle, wanted));
    if (bit) coder.high = middle;
    else coder.low = middle + 1;
    counts[context] = Math.min(32, counts[context] + 1);
    shares[context] += (bit - shares[context]) / counts[context];
    while (coder.low >> 24 === coder.high >> 24) {
      shift(coder.low >> 24);
      coder.low = (coder.low << 6) & RANGE;
      coder.high = ((coder.high << 6) & RANGE) | 63;
    }
    return bit;
  }

  return coder;
}

// `ink`: 196×196 values from 0 to 1. The least ink stays ink, and so the box round all of it stays.
export function encodeInk(ink) {
  const text = [];
  const coder = makeCoder((middle, wanted) => wanted, (letter) => text.push(LETTERS[letter]));
  const levels = Uint8Array.from(ink, (value) => Math.ceil(FULL * value - 0.5) || value > 0);
  visitPixels(levels, coder.code);
  return text.join("") + LETTERS[coder.low >> 24];
}

// Any letters make some drawing; undefined where something else stands.
export function decodeInk(text) {
  if (!/^[\w-]+$/.test(text) || text.length > LONGEST_INK) return undefined;
  let next = 0, value = 0;
  const shift = () => { value = ((value << 6) & RANGE) | LETTERS.indexOf(text[next++] ?? "_"); };
  for (let n = 0; n < 5; n++) shift();
  const levels = new Uint8Array(SIDE * SIDE);
  visitPixels(levels, makeCoder((middle) => value <= middle, shift).code);
  return Float32Array.from(levels, (level) => level / FULL);
}
