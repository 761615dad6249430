// Runs one job of net.js, ink.js, init.js and twister.js for tests/test_net_js.py: node net_runner.mjs SHARED JOB FOLDER.
// FOLDER/name.f32 holds an array of float32, FOLDER/request.json everything else.
import { readFileSync, writeFileSync } from "node:fs";

const [path, job, folder] = process.argv.slice(2);
const modules = ["net.js", "ink.js", "twister.js", "init.js"].map((name) => readFileSync(`${path}/${name}`, "utf8"));
const source = modules.join("\n").replace(/^import .*$/gm, "");
// a .js file is a module to Node only where a package.json says so: a data URL needs none
const core = await import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);

const request = JSON.parse(readFileSync(`${folder}/request.json`, "utf8"));

function read(name) {
  const bytes = readFileSync(`${folder}/${name}.f32`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function readRows(name, length) {
  const values = read(name);
  const cut = (_, n) => values.subarray(n * length, (n + 1) * length);
  return Array.from({ length: values.length / length }, cut);
}

const readNets = () => readRows("nets", 61706).map((values) => core.makeNet(values.slice()));

function write(name, rows) {
  const parts = rows.map((row) => Buffer.from(Float32Array.from(row).buffer));
  writeFileSync(`${folder}/${name}.f32`, Buffer.concat(parts));
}

function refuse(call) {
  try {
    return call(), "nothing was refused";
  } catch (error) {
    return error.message;
  }
}

const random = (length) => Float32Array.from({ length }, () => 0.2 * Math.random() - 0.1);
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

function time(call) {
  const start = performance.now();
  call();
  return performance.now() - start;
}

// the loss of some rows of the request, and its gradients
function measure(net, { loss, indices }, inputs, targets) {
  const batch = indices.map((index) => core.forward(net, inputs[index]));
  const wanted = indices.map((index) => targets[index]);
  return { batch, ...core[loss](batch.map((layers) => layers.fc3), wanted) };
}

const jobs = {
  // each net reads its own share of the inputs
  forward() {
    const nets = readNets();
    const inputs = readRows("inputs", 1024);
    const layers = core.makeLayers();
    const outputs = Object.fromEntries(request.steps.map((step) => [step, []]));
    inputs.forEach((input, n) => {
      core.forward(nets[Math.floor((n * nets.length) / inputs.length)], input, layers);
      for (const step of request.steps) outputs[step].push(layers[step].slice());
    });
    for (const step of request.steps) write(step, outputs[step]);
  },

  backward() {
    const nets = readNets();
    const inputs = readRows("inputs", 1024);
    const targets = { crossEntropy: request.labels, meanSquaredError: readRows("targets", 10) };
    const losses = [];
    const gradients = request.cases.map((wanted) => {
      const net = nets[wanted.net];
      const { batch, loss, lossGradients } = measure(net, wanted, inputs, targets[wanted.loss]);
      losses.push(loss);
      const store = core.makeGradients();
      for (let pass = 0; pass < wanted.passes; pass++) {
        core.backward(net, batch, lossGradients, store);
      }
      return store.values;
    });
    write("losses", [losses]);
    write("gradients", gradients);
  },

  // as a reader's loop: zero, forward, loss, backward, update
  train() {
    const nets = readNets();
    const inputs = readRows("inputs", 1024);
    const targets = { crossEntropy: request.labels, meanSquaredError: readRows("targets", 10) };
    const gradients = core.makeGradients();
    const trained = request.cases.map((wanted) => {
      const net = core.makeNet(nets[wanted.net].values.slice());
      const velocity = core.makeGradients();
      for (let step = 0; step < 20; step++) {
        gradients.values.fill(0);
        const { batch, lossGradients } = measure(net, wanted, inputs, targets[wanted.loss]);
        core.backward(net, batch, lossGradients, gradients);
        core.updateWeights(net, gradients, { ...wanted, velocity });
      }
      return net.values;
    });
    write("trained", trained);
  },

  draw() {
    write("drawn", [core.drawParameters(request.seed).values]);
  },

  decode() {
    const split = (first) => request.bytes.filter((_, i) => i % 2 === first);
    const [low, high] = [split(0), split(1)];
    const net = core.decodeWeights(low, high);
    write("decoded", [net.values]);
    const names = Object.entries(core.PARAMETERS).flatMap(([layer, shapes]) =>
      Object.keys(shapes).map((name) => [`${layer}.${name}`, shapes[name], [...net[layer][name]]]));
    return { names, short: refuse(() => core.decodeWeights(low, high.slice(4))) };
  },

  refuse() {
    const net = core.makeNet(random(61706));
    const layers = core.forward(net, random(1024));
    return {
      parameters: refuse(() => core.makeNet(new Float32Array(5))),
      pixels: refuse(() => core.forward(net, new Float32Array(784))),
      drawing: refuse(() => core.prepareInk(new Float32Array(10), 3, 4)),
      rows: refuse(() => core.backward(net, [layers], [])),
      velocity: refuse(() => core.updateWeights(net, net, { learningRate: 1, momentum: 0.9 })),
      step: refuse(() => core.findReceptiveField("fc9")),
      place: refuse(() => core.findReceptiveField("pool2", 0, 5)),
      channel: refuse(() => core.explain(net, layers, "conv1", 6, 0, 0)),
      input: refuse(() => core.explain(net, layers, "input", 0, 0, 0)),
    };
  },

  softmax: () => request.rows.map((row) => [...core.softmax(row)]),

  prepare() {
    const inks = request.drawings.map(({ name, width, height }) =>
      core.prepareInk(read(name), width, height));
    write("prepared", inks.map(({ input }) => input));
    return inks.map(({ box, scale, place }) => ({ box, scale, place }));
  },

  fields: () => request.places.map(([layer, row, column]) =>
    core.findReceptiveField(layer, row, column)),

  explain() {
    const [net] = readNets();
    const layers = core.forward(net, read("inputs"));
    return request.places.map(([layer, channel, row, column]) =>
      core.explain(net, layers, layer, channel, row, column));
  },

  // the book's copy: no module, everything in one function
  classic() {
    const names = Object.keys(core);
    const script = source.replace(/^export /gm, "");
    const copy = new Function(`${script}\nreturn { ${names} };`)();
    const net = random(61706);
    const input = random(1024);
    const run = ({ forward, makeNet }) => [...forward(makeNet(net), input).fc3];
    return { names, module: run(core), classic: run(copy) };
  },

  // forward against as many multiplications and additions in the plainest loop, by turns
  speed() {
    const net = core.makeNet(random(61706));
    const input = random(1024);
    const layers = core.makeLayers();
    const multiply = () => {
      let total = 0; // in a register: outside, each addition would write to memory
      for (let row = 0; row < request.multiplications / 1024; row++) {
        for (let i = 0; i < 1024; i++) total += input[i] * net.values[row + i];
      }
      layers.fc3[0] = total;
    };
    const rounds = Array.from({ length: 600 }, () => [
      time(() => core.forward(net, input, layers)), time(multiply)]).slice(100);
    return { forward: median(rounds.map(([a]) => a)), plain: median(rounds.map(([, b]) => b)) };
  },
};

writeFileSync(`${folder}/answer.json`, JSON.stringify(jobs[job]() ?? null));
