// A zip archive's entries, as torch.save writes one and as tools that compress write it anew.
// Source: APPNOTE.TXT 6.3.10, 4.3: a directory at the end says where each entry begins.

const END = 0x06054b50; // begins the directory's own end
const STORED = 0, DEFLATED = 8;

// → a Map of names, each with a function that reads its bytes; null for bytes of another kind.
export function listEntries(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) return null;
  const entries = new Map();
  let place = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, names, extra, comment, start] =
      [10, 28, 30, 32].map((at) => view.getUint16(place + at, true)).concat(view.getUint32(place + 42, true));
    const size = view.getUint32(place + 20, true); // as it lies here
    const name = new TextDecoder().decode(bytes.subarray(place + 46, place + 46 + names));
    const body = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    entries.set(name, () => unpack(bytes.subarray(body, body + size), method));
    place += 46 + names + extra + comment;
  }
  return entries;
}

async function unpack(packed, method) {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new RangeError(`expected an entry stored or deflated, got ${method}`);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
