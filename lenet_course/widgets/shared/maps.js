// Colours and small canvases: one canvas pixel a value, enlarged by CSS.

// Ink goes from paper to full. Signed values are grey at zero, blue below it and red above; each side
// passes through a clear middle colour, so that small values are seen too. The light colours are
// those of the package's figures (SIGNED in figures.py).
const COLOURS = {
  light: { paper: [255, 255, 255], ink: [0, 0, 0], zero: [236, 236, 234],
    below: [[112, 170, 218], [8, 62, 132]], above: [[236, 134, 110], [150, 10, 34]] },
  dark: { paper: [24, 26, 30], ink: [240, 240, 236], zero: [47, 50, 56],
    below: [[50, 112, 184], [150, 212, 255]], above: [[190, 70, 60], [255, 190, 170]] },
};
const PLACES = [0, 0.4, 1]; // of zero and of a side's colours, as shares of the largest value

export function makePalette(theme) {
  const { paper, ink, below, zero, above } = COLOURS[theme];
  const mix = (from, to, share) => from.map((part, i) => Math.round(part + share * (to[i] - part)));
  const pack = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  const pick = (share) => {
    const colours = [zero, ...(share < 0 ? below : above)];
    const size = Math.min(1, Math.abs(share));
    const n = PLACES.findIndex((place) => size <= place) || 1;
    return mix(colours[n - 1], colours[n], (size - PLACES[n - 1]) / (PLACES[n] - PLACES[n - 1]));
  };
  const write = (share) => `rgb(${pick(share)})`;
  return {
    ink: Uint32Array.from({ length: 256 }, (_, i) => pack(mix(paper, ink, i / 255))),
    signed: Uint32Array.from({ length: 511 }, (_, i) => pack(pick((i - 255) / 255))),
    ramp: `linear-gradient(90deg,${[...PLACES.slice(1).reverse().map((place) => -place), ...PLACES]
      .map((share) => `${write(share)} ${50 + 50 * share}%`)})`,
    // a cell that holds a number: its background, and a colour of text that can be read on it
    style(value, limit) {
      const colour = pick(value / (limit || 1));
      const [r, g, b] = colour.map((part) => (part / 255) ** 2.2);
      const bright = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179; // both contrasts are 4.6 there
      return `background:rgb(${colour});color:${bright ? "#000" : "#fff"}`;
    },
  };
}

export function makeCanvas(columns, rows = columns) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  // pixels are only ever put, so they had better stay in ordinary memory
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(columns, rows);
  return { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
}

// What lies beyond the limits has the end's colour; what is not a number, or not there, has none.
export function paintSigned({ context, image, pixels }, values, start, limit, { signed }) {
  const factor = limit ? 255 / limit : 0;
  for (let i = 0; i < pixels.length; i++) {
    const share = Math.max(-255, Math.min(255, factor * values[start + i]));
    pixels[i] = Number.isNaN(share) ? 0 : signed[(255.5 + share) | 0];
  }
  context.putImageData(image, 0, 0);
}

export function paintInk({ context, image, pixels }, values, { ink }, full = 1) {
  const factor = 255 / full;
  for (let i = 0; i < pixels.length; i++) pixels[i] = ink[(0.5 + factor * values[i]) | 0];
  context.putImageData(image, 0, 0);
}

export function findLimit(values) {
  let limit = 0;
  for (let i = 0; i < values.length; i++) limit = Math.max(limit, Math.abs(values[i]));
  return limit;
}

// Puts a mark round rows [start, stop) and columns [start, stop) of a map; no area, no mark.
export function outline(mark, area, { rows, columns }) {
  mark.hidden = !area;
  if (!area) return;
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(mark.style, {
    top: percent(area.rows[0], rows), left: percent(area.columns[0], columns),
    height: percent(area.rows[1] - area.rows[0], rows),
    width: percent(area.columns[1] - area.columns[0], columns),
  });
}

export const surround = (row, column) => ({ rows: [row, row + 1], columns: [column, column + 1] });
