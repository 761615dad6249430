// What each card of the tour shows: the value that it points at, its numbers, a figure of more.

import { SHAPES, crossEntropy, explain, softmax, sum } from "../shared/net.js";
import { fill, fix, format, formatPercent, minus, round, showData } from "../shared/numbers.js";
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
  const power = limit >= 0.01 || !limit ? 0 : Math.floor(Math.log10(limit)); // taken out of all
  const name = `conv1.weight[${path.conv1[0]}, 0]`;
  const unit = power ? ` × 10<sup>${minus(power)}</sup>` : "";
  return `<div class="grids">
    ${drawGrid("kernel", `${words.kernel} <code>${name}</code>`, Array.from(weights, round), 5,
      palette, at)}
    ${drawGrid("slopes", `${words.tour_slopes}${unit}`,
      Array.from(slopes, (slope) => round(slope / 10 ** power)), 5, palette, at)}</div>`;
}

const drawTerms = (layer) => ({ net, layers, path, palette, words }) =>
  drawStory(net, layers, layer, path[layer], 0, palette, words);

const readValue = (layer, { layers, path }) => layers[layer][findAt(layer, path[layer])];

const countValue = (layer) => (scene) => ({ value: [readValue(layer, scene), format] });

// Of each card: the layer that it stands below; `count`, the numbers of its text, [number, how it is
// written] each; `draw`, a figure. They take a scene: { net, layers, palette } of what is seen, words,
// the path, and from the loss on { lesson }, what teach() gave.
export const CARDS = {
  tour_pixel: { layer: "input", count: countValue("input"), draw: drawWindow },
  tour_convolution: { layer: "conv1", count: countValue("conv1"), draw: drawTerms("conv1") },
  tour_relu: { layer: "conv1", count(scene) {
    const value = readValue("conv1", scene);
    const { conv1 } = scene.layers;
    const cut = conv1.reduce((count, each) => count + (each <= 0), 0);
    return { value: [value, format], kept: [Math.max(0, value), format],
      cut: [cut, group], all: [conv1.length, group] };
  } },
  tour_pooling: { layer: "pool1", count: countValue("pool1"), draw: drawTerms("pool1") },
  tour_channels: { layer: "conv2", count: countValue("conv2"), draw: drawChannelSums },
  tour_flatten: { layer: "fc1", draw: drawTerms("fc1"), count: (scene) =>
    ({ ...countValue("fc1")(scene), all: [scene.layers.pool2.length, group] }) },
  tour_softmax: { layer: "fc3", draw: drawShares, count({ layers: { fc3 } }) {
    const digit = findLargestIndex(fc3);
    return { digit: [digit, String], logit: [fc3[digit], format],
      share: [softmax(fc3)[digit], formatPercent] };
  } },
  tour_loss: { layer: "fc3", count({ layers: { fc3 }, lesson: { label, loss } }) {
    const others = fc3.map((logit, digit) => (digit === label ? -Infinity : logit));
    return { label: [label, String], other: [findLargestIndex(others), String],
      loss: [loss, writePlainly], share: [softmax(fc3)[label], writeShare] };
  } },
  tour_gradient: { layer: "conv1", draw: drawSlopes, count: ({ lesson, path }) =>
    ({ all: [lesson.net.values.length, group],
      slope: [findWeight(lesson, path).slope, writePlainly] }) },
  tour_step: { layer: "fc3", count: ({ layers, lesson, path }) => ({
    ...countStep(findWeight(lesson, path)),
    label: [lesson.label, String],
    ...countLosses(lesson.loss, crossEntropy([layers.fc3], [lesson.label]).loss),
  }) },
};

// weight − rate × slope = moved, in numbers that add up as they are shown.
function countStep({ weight, slope }) {
  const decimals = countDecimals(RATE * slope, 5);
  const old = Number(weight.toFixed(decimals));
  const shown = Number(slope.toFixed(decimals - 3)); // its thousandth has all
  const text = fix(shown, decimals - 3);
  return { rate: [RATE, String], weight: [old, () => fix(old, decimals)],
    slope: [shown, () => (shown < 0 ? `(${text})` : text)],
    moved: [old - RATE * shown, (moved) => fix(moved, decimals)] };
}

// With as many digits as tell them apart.
function countLosses(before, now) {
  const decimals = countDecimals(before - now, 2);
  const write = (loss) => fix(loss, decimals);
  return { before: [before, write], now: [now, write] };
}

// A card's title, and its sentences as HTML: each number in a <data> that scripts can read.
export function writeCard(name, scene) {
  const { words, lesson } = scene;
  const [title, text] = words[name].split("\n");
  const numbers = Object.entries(CARDS[name].count(scene)).map(([key, [value, write]]) =>
    [key, `<data data-name="${key}" value="${value}">${write(value)}</data>`]);
  const opening = name === "tour_loss" ? `${words[lesson.source]} ` : "";
  return { title, html: fill(opening + text, Object.fromEntries(numbers)) };
}
