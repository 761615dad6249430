// What was done since the network was new, for a link: pairs of a setting's name and its value, of
// "steps" and their first letters, of "rounds" and how often all five were taken in a row.

import { LOOP } from "./loop.js";

const ROUND = Object.keys(LOOP).map((step) => step[0]).join("");

// Such pairs one by one: a setting as it is, ["step", its name] for each step.
export const listDone = (pairs) => pairs.flatMap(([name, value]) => {
  if (name !== "steps" && name !== "rounds") return [[name, value]];
  const letters = name === "rounds" ? ROUND.repeat(value) : value;
  return [...letters].map((letter) =>
    ["step", Object.keys(LOOP).find((step) => step[0] === letter)]);
});

// `start`: the settings as they were at first; `keep(pairs)` is called after each change.
export function makeLog(start, keep) {
  let pairs = [];

  function set(name, value) {
    const since = pairs.slice(pairs.findLastIndex(([each]) => !(each in start)) + 1);
    const before = since.find(([each]) => each === name);
    if (before) before[1] = value;
    else pairs.push([name, value]);
    keep([...pairs]);
  }

  function add(name, value, join) {
    if (pairs.at(-1)?.[0] === name) pairs.at(-1)[1] = join(pairs.at(-1)[1]);
    else pairs.push([name, value]);
  }

  function take(step) {
    add("steps", step[0], (letters) => letters + step[0]);
    const [, letters] = pairs.at(-1);
    if (letters.endsWith(ROUND)) {
      pairs.pop();
      if (letters !== ROUND) pairs.push(["steps", letters.slice(0, -ROUND.length)]);
      add("rounds", 1, (count) => count + 1);
    }
    keep([...pairs]);
  }

  // The settings stay as they are.
  function reset(get) {
    pairs = Object.keys(start).filter((name) => get(name) !== start[name])
      .map((name) => [name, get(name)]);
    keep([...pairs]);
  }

  return { set, take, reset };
}
