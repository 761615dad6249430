// Ink: Float32Arrays of `side` rows and columns, 0 to 1, on which a pen draws and an eraser wipes,
// and how ink becomes the network's input.

import { check, sum } from "./net.js";

// A line with round ends, one pixel of its edge soft; a pen leaves ink, an eraser takes it away.
export function drawLine(ink, side, from, to, radius, erase = false) {
  const reach = Math.ceil(radius + 1);
  const clip = (value) => Math.max(0, Math.min(side, Math.round(value)));
  const [left, right] = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach].map(clip);
  const [top, bottom] = [Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach].map(clip);
  const dx = to.x - from.x, dy = to.y - from.y;
  const square = dx * dx + dy * dy || 1;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const px = x + 0.5 - from.x, py = y + 0.5 - from.y;
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) / square)); // the nearest on the line
      const distance = Math.hypot(px - t * dx, py - t * dy);
      const cover = Math.max(0, Math.min(1, radius + 0.5 - distance));
      const i = y * side + x;
      ink[i] = erase ? Math.min(ink[i], 1 - cover) : Math.max(ink[i], cover);
    }
  }
}

// A stored digit (784 bytes) → ink, each of its pixels a square.
export function enlargeDigit(bytes, side) {
  const scale = side / 28;
  const ink = new Float32Array(side * side);
  for (let i = 0; i < ink.length; i++) {
    const row = Math.floor(i / side / scale), column = Math.floor((i % side) / scale);
    ink[i] = bytes[row * 28 + column] / 255;
  }
  return ink;
}

// A stored digit → the network's input, as lenet_course.prepare_images makes it.
export function padDigit(bytes) {
  const input = new Float32Array(1024);
  bytes.forEach((byte, i) => (input[(Math.floor(i / 28) + 2) * 32 + (i % 28) + 2] = byte / 255));
  return input;
}

// Ink (0 to 1, white on black) → the network's input, made as MNIST was: the box round the ink is
// scaled to fit 20×20, then put where the centre of mass is at pixel (14, 14) of 28×28; a margin of
// two gives 32×32. The box's corner comes to lie at `place`. Without ink, box and place are null.
// Source: LeCun, Cortes & Burges, The MNIST database of handwritten digits. Its digits show what
// the page leaves open: whole-pixel shifts, so that the centre lies between 13.5 and 14.5.
export function prepareInk(pixels, width, height) {
  check(pixels.length === width * height, `${width}×${height} pixels`, pixels.length);
  const input = new Float32Array(1024);
  const box = findInk(pixels, width, height);
  if (!box) return { input, box, scale: 1, place: null };
  const scale = 20 / Math.max(box.width, box.height);
  const small = Float32Array.from({ length: 400 }, (_, i) =>
    averageInk(pixels, width, box, Math.floor(i / 20) / scale, (i % 20) / scale, 1 / scale));
  const centre = (length, findPlace) => {
    const mean = sum(small.map((ink, i) => ink * findPlace(i))) / sum(small);
    const end = 32 - Math.ceil(length * scale - 1e-6); // no ink is lost, however lopsided
    return Math.max(0, Math.min(end, 16 - Math.round(mean)));
  };
  const row = centre(box.height, (i) => Math.floor(i / 20));
  const column = centre(box.width, (i) => i % 20);
  small.forEach((ink, i) => {
    if (ink) input[(row + Math.floor(i / 20)) * 32 + column + (i % 20)] = ink;
  });
  return { input, box, scale, place: { row, column } };
}

const FAINT = 1 / 512; // paler than any of 256 greys: where a line's edge falls by rounding

// The box round the ink, null without any.
export function findInk(pixels, width, height) {
  let top = height, bottom = -1, left = width, right = -1;
  for (let i = 0; i < pixels.length; i++) {
    if (!(pixels[i] > FAINT)) continue;
    top = Math.min(top, Math.floor(i / width));
    bottom = Math.floor(i / width);
    left = Math.min(left, i % width);
    right = Math.max(right, i % width);
  }
  return bottom < 0 ? null : { top, left, width: right - left + 1, height: bottom - top + 1 };
}

// The mean over a square of the box; what lies beyond the box counts as empty.
function averageInk(pixels, width, box, top, left, side) {
  const bottom = Math.min(top + side, box.height);
  const right = Math.min(left + side, box.width);
  let total = 0;
  for (let row = Math.floor(top); row < bottom; row++) {
    for (let column = Math.floor(left); column < right; column++) {
      const overlap = (Math.min(row + 1, bottom) - Math.max(row, top))
        * (Math.min(column + 1, right) - Math.max(column, left));
      total += overlap * pixels[(box.top + row) * width + box.left + column];
    }
  }
  return total / (side * side);
}
