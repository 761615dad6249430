// Tiles: a tensor's values, or a layer's, on one canvas.

import { makeCanvas } from "./maps.js";

// How many of `count` stand side by side: full rows, if that makes a fair shape.
export function chooseColumns(count) {
  const root = Math.ceil(Math.sqrt(count));
  for (let columns = root; columns < 2 * root; columns++) {
    if (count % columns === 0) return columns;
  }
  return root;
}

// Values as tiles, a clear pixel between them: tiles across and down, a tile's rows and columns.
export function makeTiles([across, down, rows, columns], columnFirst) {
  const width = across * (columns + 1) - 1;
  const { canvas, context, image, pixels } = makeCanvas(width, down * (rows + 1) - 1);
  const places = Int32Array.from(pixels, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [right, low] = [Math.floor(x / (columns + 1)), Math.floor(y / (rows + 1))];
    const [column, row] = [x % (columns + 1), y % (rows + 1)];
    const tile = columnFirst ? right * down + low : low * across + right;
    return column < columns && row < rows ? (tile * rows + row) * columns + column : -1;
  });
  return {
    canvas,
    paint(values, limit, { signed }) {
      const factor = limit ? 255 / limit : 0;
      places.forEach((place, i) => {
        const share = Math.max(-255, Math.min(255, factor * values[place])) || 0;
        pixels[i] = place < 0 || place >= values.length ? 0 : signed[(255.5 + share) | 0];
      });
      context.putImageData(image, 0, 0);
    },
  };
}
