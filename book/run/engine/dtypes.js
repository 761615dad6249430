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

const toBool = (value) => +(value !== 0);
const toInteger = (value) => (Number.isFinite(value) ? Math.trunc(value) + 0 : -(2 ** 63));
const toBrain = (value) => cutFraction(value, 7);

// `convert`: what storing in `array` does not do by itself. int64 lies in doubles: whole numbers
// are exact up to 2^53. `word` and `type`: what torch's messages call it.
const describe = (array, bytes, kind, word, type, convert = null) =>
  ({ array, bytes, kind, word, type, convert });
export const DTYPES = {
  bool: describe(Uint8Array, 1, 0, "bool", "Bool", toBool),
  uint8: describe(Uint8Array, 1, 1, "unsigned char", "Byte"),
  int32: describe(Int32Array, 4, 1, "int", "Int"),
  int64: describe(Float64Array, 8, 1, "long int", "Long", toInteger),
  float16: describe(Float32Array, 2, 2, "c10::Half", "Half", toHalf),
  bfloat16: describe(Float32Array, 2, 2, "c10::BFloat16", "BFloat16", toBrain),
  float32: describe(Float32Array, 4, 2, "float", "Float"),
  float64: describe(Float64Array, 8, 2, "double", "Double"),
};
const RANKS = Object.keys(DTYPES);

let defaultDtype = "float32";
export const getDefaultDtype = () => defaultDtype;
export const setDefaultDtype = (dtype) => void (defaultDtype = dtype);

export const isFloating = (dtype) => DTYPES[dtype].kind === 2;
export const bytesOf = (dtype) => DTYPES[dtype].bytes;
export const typeOf = (t) => DTYPES[t.dtype].type;
export const toFloating = (dtype) => (isFloating(dtype) ? dtype : defaultDtype);
export const toCounting = (dtype) => (isFloating(dtype) ? dtype : "int64");

function promote(a, b) {
  if (a === b || b === undefined) return a;
  if (a === undefined) return b;
  const halves = isFloating(a) && isFloating(b) && bytesOf(a) + bytesOf(b) === 4;
  if (halves) return "float32"; // neither holds the other's numbers
  return RANKS.indexOf(a) > RANKS.indexOf(b) ? a : b;
}

// Tensors with dimensions decide; one without, or a Python number, only where its kind is higher.
// Source: PyTorch, Tensor Attributes, torch.dtype: type promotion.
export function resultType(tensors) {
  const [sized, single, number] = [[], [], []];
  for (const t of tensors) (t.isNumber ? number : t.shape.length ? sized : single).push(t.dtype);
  const dtypes = [sized, single, number].map((each) => each.reduce(promote, undefined));
  return dtypes.reduce((higher, lower) => {
    if (higher === undefined || lower === undefined) return higher ?? lower;
    return DTYPES[lower].kind > DTYPES[higher].kind ? lower : higher;
  });
}
