// What each card of the tour shows: the value that it points at, its numbers, a figure of more.

import { SHAPES, crossEntropy, explain, softmax, sum } from "../shared/net.js";
import { fill, format, formatPercent, minus, round, showData } from "../shared/numbers.js";
import { RATE, findLargestIndex } from "./lesson.js";
import { drawGrid, drawStory, drawSum } from "./story.js";
import { findIndexOf, isVector } from "./views.js";

export const findAt = (layer, place) =>
  (isVector(layer) ? place[0] : findIndexOf(layer, ...place));

const MOST = 9; // decimals

const group = (count) => count.toLocaleString("en"); // 61,706

// Decimals that show two digits of a number, and no fewer than `least`.
const countDecimals = (value, least) =>
  Math.max(least, Math.min(MOST, 1 - Math.floor(Math.log10(Math.abs(value)))));

const fix = (value, decimals) => minus(value.toFixed(decimals));

// Three digits, however small the number: 0.0000123, never 1.23e−5.
const writePlainly = (value) =>
  minus(value.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false }));

// With as many digits as its logarithm needs: 0.999890 and 0.0000123.
const writeShare = (share) =>
  (share < 0.5 ? writePlainly(share) : fix(share, countDecimals(1 - share, 2) + 1));

// The weight of conv1 that the tour trains: on the path's kernel, the one with the largest gradient.
function findWeight({ net, gradients }, path) {
  const start = 25 * path.conv1[0];
  const slopes = gradients.conv1.weight.subarray(start, start + 25);
  const at = findLargestIndex(slopes.map(Math.abs));
  return { start, slopes, at, slope: slopes[at], weight: net.conv1.weight[start + at] };
}

function drawWindow(scene) {
  const { net, layers, path, palette, words } = scene;
  const { terms } = explain(net, layers, "conv1", ...path.conv1);
  const [{ row, column }] = terms;
  const place = `input[0, ${row}:${row + 5}, ${column}:${column + 5}]`;
  const here = 5 * (path.input[1] - row) + path.input[2] - column;
  return drawGrid("window", `${words.window} <code>${place}</code>`,
    terms.map(({ input }) => round(input)), 5, palette, here);
}

function drawChannelSums({ net, layers, path, words }) {
  const { terms, bias, value } = explain(net, layers, "conv2", ...path.conv2);
  const sums = Array.from({ length: 6 }, (_, channel) => [`<code>pool1[${channel}]</code>`,
    round(sum(terms.slice(25 * channel, 25 * (channel + 1)), ({ product }) => product)), "channel"]);
  const parts = [...sums, [words.bias, round(bias), "bias"]];
  return `<table class="sum">${drawSum(parts, round(value), words)}</table>`;
}

function drawShares({ layers, words }) {
  const shares = softmax(layers.fc3);
  const best = findLargestIndex(layers.fc3);
  const rows = Array.from(layers.fc3, (logit, digit) =>
    `<tr${digit === best ? ' class="best"' : ""}><th>${digit}</th><td>${showData(round(logit))}</td>
     <td>${formatPercent(shares[digit])}</td></tr>`);
  return `<table class="shares"><tr><th></th><th>${words.tour_logit}</th><th>softmax</th></tr>
    ${rows.join("")}</table>`;
}

function drawSlopes({ lesson, path, palette, words }) {
  const { start, slopes, at } = findWeight(lesson, path);
  const weights = lesson.net.conv1.weight.subarray(start, start + 25);
  const limit = Math.max(...slopes.map(Math.abs));
  const grow = limit ? 10 ** (3 - Math.floor(Math.log10(limit))) : 1; // as thousandths: 3 digits
  const name = `conv1.weight[${path.conv1[0]}, 0]`;
  const power = Math.round(Math.log10(grow / 1000));
  const unit = power ? ` × 10<sup>${minus(String(-power))}</sup>` : "";
  return `<div class="grids">
    ${drawGrid("kernel", `${words.kernel} <code>${name}</code>`, Array.from(weights, round), 5,
      palette, at)}
    ${drawGrid("slopes", `${words.tour_slopes}${unit}`,
      Array.from(slopes, (slope) => Math.round(grow * slope) || 0), 5, palette, at)}</div>`;
}

const story = (layer) => ({ net, layers, path, palette, words }) =>
  drawStory(net, layers, layer, path[layer], 0, palette, words);

// Of each card: the layer it stands below and the value there that it points at; name → a number of
// its text, with how it is written; a figure. They take a scene, { net, layers, path, words, palette }
// of what is seen, and from the loss on { lesson }, what the tour has of teach().
export const CARDS = {
  pixel: { layer: "input", draw: drawWindow, count: ({ layers, path }) =>
    ({ value: [layers.input[findAt("input", path.input)], format] }) },
  convolution: { layer: "conv1", draw: story("conv1"), count: ({ layers, path }) =>
    ({ value: [layers.conv1[findAt("conv1", path.conv1)], format] }) },
  relu: { layer: "conv1", count({ layers, path }) {
    const value = layers.conv1[findAt("conv1", path.conv1)];
    const cut = layers.conv1.reduce((count, each) => count + (each <= 0), 0);
    return { value: [value, format], kept: [Math.max(0, value), format],
      cut: [cut, group], all: [layers.conv1.length, group] };
  } },
  pooling: { layer: "pool1", draw: story("pool1"), count: ({ layers, path }) =>
    ({ value: [layers.pool1[findAt("pool1", path.pool1)], format] }) },
  channels: { layer: "conv2", draw: drawChannelSums, count: ({ layers, path }) =>
    ({ value: [layers.conv2[findAt("conv2", path.conv2)], format] }) },
  flatten: { layer: "fc1", draw: story("fc1"), count: ({ layers, path }) =>
    ({ all: [layers.pool2.length, String], value: [layers.fc1[path.fc1[0]], format] }) },
  softmax: { layer: "fc3", draw: drawShares, count({ layers }) {
    const digit = findLargestIndex(layers.fc3);
    return { digit: [digit, String], logit: [layers.fc3[digit], format],
      share: [softmax(layers.fc3)[digit], formatPercent] };
  } },
  loss: { layer: "fc3", count({ lesson: { layers, label, loss } }) {
    const others = layers.fc3.map((logit, digit) => (digit === label ? -Infinity : logit));
    return { label: [label, String], other: [findLargestIndex(others), String],
      loss: [loss, writePlainly], share: [softmax(layers.fc3)[label], writeShare] };
  } },
  gradient: { layer: "conv1", draw: drawSlopes, count: ({ lesson, path }) =>
    ({ all: [lesson.net.values.length, group],
      slope: [findWeight(lesson, path).slope, writePlainly] }) },
  // the numbers add up as they are shown: the slope has three decimals less than its thousandth
  step: { layer: "fc3", count({ layers, lesson, path }) {
    const { weight, slope } = findWeight(lesson, path);
    const decimals = countDecimals(RATE * slope, 5);
    const [old, change] = [weight, slope].map((value, n) => Number(value.toFixed(decimals - 3 * n)));
    const { loss: now } = crossEntropy([layers.fc3], [lesson.label]);
    const losses = countDecimals(lesson.loss - now, 2);
    return { rate: [RATE, String], label: [lesson.label, String],
      weight: [weight, () => fix(old, decimals)],
      slope: [slope, () => fix(change, decimals - 3)],
      moved: [old - RATE * change, (value) => fix(value, decimals)],
      before: [lesson.loss, (value) => fix(value, losses)],
      now: [now, (value) => fix(value, losses)] };
  } },
};

// A card's sentences as HTML, each number in a <data> that scripts can read.
export function writeCard(name, scene) {
  const { words, lesson } = scene;
  const numbers = Object.entries(CARDS[name].count(scene)).map(([key, [value, write]]) =>
    [key, `<data data-name="${key}" value="${value}">${write(value)}</data>`]);
  const opening = name === "loss" ? `${words[`tour_${lesson.source}`]} ` : "";
  return fill(opening + words[`tour_${name}`], Object.fromEntries(numbers));
}
