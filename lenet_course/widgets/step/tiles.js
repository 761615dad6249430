// A layer's values, weights or gradients as tiles on one canvas.

import { makeCanvas } from "../shared/maps.js";

// Tiles across and down, and a tile's rows and columns; conv2's kernels: a column for each map.
export const TILES = {
  values: { conv1: [3, 2, 28, 28], conv2: [8, 2, 10, 10], fc1: [1, 1, 4, 30], fc2: [1, 1, 3, 28],
    fc3: [1, 1, 1, 10] },
  weights: { conv1: [3, 2, 5, 5], conv2: [16, 6, 5, 5], fc1: [1, 1, 120, 400],
    fc2: [1, 1, 84, 120], fc3: [1, 1, 10, 84] },
};
TILES.gradients = TILES.weights;

// Values as tiles, a clear pixel between them.
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
        pixels[i] = place < 0 ? 0 : signed[(255.5 + share) | 0];
      });
      context.putImageData(image, 0, 0);
    },
  };
}
