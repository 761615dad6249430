// What a link may say of each kind of widget, as key=value, and what of that is believed: a value
// that the widget could not have written is left out.

import { decodeInk, encodeInk } from "./link_ink.js";

const MOST_STEPS = 2000; // of training, which are taken anew: 400 rounds

const takeWhole = (text, end) =>
  (/^\d{1,4}$/.test(text) && Number(text) < end ? Number(text) : undefined);

function takeNumber(text, low, high) {
  const value = /^\d{1,2}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  return low <= value && value <= high ? value : undefined;
}

const takeOneOf = (text, choices) => choices.find((choice) => String(choice) === text);

// conv1,2,10,14 → the layer and the value's index in it.
function takePlace(text, shapes) {
  const [layer, ...numbers] = text.split(",");
  if (!Object.hasOwn(shapes, layer) || layer.startsWith("relu")) return undefined; // not shown
  const shape = shapes[layer];
  const place = numbers.map((number, axis) => takeWhole(number, shape[axis]));
  if (place.length !== shape.length || place.includes(undefined)) return undefined;
  return { layer, index: place.reduce((index, at, axis) => index * shape[axis] + at, 0) };
}

function writePlace({ layer, index }, shapes) {
  const place = [...shapes[layer]].reverse().map((size) => {
    const at = index % size;
    index = Math.floor(index / size);
    return at;
  });
  return [layer, ...place.reverse()].join();
}

// Keys that each stand for one of the model's: key → [its name, take(text, state), write(value)].
const makeKeys = (keys, agree = () => ({})) => ({
  names: Object.values(keys).map(([name]) => name),
  read(pairs, state) {
    const found = {};
    for (const [key, [name, take]] of Object.entries(keys)) {
      const text = pairs.find(([each]) => each === key)?.[1];
      const value = text === undefined ? undefined : take(text, state);
      if (value !== undefined) found[name] = value;
    }
    return { ...found, ...agree(found, { ...state, ...found }) };
  },
  write(get, own) {
    const tell = (value, write) => (value === undefined || value === null ? "" : write(value));
    return Object.entries(keys).flatMap(([key, [name, , write = String]]) => {
      const text = tell(get(name), write);
      return text && text !== tell(own[name], write) ? [[key, text]] : [];
    });
  },
});

// What was done to StepByStep, in its order: settings, steps by their first letters, whole rounds.
const DONE = {
  picture: ["index", (text, { labels }) => takeWhole(text, labels.length)],
  images: ["batch_size", (text, { labels }) => takeOneOf(text, [1, labels.length])],
  loss: ["criterion", (text) => takeOneOf(text, ["cross_entropy", "mse_loss"])],
  rate: ["learning_rate", (text) => takeNumber(text, 0.001, 10)],
  momentum: ["momentum", (text) => takeNumber(text, 0, 0.999999)],
  steps: ["steps", (text) => (/^[zflbu]{1,500}$/.test(text) ? text : undefined)],
  rounds: ["rounds", (text) => takeWhole(text, MOST_STEPS)],
};
const SETTINGS = Object.keys(DONE).slice(0, -2);

const countSteps = (name, value) =>
  (name === "rounds" ? 5 * value : name === "steps" ? value.length : 0);

const LOOPS = {
  names: ["did"],
  read(pairs, state) {
    let steps = 0;
    const did = pairs.flatMap(([key, text]) => {
      const [name, take] = Object.hasOwn(DONE, key) ? DONE[key] : [];
      const value = take?.(text, state);
      if (value !== undefined) steps += countSteps(name, value);
      return value === undefined || steps > MOST_STEPS ? [] : [[name, value]];
    });
    return { did };
  },
  write(get) {
    const did = (get("did") ?? []).map(([name, value]) =>
      [Object.keys(DONE).find((key) => DONE[key][0] === name), value]);
    const steps = did.reduce((total, pair) => total + countSteps(...pair), 0);
    return steps > MOST_STEPS ? did.filter(([key]) => SETTINGS.includes(key)) : did;
  },
};

// `shapes`: layer → the sizes of its values, as SHAPES of net.js.
export const makeKinds = (shapes) => ({
  explorer: makeKeys({
    digit: ["index", (text, { labels }) => takeWhole(text, labels.length),
      (index) => (index < 0 ? "" : String(index))],
    ink: ["ink", decodeInk, encodeInk],
    tour: ["tour", (text) => text === "1" || undefined], // starts it, and is then forgotten
    at: ["held", (text) => takePlace(text, shapes), (place) => writePlace(place, shapes)],
    checkpoint: ["checkpoint", (text, { compact }) => (compact ? undefined : takeWhole(text, 1000))],
  }, ({ ink }) => (ink ? { index: -1 } : {})),
  feature_maps: makeKeys({
    picture: ["index", (text, { inputs }) => takeWhole(text, inputs.length / 1024)],
    layer: ["layer", (text) => takeOneOf(text, Object.keys(shapes).slice(1))],
    channel: ["channel", (text) => takeWhole(text, 120)],
  }, (found, { layer, channel }) => (channel < shapes[layer][0] ? {} : { channel: 0 })),
  graph: makeKeys({ node: ["chosen", (text, { nodes }) => takeWhole(text, nodes.length)] }),
  step: LOOPS,
});
