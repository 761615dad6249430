// A pickle of tensors, numbers and words, and of dicts, lists and tuples of these: what torch.load
// reads with weights_only=True. Anything else in it is named and not made.
// Source: Python's pickletools, protocol 2, and PyTorch's torch/_utils.py.

const MARK = Symbol("mark");

export class ForeignObject extends Error {}

// bytes → dicts as Maps, lists and tuples as arrays, tensors as { type, key, offset, shape, strides }.
export function readPickle(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack = [], memo = [];
  let place = 0;

  const take = (size, read) => read.call(view, (place += size) - size, true);
  const take1 = () => take(1, view.getUint8);
  const take4 = () => take(4, view.getUint32);
  const decode = (end) => new TextDecoder().decode(bytes.subarray(place, (place = end)));
  const top = () => stack.at(-1);
  const sinceMark = () => stack.splice(stack.lastIndexOf(MARK)).slice(1);
  const takeLast = (count) => stack.splice(-count);

  function takeLine() {
    const end = bytes.indexOf(10, place);
    if (end < 0) throw new RangeError("expected the end of a line");
    const line = decode(end);
    place++;
    return line;
  }

  function takeLong(size) {
    const parts = Array.from({ length: size }, take1);
    return Number(BigInt.asIntN(8 * size, parts.reduceRight((all, part) => (all << 8n) | BigInt(part), 0n)));
  }

  function setItems(pairs) {
    for (let i = 0; i < pairs.length; i += 2) top().set(pairs[i], pairs[i + 1]);
  }

  const codes = {
    "\x80": take1, // the protocol
    "}": () => stack.push(new Map()),
    "]": () => stack.push([]),
    ")": () => stack.push([]),
    "(": () => stack.push(MARK),
    N: () => stack.push(null),
    "\x88": () => stack.push(true),
    "\x89": () => stack.push(false),
    K: () => stack.push(take1()),
    M: () => stack.push(take(2, view.getUint16)),
    J: () => stack.push(take(4, view.getInt32)),
    "\x8a": () => stack.push(takeLong(take1())),
    G: () => stack.push(view.getFloat64((place += 8) - 8)),
    X: () => stack.push(decode(take4() + place)),
    q: () => (memo[take1()] = top()),
    r: () => (memo[take4()] = top()),
    h: () => stack.push(memo[take1()]),
    j: () => stack.push(memo[take4()]),
    "\x85": () => stack.push(takeLast(1)),
    "\x86": () => stack.push(takeLast(2)),
    "\x87": () => stack.push(takeLast(3)),
    t: () => stack.push(sinceMark()),
    u: () => setItems(sinceMark()),
    s: () => setItems(takeLast(2)),
    e: () => {
      const items = sinceMark();
      top().push(...items);
    },
    a: () => {
      const [item] = takeLast(1);
      top().push(item);
    },
    c: () => stack.push(`${takeLine()}.${takeLine()}`),
    Q: () => stack.push(nameStorage(stack.pop())),
    R: () => {
      const [name, given] = takeLast(2);
      stack.push(build(name, given));
    },
    b: () => stack.pop(), // what an OrderedDict knows beside its items
    "\x81": () => {
      throw new ForeignObject(stack.at(-2));
    },
  };

  for (;;) {
    const code = String.fromCharCode(take1());
    if (code === ".") return top();
    if (!codes[code]) throw new ForeignObject(`0x${code.charCodeAt(0).toString(16)}`);
    codes[code]();
  }
}

// ("storage", "torch.FloatStorage", "0", "cpu", 150): its numbers lie in the entry data/0.
const nameStorage = ([, type, key]) => ({ type: type.replace("torch.", ""), key });

function build(name, given) {
  if (name === "collections.OrderedDict") return new Map(given[0]);
  if (name === "torch._utils._rebuild_parameter") return given[0];
  if (name === "torch.Size") return given[0];
  if (name !== "torch._utils._rebuild_tensor_v2") throw new ForeignObject(name);
  const [storage, offset, shape, strides] = given;
  return { ...storage, offset, shape, strides };
}
