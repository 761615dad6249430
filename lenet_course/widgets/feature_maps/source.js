// What FeatureMapBrowser shows: Python's maps of the network as it is now; in the book's page, which
// has the shipped weights, those that they make.

import { PARAMETERS, SHAPES, forward } from "../shared/net.js";
import { readBytes, readNet } from "../shared/traits.js";

const AREA = 32 * 32;

const shape = (values, [count, rows = 1, columns = 1]) => ({ values, count, rows, columns });

// The pictures that are here, all or the chosen one alone: 1,024 bytes each, 255 for the darkest ink.
export function readPictures(model) {
  const bytes = readBytes(model.get("inputs"), Uint8Array);
  return Array.from({ length: bytes.length / AREA }, (_, n) =>
    shape(bytes.subarray(AREA * n, AREA * (n + 1)), [1, 32, 32]));
}

// → a function of a picture, the layer's name and the channel: { layers: name → maps, kernel }, where
// the kernel, if the layer has any, is the channel's: maps too, with a name.
export const makeSource = (model) => (model.get("values") ? computeMaps(model) : readMaps(model));

function computeMaps(model) {
  const net = readNet(model);
  return (picture, name, channel) => {
    const found = forward(net, Float32Array.from(picture.values, (byte) => byte / 255));
    const layers = Object.entries(SHAPES).slice(1).map(([layer, sizes]) =>
      [layer, shape(found[layer], sizes)]);
    const sizes = PARAMETERS[name]?.weight.slice(1) ?? [];
    if (sizes.length !== 3) return { layers: new Map(layers) };
    const size = sizes.reduce((product, side) => product * side);
    const weight = net[name].weight.subarray(size * channel, size * (channel + 1));
    return { layers: new Map(layers),
      kernel: { name: `${name}.weight[${channel}]`, ...shape(weight, sizes) } };
  };
}

function readMaps(model) {
  return () => {
    const values = readBytes(model.get("maps"), Float32Array);
    let start = 0;
    const take = (sizes) => {
      const size = sizes.reduce((product, side) => product * side);
      return shape(values.subarray(start, (start += size)), sizes);
    };
    const layers = new Map(model.get("layers").map(([name, ...sizes]) => [name, take(sizes)]));
    const [name, ...sizes] = model.get("kernel");
    return { layers, kernel: name && { name, ...take(sizes) } };
  };
}
