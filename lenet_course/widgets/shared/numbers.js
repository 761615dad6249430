// Numbers as they are shown, and the sentences that they stand in.

// Thousandths, as whole numbers, so that sums of what is shown are exact.
export const round = (value) => Math.round(1000 * value) || 0;
export const show = (thousandths) => (thousandths / 1000).toFixed(3).replace("-", "−");
export const format = (value) => show(round(value));

// A number as Python names it, with a minus of its own length; so many digits of it at most.
export const minus = (text) => String(text).replace("NaN", "nan").replace("Infinity", "inf")
  .replaceAll("-", "−");
export const shorten = (value, digits = 3) => minus(Number(value.toPrecision(digits)));

export function formatPercent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

// A number that scripts can read too, as the value of <data>.
export const showData = (thousandths, text = show(thousandths)) =>
  `<data value="${thousandths / 1000}">${text}</data>`;

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
