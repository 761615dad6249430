// Numbers as they are shown, and the sentences that they stand in.

// Thousandths, as whole numbers, so that sums of what is shown are exact.
export const round = (value) => Math.round(1000 * value) || 0;
export const show = (thousandths) => (thousandths / 1000).toFixed(3).replace("-", "−");
export const format = (value) => show(round(value));

// A number as Python names it, with a minus of its own length.
export const minus = (text) => String(text).replace("NaN", "nan").replace("Infinity", "inf")
  .replaceAll("-", "−");

// So many digits of it at most, and no more than two zeros in place of others: 1230, 1.3e13.
export function shorten(value, digits = 3) {
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  const isPlain = !size || (size >= 1e-4 && size < 10 ** (digits + 2));
  return minus(isPlain ? short : short.toExponential().replace("e+", "e"));
}

// With so many decimals below a bound, above it shortened to so many digits.
export const fix = (value, decimals, bound = Infinity, digits) =>
  (Math.abs(value) < bound ? minus(value.toFixed(decimals)) : shorten(value, digits));

export function formatPercent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

// A number that scripts can read too, as the value of <data>.
export const showData = (thousandths, text = show(thousandths)) =>
  `<data value="${thousandths / 1000}">${text}</data>`;

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
