// What a tensor's numbers are: how they lie in memory, how a number becomes one of them, and which
// dtype two of them make together.

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

// To the nearest number with so many bits of fraction, ties to even: float32 has 23.
function cutFraction(value, kept) {
  floats[0] = value;
  if (!Number.isFinite(floats[0])) return floats[0];
  const lost = 23 - kept;
  bits[0] += (1 << (lost - 1)) - 1 + ((bits[0] >>> lost) & 1);
  bits[0] &= ~((1 << lost) - 1);
  return floats[0];
}

// Source: IEEE 754, binary16: 10 bits of fraction, down to steps of 2^-24, up to 65504.
function toHalf(value) {
  if (Math.abs(value) < 2 ** -14) return roundToEven(value * 2 ** 24) / 2 ** 24;
  const half = cutFraction(value, 10);
  return Math.abs(half) > 65504 ? half * Infinity : half;
}

export function roundToEven(value) {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

// `convert`: what storing in `array` does not do by itself. int64 lies in doubles: whole numbers
// are exact up to 2^53. `word` and `type`: what torch's messages call it.
export const DTYPES = {
  bool: { array: Uint8Array, bytes: 1, kind: 0, word: "bool", type: "Bool", convert: (x) => +(x !== 0) },
  uint8: { array: Uint8Array, bytes: 1, kind: 1, word: "unsigned char", type: "Byte" },
  int32: { array: Int32Array, bytes: 4, kind: 1, word: "int", type: "Int" },
  int64: { array: Float64Array, bytes: 8, kind: 1, word: "long int", type: "Long", convert: toInteger },
  float16: { array: Float32Array, bytes: 2, kind: 2, word: "c10::Half", type: "Half", convert: toHalf },
  bfloat16: { array: Float32Array, bytes: 2, kind: 2, word: "c10::BFloat16", type: "BFloat16",
    convert: (x) => cutFraction(x, 7) },
  float32: { array: Float32Array, bytes: 4, kind: 2, word: "float", type: "Float" },
  float64: { array: Float64Array, bytes: 8, kind: 2, word: "double", type: "Double" },
};
const RANKS = Object.keys(DTYPES);

function toInteger(value) {
  return Number.isFinite(value) ? Math.trunc(value) + 0 : -(2 ** 63);
}

let defaultDtype = "float32";
export const getDefaultDtype = () => defaultDtype;
export const setDefaultDtype = (dtype) => void (defaultDtype = dtype);

export const isFloating = (dtype) => DTYPES[dtype].kind === 2;
export const bytesOf = (dtype) => DTYPES[dtype].bytes;
export const toFloating = (dtype) => (isFloating(dtype) ? dtype : defaultDtype);

export function promote(a, b) {
  if (a === b || b === undefined) return a;
  if (a === undefined) return b;
  if (DTYPES[a].kind === 2 && DTYPES[b].kind === 2 && DTYPES[a].bytes + DTYPES[b].bytes === 4) {
    return "float32"; // of the two halves, neither holds the other's numbers
  }
  return RANKS.indexOf(a) > RANKS.indexOf(b) ? a : b;
}

// Tensors with dimensions decide; one without, or a Python number, only where its kind is higher.
// Source: PyTorch, Tensor Attributes, torch.dtype: type promotion.
export function resultType(tensors) {
  const [sized, single, number] = [[], [], []];
  for (const t of tensors) (t.isNumber ? number : t.shape.length ? sized : single).push(t.dtype);
  return [sized, single, number].map((dtypes) => dtypes.reduce(promote, undefined)).reduce(
    (higher, lower) => {
      if (higher === undefined || lower === undefined) return higher ?? lower;
      return DTYPES[lower].kind > DTYPES[higher].kind ? lower : higher;
    },
  );
}

// A Python error, by its name and with torch's words.
export function fail(name, message) {
  throw Object.assign(new Error(message), { name });
}
export function require(right, message, name = "RuntimeError") {
  if (!right) fail(name, typeof message === "function" ? message() : message);
}
