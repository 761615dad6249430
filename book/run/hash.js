// FNV-1a, of 32 bits, over numbers in place of bytes. Source: RFC 9923.

export function hashNumbers(numbers) {
  let hash = 0x811c9dc5;
  for (const number of numbers) hash = Math.imul(hash ^ number, 0x01000193);
  return hash;
}
