// How one value came about, as HTML, in numbers that add up as they are shown: the sum first, then
// what was added.

import { explain, softmax } from "../shared/net.js";
import { fill, format, formatPercent, round, show, showData } from "../shared/numbers.js";

export const LARGEST = 8; // contributions of a linear layer that are listed

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

// Where a term of explain() was read, under the name its map has in the page.
function nameSource(from, { channel, row, column }) {
  const names = { relu1: "conv1", relu2: "conv2", relu3: "fc1", relu4: "fc2" };
  const place = from === "relu3" || from === "relu4" ? channel : `${channel}, ${row}, ${column}`;
  return names[from] ? `relu(${names[from]}[${place}])` : `${from}[${place}]`;
}

export function drawGrid(name, title, numbers, columns, palette, winner = -1) {
  const limit = Math.max(...numbers.map(Math.abs));
  const cells = numbers.map((number, i) => {
    const mark = i === winner ? ' class="winner"' : "";
    return `<td${mark} style="${palette.style(number, limit)}">${showData(number)}</td>`;
  });
  const rows = [];
  for (let i = 0; i < cells.length; i += columns) {
    rows.push(`<tr>${cells.slice(i, i + columns).join("")}</tr>`);
  }
  return `<figure class="grid" data-grid="${name}"><figcaption>${title}</figcaption>
    <table>${rows.join("")}</table></figure>`;
}

// Rows of a table whose last column adds up to the value; what rounding took is a row too.
export function drawSum(parts, value, words) {
  const rest = value - total(parts.map(([, number]) => number));
  const all = rest ? [...parts, [words.rounding, rest, "rounding"]] : parts;
  const rows = [...all, [words.sum, value, "sum"]].map(([name, number, id]) =>
    `<tr data-term="${id}"><th colspan="3">${name}</th><td>${showData(number)}</td></tr>`);
  return rows.join("");
}

function drawRelu(value, words) {
  const why = value > 0 ? words.relu_keeps : words.relu_cuts;
  return `<tr data-term="relu"><th colspan="3">
    <code>relu(${show(value)})</code> <small>${why}</small></th><td>${showData(Math.max(0, value))}</td></tr>`;
}

function drawConvolution(story, layer, map, channel, palette, words) {
  const { terms, bias, value, from } = story;
  const channels = [];
  for (let i = 0; i < terms.length; i += 25) channels.push(terms.slice(i, i + 25));
  const products = channels.map((part) => part.map(({ product }) => round(product)));
  const sums = products.map(total);
  const [{ row, column }] = channels[channel];
  const look = (name) => channels[channel].map((term) => round(term[name]));
  const place = `${from}[${channel}, ${row}:${row + 5}, ${column}:${column + 5}]`;
  const kernel = `${layer}.weight[${map}, ${channel}]`;
  const count = channels.length > 1 ? words.products_of_channels : words.products_sum;
  const parts = [[count, total(sums), "products"], [words.bias, round(bias), "bias"]];
  return `<table class="sum">
    ${drawSum(parts, round(value), words)}${drawRelu(round(value), words)}</table>
    ${channels.length > 1 ? drawChannels(sums, from, channel, words) : ""}<div class="grids">
    ${drawGrid("window", `${words.window} <code>${place}</code>`, look("input"), 5, palette)}
    ${drawGrid("kernel", `× ${words.kernel} <code>${kernel}</code>`, look("weight"), 5, palette)}
    ${drawGrid("products", `= ${words.products}`, products[channel], 5, palette)}</div>`;
}

function drawChannels(sums, from, shown, words) {
  const buttons = sums.map((sum, channel) => {
    const name = fill(words.channel_sum, { channel, sum: show(sum) });
    return `<button type="button" data-channel="${channel}" aria-label="${name}"
      aria-pressed="${channel === shown}"><small>${from}[${channel}]</small>
      ${showData(sum)}</button>`;
  });
  return `<p class="note">${words.channels_note}</p>
    <div class="channels">${buttons.join("")}</div>`;
}

function drawPooling({ terms, value, winner, from }, palette, words) {
  const [{ channel, row, column }] = terms;
  const relu = from === "relu1" ? "conv1" : "conv2";
  const place = `relu(${relu}[${channel}, ${row}:${row + 2}, ${column}:${column + 2}])`;
  const numbers = terms.map(({ input }) => round(input));
  return `<table class="sum"><tr data-term="sum"><th>${words.winner}
    <code>${nameSource(from, terms[winner])}</code></th>
    <td>${showData(round(value))}</td></tr></table>
    ${drawGrid("four", `${words.four} <code>${place}</code>`, numbers, 2, palette, winner)}`;
}

function drawLinear({ terms, bias, value, from }, lastRow, palette, words) {
  const largest = terms.slice(0, LARGEST);
  const rest = terms.slice(LARGEST).map(({ product }) => product);
  const reach = Math.abs(largest[0].product) || 1;
  const rows = largest.map((term) => {
    const size = (100 * Math.abs(term.product)) / reach;
    return `<tr data-term="product"><td><code>${nameSource(from, term)}</code></td>
      <td>${format(term.input)} × ${format(term.weight)}</td>
      <td class="bar"><i style="width:${size}%;${palette.style(term.product, reach)}"></i></td>
      <td>${showData(round(term.product))}</td></tr>`;
  });
  const shown = total(largest.map(({ product }) => round(product)));
  const parts = [[fill(words.largest_sum, { count: LARGEST }), shown, "products"],
    [fill(words.rest_sum, { count: rest.length }), round(total(rest)), "rest"],
    [words.bias, round(bias), "bias"]];
  return `<table class="sum">${drawSum(parts, round(value), words)}${lastRow}</table>
    <p class="note">${fill(words.largest, { count: LARGEST, all: terms.length })}</p>
    <table class="sum terms">${rows.join("")}</table>`;
}

// HTML for the value at (channel, row, column); `channel`: which of conv2's six is in view.
export function drawStory(net, layers, layer, place, channel, palette, words) {
  const story = explain(net, layers, layer, ...place);
  if (layer.startsWith("pool")) return drawPooling(story, palette, words);
  if (layer.startsWith("conv")) {
    return drawConvolution(story, layer, place[0], channel, palette, words);
  }
  const relu = drawRelu(round(story.value), words);
  const share = formatPercent(softmax(layers.fc3)[place[0]]);
  const softmaxRow = `<tr data-term="softmax"><th colspan="3"><code>softmax</code>
    <small>e<sup>${format(story.value)}</sup> / Σ e<sup>logit</sup></small></th>
    <td>${share}</td></tr>`;
  return drawLinear(story, layer === "fc3" ? softmaxRow : relu, palette, words);
}
