// Products of matrices, where a network spends its time: WebAssembly computes two 64-bit numbers at
// once, several times as fast as JavaScript's loops; where a browser cannot, plain loops do.

const COLUMNS = 8; // that the kernel takes together, of two rows: what is read is used often
const MOST_SHARED = 2 ** 26; // bytes of WebAssembly's memory, which is never given back

// Instructions as bytes. Source: WebAssembly Core Specification 2.0, chapter 5, Binary Format.
const number = (n) => [(n & 127) | 128, n >> 7]; // from 0 to 8191, as LEB128 in two bytes
const section = (id, ...bytes) => [id, ...number(bytes.length), ...bytes];
const get = (local) => [0x20, local];
const set = (local, value) => [...value, 0x21, local];
const constant = (n) => [0x41, ...number(n)];
const plus = (a, b) => [...a, ...b, 0x6a];
const minus = (a, b) => [...a, ...b, 0x6b];
const isBelow = (a, b) => [...a, ...b, 0x49];
const load = (at, offset) => [...at, 0xfd, 0x00, 0, offset];
const loadAddress = (at, offset) => [...at, 0x28, 2, offset];
const loadIntoBoth = (at) => [...at, 0xfd, 0x0a, 0, 0];
const storeAt = (at, offset, value) => [...at, ...value, 0xfd, 0x0b, 0, offset];
const addVectors = (a, b) => [...a, ...b, 0xfd, 0xf0, 1];
const multiplyVectors = (a, b) => [...a, ...b, 0xfd, 0xf2, 1];
const repeatWhile = (condition, ...body) => // at least once
  [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];

// Its parameters: addresses of tables that say where left's and right's rows begin, where out
// begins and ends, how many terms a sum has, and the bytes of a row of out
const [LEFTS, RIGHTS, OUT, END, TERMS, WIDTH] = [0, 1, 2, 3, 4, 5];
const [COLUMN, UPPER, LOWER, ROW, FROM, TO, REST] = [6, 7, 8, 9, 10, 11, 12];
const [ABOVE, BELOW, READ] = [13, 14, 15]; // vectors
const SUMS = [[16, 20], [17, 21], [18, 22], [19, 23]]; // of the row above and the one below

function writeKernel() {
  const advance = (local, step) => set(local, plus(get(local), step));
  const addProduct = (sum, factor) =>
    set(sum, addVectors(get(sum), multiplyVectors(get(factor), get(READ))));
  const toBelow = plus(get(TO), get(WIDTH));
  return repeatWhile(isBelow(get(OUT), get(END)),
    set(COLUMN, constant(0)),
    repeatWhile(isBelow(get(COLUMN), get(WIDTH)),
      set(UPPER, loadAddress(get(LEFTS), 0)),
      set(LOWER, loadAddress(get(LEFTS), 4)),
      set(ROW, get(RIGHTS)),
      set(TO, plus(get(OUT), get(COLUMN))),
      set(REST, get(TERMS)),
      ...SUMS.flatMap(([above, below], i) => [
        set(above, load(get(TO), 16 * i)), set(below, load(toBelow, 16 * i))]),
      repeatWhile(get(REST),
        set(FROM, plus(loadAddress(get(ROW), 0), get(COLUMN))),
        set(ABOVE, loadIntoBoth(get(UPPER))),
        set(BELOW, loadIntoBoth(get(LOWER))),
        ...SUMS.flatMap(([above, below], i) => [
          set(READ, load(get(FROM), 16 * i)), addProduct(above, ABOVE), addProduct(below, BELOW)]),
        advance(UPPER, constant(8)),
        advance(LOWER, constant(8)),
        advance(ROW, constant(4)),
        set(REST, minus(get(REST), constant(1)))),
      ...SUMS.flatMap(([above, below], i) => [
        storeAt(get(TO), 16 * i, get(above)), storeAt(toBelow, 16 * i, get(below))]),
      advance(COLUMN, constant(8 * COLUMNS))),
    advance(LEFTS, constant(8)),
    advance(OUT, plus(get(WIDTH), get(WIDTH))));
}

// A module with one function, `k`, and its memory, `m`
function compileKernel() {
  const [i32, v128] = [0x7f, 0x7b];
  const body = [2, 7, i32, 11, v128, ...writeKernel(), 0x0b];
  const bytes = Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, 1, 0x60, 6, i32, i32, i32, i32, i32, i32, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 2, 1, 0x6d, 2, 0, 1, 0x6b, 0, 0), // "m" and "k"
    ...section(10, 1, ...number(body.length), ...body));
  if (!WebAssembly.validate(bytes)) return null;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

const kernel = compileKernel();

function reserve(bytes) {
  const { m: memory } = kernel;
  const more = bytes - memory.buffer.byteLength;
  if (more > 0) memory.grow(Math.ceil(more / 65536));
  return memory.buffer;
}

function multiplyPlainly({ left, lefts, right, rights, out, width }) {
  lefts.forEach((start, i) => rights.forEach((from, term) => {
    const factor = left[start + term];
    for (let j = 0; j < width; j++) out[i * width + j] += factor * right[from + j];
  }));
}

// Where rows of a matrix begin, one after the other, and how many numbers it has
export const stackRows = (count, length) =>
  ({ starts: Array.from({ length: count }, (_, i) => i * length), size: count * length });

// Room for left (m, k) times right (k, n), which multiply() adds to out (m, n); it holds until the
// next is made. Rows of left and of right may overlap. Those of out are `width` numbers apart: what
// comes after n does not count.
export function makeWorkspace({ starts: lefts, size: leftSize }, { starts: rights, size }, n) {
  const width = Math.ceil(n / COLUMNS) * COLUMNS;
  const rows = lefts.length + (lefts.length % 2);
  const [rightSize, outSize] = [size + COLUMNS, rows * width];
  const tables = 8 * (leftSize + rightSize + outSize);
  const bytes = tables + 4 * (rows + rights.length);
  const isNative = kernel && bytes <= MOST_SHARED;
  const buffer = isNative ? reserve(bytes) : new ArrayBuffer(bytes);
  const left = new Float64Array(buffer, 0, leftSize);
  const right = new Float64Array(buffer, left.byteLength, rightSize);
  const out = new Float64Array(buffer, left.byteLength + right.byteLength, outSize);
  const space = { left, right, out, width };
  if (!isNative) return { ...space, multiply: () => multiplyPlainly({ ...space, lefts, rights }) };
  const table = new Int32Array(buffer, tables, rows + rights.length).fill(0);
  table.set(lefts.map((start) => 8 * start));
  table.set(rights.map((start) => right.byteOffset + 8 * start), rows);
  function multiply() {
    if (!lefts.length || !rights.length || !n) return; // the kernel's loops run at least once
    kernel.k(tables, tables + 4 * rows, out.byteOffset, tables, rights.length, 8 * width);
  }
  return { ...space, multiply };
}
