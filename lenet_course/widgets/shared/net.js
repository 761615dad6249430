// LeNet as lenet_course.model.Net computes it in PyTorch, forward and backward, over Float32Arrays.
// Maps lie in memory as PyTorch's do: (channel, row, column) of maps with `side` rows and columns
// is at (channel * side + row) * side + column.

// What each step of Net.forward puts out, under the names of lenet_course.features; fc3: logits.
export const SHAPES = {
  input: [1, 32, 32],
  conv1: [6, 28, 28], relu1: [6, 28, 28], pool1: [6, 14, 14],
  conv2: [16, 10, 10], relu2: [16, 10, 10], pool2: [16, 5, 5],
  fc1: [120], relu3: [120], fc2: [84], relu4: [84], fc3: [10],
};

// The parameters, in the order of Net's state_dict.
export const PARAMETERS = {
  conv1: { weight: [6, 1, 5, 5], bias: [6] },
  conv2: { weight: [16, 6, 5, 5], bias: [16] },
  fc1: { weight: [120, 400], bias: [120] },
  fc2: { weight: [84, 120], bias: [84] },
  fc3: { weight: [10, 84], bias: [10] },
};

// [kernel, stride] of the steps that look at a window. To fc1 each map of pool2 is one window.
const WINDOWS = { conv1: [5, 1], pool1: [2, 2], conv2: [5, 1], pool2: [2, 2], fc1: [5, 1] };

const STEPS = Object.keys(SHAPES);
const PARAMETER_COUNT = 61706;

const countValues = (shape) => shape.reduce((product, size) => product * size);
export const sum = (values, f = Number) => values.reduce((total, value) => total + f(value), 0);

export function check(right, wanted, got) {
  if (!right) throw new Error(`expected ${wanted}, got ${got}`);
}

// Parameters

// 61,706 values → { values, conv1: { weight, bias }, … }: names for parts of the same memory.
export function makeNet(values) {
  check(values.length === PARAMETER_COUNT, `${PARAMETER_COUNT} parameters`, values.length);
  const net = { values };
  let start = 0;
  for (const [layer, shapes] of Object.entries(PARAMETERS)) {
    net[layer] = {};
    for (const [name, shape] of Object.entries(shapes)) {
      net[layer][name] = values.subarray(start, (start += countValues(shape)));
    }
  }
  return net;
}

// The low and the high bytes of float16 → a net.
export function decodeWeights(low, high) {
  for (const bytes of [low, high]) {
    check(bytes.length === PARAMETER_COUNT, `${PARAMETER_COUNT} bytes`, bytes.length);
  }
  const values = new Float32Array(PARAMETER_COUNT);
  for (let i = 0; i < PARAMETER_COUNT; i++) values[i] = decodeHalf(low[i] | (high[i] << 8));
  return makeNet(values);
}

// The 16 bits of a float16 → its value. They are moved to where float32 has its exponent and
// fraction, and the exponent's other bias, 127 for 15, is made good by a factor of 2^112.
// Source: IEEE 754, binary16: 1 bit of sign, 5 of exponent (all ones: not finite), 10 of fraction.
export function decodeHalf(half) {
  bits[0] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
  if ((half & 0x7c00) === 0x7c00) bits[0] |= 0x7f800000;
  return single[0] * 2 ** 112;
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

// Forward

// Room for every step of one image; the winners of pooling are indices into relu1 and relu2.
export function makeLayers() {
  const layers = {};
  for (const step of STEPS) layers[step] = new Float32Array(countValues(SHAPES[step]));
  layers.winners1 = new Uint16Array(layers.pool1.length);
  layers.winners2 = new Uint16Array(layers.pool2.length);
  return layers;
}

export function forward(net, input, layers = makeLayers()) {
  check(input.length === 1024, "32×32 = 1024 pixels", input.length);
  layers.input.set(input);
  convolve(layers.input, 32, net.conv1, layers.conv1);
  rectify(layers.conv1, layers.relu1);
  pool(layers.relu1, 28, layers.pool1, layers.winners1);
  convolve(layers.pool1, 14, net.conv2, layers.conv2);
  rectify(layers.conv2, layers.relu2);
  pool(layers.relu2, 10, layers.pool2, layers.winners2);
  connect(layers.pool2, net.fc1, layers.fc1);
  rectify(layers.fc1, layers.relu3);
  connect(layers.relu3, net.fc2, layers.fc2);
  rectify(layers.fc2, layers.relu4);
  connect(layers.relu4, net.fc3, layers.fc3);
  return layers;
}

// (channels, side, side) → (maps, side − 4, side − 4), one row of one kernel after the other.
function convolve(input, side, { weight, bias }, output) {
  const outputSide = side - 4;
  const area = outputSide * outputSide;
  const kernelRows = weight.length / bias.length / 5; // 5 for each channel
  for (let map = 0, k = 0; map < bias.length; map++) {
    output.fill(bias[map], map * area, (map + 1) * area);
    for (let r = 0; r < kernelRows; r++, k += 5) {
      const start = (Math.floor(r / 5) * side + (r % 5)) * side;
      const k0 = weight[k], k1 = weight[k + 1], k2 = weight[k + 2];
      const k3 = weight[k + 3], k4 = weight[k + 4];
      for (let row = 0, o = map * area; row < outputSide; row++) {
        let i = start + row * side;
        let x0 = input[i], x1 = input[i + 1], x2 = input[i + 2], x3 = input[i + 3];
        for (const end = o + outputSide; o < end; o++, i++) {
          const x4 = input[i + 4];
          output[o] += k0 * x0 + k1 * x1 + k2 * x2 + k3 * x3 + k4 * x4;
          x0 = x1; x1 = x2; x2 = x3; x3 = x4; // the window slides: one new value a step
        }
      }
    }
  }
}

function rectify(input, output) {
  for (let i = 0; i < input.length; i++) output[i] = Math.max(0, input[i]);
}

// The largest of each 2×2; among equals the first, as in PyTorch.
function pool(input, side, output, winners) {
  const half = side / 2;
  for (let o = 0; o < output.length; o++) {
    const first = 2 * (Math.floor(o / half) * side + (o % half));
    let winner = first;
    if (input[first + 1] > input[winner]) winner = first + 1;
    if (input[first + side] > input[winner]) winner = first + side;
    if (input[first + side + 1] > input[winner]) winner = first + side + 1;
    winners[o] = winner;
    output[o] = input[winner];
  }
}

function connect(input, { weight, bias }, output) {
  for (let o = 0, k = 0; o < output.length; o++) {
    let total = bias[o];
    for (let i = 0; i < input.length; i++, k++) total += weight[k] * input[i];
    output[o] = total;
  }
}

// Loss: of N rows of logits, its mean and its gradient for each row

// In float64, so that a probability close to 1 keeps its distance from 1.
export function softmax(logits) {
  const logSum = logSumExp(logits);
  return Float64Array.from(logits, (logit) => Math.exp(logit - logSum));
}

// As nn.CrossEntropyLoss; a label is a digit.
export function crossEntropy(rows, labels) {
  const losses = rows.map((logits, n) => logSumExp(logits) - logits[labels[n]]);
  const differentiate = (logits, n) =>
    softmax(logits).map((p, digit) => (p - (digit === labels[n])) / rows.length);
  return { loss: sum(losses) / rows.length, lossGradients: rows.map(differentiate) };
}

// As nn.MSELoss: the mean over all 10 N squared errors; a target is a row of 10.
export function meanSquaredError(rows, targets) {
  const count = 10 * rows.length;
  const errors = rows.map((logits, n) => logits.map((logit, digit) => logit - targets[n][digit]));
  const loss = sum(errors, (row) => sum(row, (error) => error ** 2)) / count;
  return { loss, lossGradients: errors.map((row) => row.map((error) => (2 * error) / count)) };
}

// The largest is taken out first, so that no power overflows.
function logSumExp(logits) {
  const largest = Math.max(...logits);
  return largest + Math.log(sum(logits, (logit) => Math.exp(logit - largest)));
}

// Backward

// Zeros in the form of a net, for gradients or for the velocity of SGD.
export const makeGradients = () => makeNet(new Float32Array(PARAMETER_COUNT));

// Adds a batch's gradients to those in store, as PyTorch adds to .grad. The batch: the layers of N
// images, and the loss's gradient for the logits of each.
export function backward(net, batch, lossGradients, gradients = makeGradients()) {
  check(lossGradients.length === batch.length, `${batch.length} rows`, lossGradients.length);
  const grad = makeLayers(); // the loss's gradient for the values of each step
  batch.forEach((layers, n) => {
    grad.fc3.set(lossGradients[n]);
    connectBack(layers.relu4, net.fc3, grad.fc3, gradients.fc3, grad.relu4);
    rectifyBack(layers.relu4, grad.relu4, grad.fc2);
    connectBack(layers.relu3, net.fc2, grad.fc2, gradients.fc2, grad.relu3);
    rectifyBack(layers.relu3, grad.relu3, grad.fc1);
    connectBack(layers.pool2, net.fc1, grad.fc1, gradients.fc1, grad.pool2);
    poolBack(layers.winners2, grad.pool2, grad.relu2);
    rectifyBack(layers.relu2, grad.relu2, grad.conv2);
    convolveBack(layers.pool1, 14, net.conv2, grad.conv2, gradients.conv2, grad.pool1);
    poolBack(layers.winners1, grad.pool1, grad.relu1);
    rectifyBack(layers.relu1, grad.relu1, grad.conv1);
    convolveBack(layers.input, 32, net.conv1, grad.conv1, gradients.conv1, grad.input);
  });
  return gradients;
}

// Each output hands its gradient to all that made it: the bias, the weights (times the input that
// they met) and the inputs (times the weight).
function convolveBack(input, side, { weight, bias }, gradOutput, gradients, gradInput) {
  const outputSide = side - 4;
  const kernelRows = weight.length / bias.length / 5;
  gradInput.fill(0);
  gradOutput.forEach((gradient, o) => {
    if (gradient === 0) return; // most are: losers of pooling, and what ReLU cut off
    const map = Math.floor(o / outputSide / outputSide);
    const row = Math.floor(o / outputSide) % outputSide;
    gradients.bias[map] += gradient;
    for (let r = 0, k = map * kernelRows * 5; r < kernelRows; r++) {
      let i = (Math.floor(r / 5) * side + (r % 5) + row) * side + (o % outputSide);
      for (const end = k + 5; k < end; k++, i++) {
        gradients.weight[k] += gradient * input[i];
        gradInput[i] += gradient * weight[k];
      }
    }
  });
}

function rectifyBack(output, gradOutput, gradInput) {
  for (let i = 0; i < output.length; i++) gradInput[i] = output[i] <= 0 ? 0 : gradOutput[i];
}

function poolBack(winners, gradOutput, gradInput) {
  gradInput.fill(0);
  for (let o = 0; o < winners.length; o++) gradInput[winners[o]] = gradOutput[o];
}

function connectBack(input, { weight }, gradOutput, gradients, gradInput) {
  gradInput.fill(0);
  gradOutput.forEach((gradient, o) => {
    gradients.bias[o] += gradient;
    for (let i = 0, k = o * input.length; i < input.length; i++, k++) {
      gradients.weight[k] += gradient * input[i];
      gradInput[i] += gradient * weight[k];
    }
  });
}

// As torch.optim.SGD. With momentum, the velocity is a store that is kept between steps.
export function updateWeights(net, gradients, { learningRate, momentum = 0, velocity = null }) {
  check(!momentum || velocity, "a velocity to go with the momentum", velocity);
  for (let i = 0; i < PARAMETER_COUNT; i++) {
    let step = gradients.values[i];
    if (momentum) step = velocity.values[i] = momentum * velocity.values[i] + step;
    net.values[i] -= learningRate * step;
  }
}

// Looking inside

function findIndex(step, ...place) {
  check(SHAPES[step], `a step of ${STEPS}`, step);
  const [channels, rows = 1, columns = 1] = SHAPES[step];
  const inside = (at, n) => Number.isInteger(at) && at >= 0 && at < [channels, rows, columns][n];
  check(place.every(inside), `a place in ${step}, of shape ${SHAPES[step]}`, place);
  return (place[0] * rows + place[1]) * columns + place[2];
}

// The rows and columns, [start, stop), of each earlier map that a value depends on; those of the
// input are what lenet_course.features.find_receptive_field gives.
export function findReceptiveField(layer, row = 0, column = 0) {
  findIndex(layer, 0, row, column);
  const field = {};
  let rows = [row, row + 1], columns = [column, column + 1];
  for (let step = STEPS.indexOf(layer); step > 0; step--) {
    const [kernel, stride] = WINDOWS[STEPS[step]] ?? [1, 1];
    const widen = ([start, stop]) => [start * stride, (stop - 1) * stride + kernel];
    [rows, columns] = [widen(rows), widen(columns)];
    const earlier = STEPS[step - 1];
    if (SHAPES[earlier].length === 3) field[earlier] = { rows, columns };
  }
  return field;
}

// How a value came about: `terms` are the values of the step before it that went in, with places.
// Layers with weights: value = sum = bias + all products; a linear layer's largest come first.
// Pooling: the value is that of terms[winner]. ReLU: the one term is the value before it.
export function explain(net, layers, layer, channel, row = 0, column = 0) {
  const value = layers[layer]?.[findIndex(layer, channel, row, column)];
  const from = STEPS[STEPS.indexOf(layer) - 1];
  check(from, `a step of ${STEPS.slice(1)}`, layer);
  const [kernel, stride] = WINDOWS[layer] ?? [1, 1];
  const look = (source, k) => {
    const y = row * stride + (Math.floor(k / kernel) % kernel);
    const x = column * stride + (k % kernel);
    const input = layers[from][findIndex(from, source, y, x)];
    return { channel: source, row: y, column: x, input };
  };
  if (!net[layer]) {
    const terms = Array.from({ length: kernel ** 2 }, (_, k) => look(channel, k));
    return { value, from, terms, winner: terms.findIndex(({ input }) => input === value) };
  }
  const bias = net[layer].bias[channel];
  const size = net[layer].weight.length / net[layer].bias.length;
  const weights = net[layer].weight.subarray(channel * size, (channel + 1) * size);
  const terms = Array.from(weights, (weight, k) => {
    const term = look(Math.floor(k / kernel ** 2), k); // weights lie as (channel, row, column)
    return { ...term, weight, product: weight * term.input };
  });
  if (layer.startsWith("fc")) terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return { value, from, terms, bias, sum: bias + sum(terms, ({ product }) => product) };
}
