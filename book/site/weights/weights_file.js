// A file of torch.save with the weights of Net → its 61,706 values, or a refusal that says what was found.

import { PARAMETERS, decodeHalf } from "../../../lenet_course/widgets/shared/net.js";
import { ForeignObject, readPickle } from "./pickle.js";
import { listEntries } from "./zip.js";

const MOST_BYTES = 50_000_000; // bytes; Net's are 0.5 MB at most, with an optimizer's state 1.5 MB
const READERS = { // a storage's type → bytes a number, and how one is read
  FloatStorage: [4, (view, at) => view.getFloat32(at, true)],
  DoubleStorage: [8, (view, at) => view.getFloat64(at, true)],
  HalfStorage: [2, (view, at) => decodeHalf(view.getUint16(at, true))],
};
const WANTED = Object.entries(PARAMETERS).flatMap(([layer, shapes]) =>
  Object.entries(shapes).map(([name, shape]) => [`${layer}.${name}`, shape]));

// `key` finds the words for what a file is instead (the explorer's), `values` fill them.
class Refusal extends Error {
  constructor(key, values = {}) {
    super(`${key} ${JSON.stringify(values)}`);
    Object.assign(this, { key, values });
  }
}

// `blob`: a state_dict of Net, or {"weights": one, …} as load_trained reads it.
async function readWeightsFile(blob) {
  const size = blob.size.toLocaleString("en");
  if (blob.size > MOST_BYTES) throw new Refusal("too_large", { size });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  try {
    const entries = listEntries(bytes);
    const pickle = [...entries?.keys() ?? []].find((name) => name.endsWith("/data.pkl"));
    if (!pickle) throw new Refusal("no_archive", { size });
    const found = readPickle(await entries.get(pickle)());
    const folder = pickle.replace(/data\.pkl$/, "data/");
    const parts = findTensors(found).map((tensor) => readTensor(tensor, folder, entries));
    const values = (await Promise.all(parts)).flat();
    const bad = values.filter((value) => !Number.isFinite(value)).length;
    if (bad) throw new Refusal("not_finite", { count: bad });
    return Float32Array.from(values);
  } catch (error) {
    if (error instanceof ForeignObject) throw new Refusal("foreign", { name: error.message });
    // a place beyond the end, an entry that is not there or does not unpack
    throw error instanceof RangeError || error instanceof TypeError ? new Refusal("damaged") : error;
  }
}

function findTensors(found) {
  const weights = found instanceof Map ? found.get("weights") ?? found : new Map();
  const shapes = new Map([...weights].map(([name, value]) => [name, value?.shape?.join("×") ?? "?"]));
  const wanted = new Map(WANTED.map(([name, shape]) => [name, shape.join("×")]));
  const others = [...new Set([...wanted.keys(), ...shapes.keys()])]
    .filter((name) => shapes.get(name) !== wanted.get(name));
  if (others.length) {
    const name = others[0];
    throw new Refusal("other_network", { name, got: shapes.get(name) ?? "–", wanted: wanted.get(name) ?? "–" });
  }
  return WANTED.map(([name]) => weights.get(name));
}

// A tensor's numbers in its own order, wherever they lie (channels_last).
async function readTensor({ type, key, offset, shape, strides }, folder, entries) {
  if (!READERS[type]) throw new Refusal("other_type", { type: type.replace("Storage", "Tensor") });
  const [width, read] = READERS[type];
  const data = await entries.get(folder + key)();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const findPlace = (i) => shape.reduceRight(([rest, at], size, d) =>
    [Math.floor(rest / size), at + (rest % size) * strides[d]], [i, offset])[1];
  const count = shape.reduce((all, size) => all * size);
  return Array.from({ length: count }, (_, i) => read(view, width * findPlace(i)));
}

export default { readWeightsFile };
