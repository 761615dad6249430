// Numbers and tensors as text, to the character as Python and PyTorch write them.

const TIE = 40; // digits looked at behind the last: a half of it is 5 and zeros

/** Of two nearest numbers the even one, as Python; toFixed and toExponential take the larger. */
function roundEven(digits, write) {
  const whole = write(digits);
  const [head, tail] = write(Math.min(digits + TIE, 100)).split(/e/);
  const place = head.indexOf(".") + 1 + digits;
  if (!/^50*$/.test(head.slice(place))) return whole;
  const below = head.slice(0, place).replace(/\.$/, "");
  return Number(below.at(-1)) % 2 ? whole : below + (tail ? `e${tail}` : "");
}

/** Python's f"{value:.{digits}f}". */
function fixed(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const size = Math.abs(value);
  if (size >= 1e21) return BigInt(value) + (digits ? `.${"0".repeat(digits)}` : "");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + roundEven(digits, (count) => size.toFixed(count));
}

/** Python's f"{value:.{digits}e}". */
function scientific(value, digits) {
  if (!Number.isFinite(value)) return fixed(value, 0);
  const [mantissa, power] = roundEven(digits, (count) => Math.abs(value).toExponential(count)).split("e");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return `${sign}${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

function general(value, digits, keepsZeros) {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? (Object.is(value, -0) ? "-0" : "0") : fixed(value, 0);
  const power = Number(value.toExponential(digits - 1).split("e")[1]);
  const trim = (text) => (keepsZeros || !text.includes(".") ? text : text.replace(/\.?0+$/, ""));
  if (power >= -4 && power < digits) return trim(fixed(value, digits - 1 - power));
  const [mantissa, end] = scientific(value, digits - 1).split("e");
  return `${trim(mantissa)}e${end}`;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([eEfFgG%])?$/u;

/** Python's format(value, spec) of a float; null where the spec is none for a float. */
function formatFloat(value, spec) {
  const found = SPEC.exec(spec);
  if (!found) return null;
  const [, fill, align, sign, keep, zero, width, comma, precision, type] = found;
  const digits = precision === undefined ? 6 : Number(precision);
  const write = {
    f: () => fixed(value, digits),
    e: () => scientific(value, digits),
    g: () => general(value, digits || 1, keep),
    "%": () => `${fixed(100 * value, digits)}%`,
  }[(type ?? "g").toLowerCase()];
  let text = type === undefined && precision === undefined ? shortest(value) : write();
  if (type && type !== type.toLowerCase()) text = text.toUpperCase();
  const minus = text.startsWith("-") ? "-" : sign === "+" || sign === " " ? sign : "";
  text = text.replace("-", text.startsWith("-") ? "" : "-");
  if (comma) text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, comma));
  return pad(minus, text, Number(width ?? 0), align ?? (zero ? "=" : ">"), fill ?? (zero ? "0" : " "));
}

function pad(sign, text, width, align, fill) {
  const room = Math.max(0, width - sign.length - text.length);
  if (align === "=") return sign + fill.repeat(room) + text;
  const left = { "<": 0, ">": room, "^": room >> 1 }[align];
  return fill.repeat(left) + sign + text + fill.repeat(room - left);
}

/** Python's repr of a float: the fewest digits that name it. */
function shortest(value) {
  if (!Number.isFinite(value)) return fixed(value, 0);
  const [mantissa, power] = value.toExponential().split("e");
  if (power < -4 || power >= 16) return `${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  const text = Object.is(value, -0) ? "-0" : String(value).includes("e") ? fixed(value, Math.abs(power) + mantissa.length) : String(value);
  return text.includes(".") ? text.replace(/(\.\d+?)0+$/, "$1") : `${text}.0`;
}

// What stands between tensor( and its suffixes. Source of the rules: torch/_tensor_str.py.
function tensorText(values, shape, dtype, indent, precision, sci, linewidth, threshold, edge) {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count === 0) return "[]";
  const shown = (size) => (count > threshold && size > 2 * edge ? range(0, edge).concat(null, range(size - edge, size)) : range(0, size));
  const steps = shape.map((_, at) => shape.slice(at + 1).reduce((a, b) => a * b, 1));
  const collect = (at, offset) => (at === shape.length ? [values[offset]] : shown(shape[at]).flatMap((place) => (place === null ? [] : collect(at + 1, offset + place * steps[at]))));
  const write = makeWriter(collect(0, 0), dtype, precision, sci);
  const walk = (at, offset, margin) => {
    if (at === shape.length) return write(values[offset]);
    const places = shown(shape[at]);
    if (at < shape.length - 1) {
      const parts = places.map((place) => (place === null ? "..." : walk(at + 1, offset + place * steps[at], margin + 1)));
      return `[${parts.join(`,${"\n".repeat(shape.length - at - 1)}${" ".repeat(margin + 1)}`)}]`;
    }
    const parts = places.map((place) => (place === null ? " ..." : write(values[offset + place])));
    const most = Math.max(1, Math.floor((linewidth - margin) / (write.width + 2)));
    const lines = range(0, Math.ceil(parts.length / most)).map((line) => parts.slice(line * most, (line + 1) * most).join(", "));
    return `[${lines.join(`,\n${" ".repeat(margin + 1)}`)}]`;
  };
  return walk(0, 0, indent);
}

const range = (start, end) => Array.from({ length: end - start }, (_, at) => start + at);

function makeWriter(values, dtype, precision, sci) {
  const isFloat = dtype.includes("float");
  const finite = isFloat ? values.filter((value) => Number.isFinite(value) && value !== 0) : [];
  const isWhole = finite.every(Number.isInteger);
  const [low, high] = finite.reduce(([a, b], value) => [Math.min(a, Math.abs(value)), Math.max(b, Math.abs(value))], [Infinity, 0]);
  const isWide = finite.length > 0 && (sci ?? (high / low > 1000 || high > 1e8 || low < 1e-4));
  const name = (value) => {
    if (dtype === "bool") return value ? "True" : "False";
    if (!isFloat) return String(value);
    if (isWide) return scientific(value, precision);
    if (!isWhole) return fixed(value, precision);
    return fixed(value, 0) + (Number.isFinite(value) ? "." : "");
  };
  const width = Math.max(1, ...(isFloat ? finite : values).map((value) => name(value).length));
  return Object.assign((value) => name(value).padStart(width), { width });
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|true|false|null|[{}[\],:]/g;

const WRITTEN = { "{": "__dict(", ":": ",", true: "True", false: "False", null: "None" };

/** JSON as Python source: numbers as they are written, objects in their order. */
function jsonToPython(text) {
  JSON.parse(text); // says what is wrong
  const open = [];
  let isKey = false; // a string that comes now is one
  const write = (token) => {
    const begins = isKey ? "(" : "";
    const inObject = open.at(-1) === "{";
    if (token === "{" || token === "[") open.push(token);
    if (token === "}" || token === "]") open.pop();
    isKey = token === "{" || (token === "," && inObject);
    if (token[0] === '"') return begins + JSON.stringify(JSON.parse(token));
    if (token === "}") return begins ? ")" : "))";
    return inObject && token === "," ? ")," : WRITTEN[token] ?? token;
  };
  return text.trim().replace(JSON_TOKEN, write);
}

/** Numbers for Python, in one call: a whole one alone would arrive as its last 32 bits. */
const numbers = (values) => Array.from(values, (value) => (Object.is(value, -0) ? "-0.0" : String(value))).join(",");

/** A shape for Python, in one call. */
const sizes = (shape) => shape.join(",");

/** Bytes to Python and back: as text they cross at once, else one by one. */
const base64 = (bytes) => {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(""));
};
const bytes = (code) => {
  const letters = atob(code), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
};

export const text = { numbers, sizes, base64, bytes, formatFloat, shortest, tensorText, jsonToPython };
