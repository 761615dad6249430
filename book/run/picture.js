// Grids of numbers as PNG, for the figures that cells draw: a colour for each number, by a scale.

import { text } from "./text.js";

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(name, data) {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set([...name].map((letter) => letter.charCodeAt(0)), 4);
  bytes.set(data, 8);
  let sum = 0xffffffff;
  for (const byte of bytes.subarray(4, 8 + data.length)) sum = CRC[(sum ^ byte) & 255] ^ (sum >>> 8);
  view.setUint32(8 + data.length, (sum ^ 0xffffffff) >>> 0);
  return bytes;
}

// zlib's format without compression: blocks of at most 65,535 bytes, and a sum at the end
function store(data) {
  const parts = [[0x78, 0x01]];
  for (let at = 0; at < data.length || at === 0; at += 65535) {
    const part = data.subarray(at, at + 65535), { length } = part;
    parts.push([at + 65535 >= data.length ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255], part);
  }
  let [a, b] = [1, 0];
  for (const byte of data) [a, b] = [(a + byte) % 65521, (b + a + byte) % 65521];
  parts.push([b >> 8, b & 255, a >> 8, a & 255]);
  return join(parts);
}

const join = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** A picture as a data: address. pixels: red, green and blue of each, row by row. */
function encode(pixels, rows, columns) {
  const lines = new Uint8Array(rows * (1 + 3 * columns)); // each begins with 0: no filter
  for (let row = 0; row < rows; row++) {
    lines.set(pixels.subarray(row * 3 * columns, (row + 1) * 3 * columns), row * (1 + 3 * columns) + 1);
  }
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  head.set([8, 2], 8); // 8 bits of each of three colours
  const parts = [[137, 80, 78, 71, 13, 10, 26, 10], chunk("IHDR", head), chunk("IDAT", store(lines)), chunk("IEND", new Uint8Array(0))];
  return `data:image/png;base64,${text.base64(join(parts))}`;
}

const readColour = (code) => [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));

/**
 * Paint numbers.
 * @param {ArrayLike<number>} values row by row. @param {string} scale "0 #ffffff,1 #000000": colours
 *   from low to high; "" where the values are red, green and blue themselves.
 */
function paint(values, rows, columns, scale, low, high) {
  if (!scale) return encode(Uint8Array.from(values), rows, columns);
  const stops = scale.split(",").map((stop) => stop.split(" "));
  const places = stops.map(([place]) => Number(place));
  const colours = stops.map(([, code]) => readColour(code));
  const pixels = new Uint8Array(3 * rows * columns);
  for (let n = 0; n < rows * columns; n++) {
    const share = Math.min(1, Math.max(0, (values[n] - low) / (high - low || 1)));
    const next = Math.max(1, places.findIndex((place) => place >= share));
    const part = (share - places[next - 1]) / (places[next] - places[next - 1]);
    for (let c = 0; c < 3; c++) pixels[3 * n + c] = Math.round(colours[next - 1][c] * (1 - part) + colours[next][c] * part);
  }
  return encode(pixels, rows, columns);
}

export const picture = { paint };
