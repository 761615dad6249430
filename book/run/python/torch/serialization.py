"""torch.load and torch.save: PyTorch's own files, of tensors, numbers and words.

A file is a zip without compression: NAME/data.pkl, a pickle, and NAME/data/0, 1, …: the bytes of
the tensors, which the pickle names. Both are read and written here as far as weights need it.
"""

import ubinascii as binascii
import struct
from collections import OrderedDict

import _engine
import _text
from pickle import PicklingError, UnpicklingError
from torch._call import NOWHERE, Size, call, wrap
from torch._tensor import Tensor

STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip
MARK = object()


def load(f, map_location=None, weights_only=True):
    """Load what torch.save saved: tensors, numbers, words, and dicts and lists of these."""
    with open(str(f), "rb") as file:
        entries = _read_zip(file.read())
    name = next((name for name in entries if name.endswith("/data.pkl")), None)
    if name is None:
        raise RuntimeError("PytorchStreamReader failed reading zip archive: not a ZIP archive")
    return _Reader(entries, name[:-8]).read()


def save(obj, f):
    """Save tensors, numbers, words, and dicts and lists of these."""
    writer = _Writer()
    writer.write(obj)
    entries = [("archive/data.pkl", b"\x80\x02" + b"".join(writer.parts) + b".")]
    entries += [("archive/byteorder", b"little")]
    entries += [(f"archive/data/{n}", data) for n, data in enumerate(writer.storages)]
    entries += [("archive/version", b"3\n")]
    with open(str(f), "wb") as file:
        file.write(_make_zip(entries))


def _read_zip(data):
    """The entries of a zip, by their names, from the list at its end."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        raise RuntimeError("PytorchStreamReader failed reading zip archive: not a ZIP archive")
    count, _, place = struct.unpack("<HII", data[end + 10 : end + 20])
    entries = {}
    for _ in range(count):
        size, names, extra, comment = struct.unpack("<IHHH", data[place + 24 : place + 34])
        start = struct.unpack("<I", data[place + 42 : place + 46])[0]
        name = data[place + 46 : place + 46 + names].decode()
        head = struct.unpack("<HH", data[start + 26 : start + 30])
        start += 30 + sum(head)
        entries[name] = data[start : start + size]
        place += 46 + names + extra + comment
    return entries


def _make_zip(entries):
    body, listed, place = [], [], 0
    for name, data in entries:
        name = name.encode()
        sums = struct.pack("<IIIHH", binascii.crc32(data), len(data), len(data), len(name), 0)
        head = b"PK\x03\x04" + struct.pack("<HHHHH", 10, 0, 0, 0, 33) + sums
        body += [head, name, data]
        about = struct.pack("<HHHHHH", 20, 10, 0, 0, 0, 33)
        listed += [b"PK\x01\x02", about, sums, struct.pack("<HHHII", 0, 0, 0, 0, place), name]
        place += len(head) + len(name) + len(data)
    size = sum(map(len, listed))
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), size, place, 0)
    return b"".join(body + listed + [b"PK\x05\x06", end])


class _Reader:
    """Reads a pickle of protocol 2 whose classes are those of weights alone."""

    def __init__(self, entries, folder):
        self.entries, self.folder = entries, folder
        self.data, self.place = entries[folder + "data.pkl"], 0
        self.stack, self.memo = [], {}

    def take(self, form):
        size = struct.calcsize("<" + form)
        self.place += size
        return struct.unpack("<" + form, self.data[self.place - size : self.place])[0]

    def text(self, end):
        start, self.place = self.place, self.data.find(end, self.place) + len(end)
        return self.data[start : self.place - len(end)].decode()

    def since_mark(self):
        items = []
        while self.stack[-1] is not MARK:
            items.append(self.stack.pop())
        self.stack.pop()
        return list(reversed(items))

    def read(self):
        push, pop = self.stack.append, self.stack.pop
        plain = {b"}": lambda: {}, b"]": list, b")": tuple, b"(": lambda: MARK}
        fixed = {b"N": None, b"\x88": True, b"\x89": False}
        numbers = {b"J": "i", b"K": "B", b"M": "H", b"G": None}
        while True:
            code = self.data[self.place : self.place + 1]
            self.place += 1
            if code == b".":
                return pop()
            if code == b"\x80":
                self.take("B")
            elif code in plain:
                push(plain[code]())
            elif code in fixed:
                push(fixed[code])
            elif code == b"G":
                self.place += 8
                push(struct.unpack(">d", self.data[self.place - 8 : self.place])[0])
            elif code in numbers:
                push(self.take(numbers[code]))
            elif code == b"\x8a":  # a long int
                size = self.take("B")
                self.place += size
                push(_to_int(self.data[self.place - size : self.place]))
            elif code == b"X":
                size = self.take("I")
                self.place += size
                push(self.data[self.place - size : self.place].decode())
            elif code in (b"q", b"r"):
                self.memo[self.take("B" if code == b"q" else "I")] = self.stack[-1]
            elif code in (b"h", b"j"):
                push(self.memo[self.take("B" if code == b"h" else "I")])
            elif code in (b"\x85", b"\x86", b"\x87"):
                count = code[0] - 0x84
                items = [pop() for _ in range(count)]
                push(tuple(reversed(items)))
            elif code == b"t":
                push(tuple(self.since_mark()))
            elif code in (b"u", b"e"):
                items = self.since_mark()
                if code == b"e":
                    self.stack[-1].extend(items)
                else:
                    for n in range(0, len(items), 2):
                        self.stack[-1][items[n]] = items[n + 1]
            elif code in (b"s", b"a"):
                value = pop()
                if code == b"a":
                    self.stack[-1].append(value)
                else:
                    key = pop()
                    self.stack[-1][key] = value
            elif code == b"c":
                push((self.text(b"\n"), self.text(b"\n")))
            elif code == b"Q":
                push(self.find_storage(pop()))
            elif code == b"R":
                given, name = pop(), pop()
                push(self.build(name, given))
            elif code == b"b":
                pop()  # a state, such as an OrderedDict's version
            else:
                raise UnpicklingError(f"Weights only load failed: unsupported operand {code[0]}")

    def find_storage(self, given):
        _, (_, kind), key, _, _ = given
        if kind not in STORAGES:
            raise UnpicklingError(NOWHERE.format(f"torch.{kind}"))
        data = self.entries[f"{self.folder}data/{key}"]
        return data, STORAGES[kind]

    def build(self, name, given):
        if name == ("collections", "OrderedDict"):
            return OrderedDict(*given)
        if name == ("torch._utils", "_rebuild_parameter"):
            return given[0]
        if name == ("torch", "Size"):
            return Size(*given)
        if name != ("torch._utils", "_rebuild_tensor_v2"):
            raise UnpicklingError(f"Weights only load failed: unsupported global {'.'.join(name)}")
        (data, kind), start, shape, strides = given[:4]
        width = _engine.bytesOf(kind)
        extent = 1 + sum((size - 1) * stride for size, stride in zip(shape, strides))
        count = 1
        for size in shape:
            count *= size
        if count and extent != count:
            raise UnpicklingError(NOWHERE.format("way to read a tensor that skips values"))
        order = sorted(range(len(shape)), key=lambda n: (-strides[n], n))
        laid = [shape[n] for n in order]  # as its bytes lie
        part = data[start * width : (start + count) * width]
        found = wrap(call("fromBytes", _text.bytes(binascii.b2a_base64(part).decode()), laid, kind))
        return (
            found.permute(*[order.index(n) for n in range(len(shape))]).contiguous()
            if shape
            else found
        )


def _to_int(data):
    value = int.from_bytes(data, "little")
    return value - (1 << 8 * len(data)) if data and data[-1] & 128 else value


class _Writer:
    """Writes a pickle of protocol 2, and beside it the bytes of the tensors."""

    def __init__(self):
        self.parts, self.storages = [], []

    def put(self, *parts):
        self.parts += parts

    def text(self, text):
        data = text.encode()
        self.put(b"X", struct.pack("<I", len(data)), data)

    def write(self, value):
        kind = type(value)
        if value is None or kind is bool:
            self.put(b"N" if value is None else b"\x88" if value else b"\x89")
        elif kind is int:
            data = b"\x8a\x09" + (value & ((1 << 72) - 1)).to_bytes(9, "little")
            self.put(b"J" + struct.pack("<i", value) if -(1 << 31) <= value < 1 << 31 else data)
        elif kind is float:
            self.put(b"G", struct.pack(">d", value))
        elif kind is str:
            self.text(value)
        elif isinstance(value, dict):
            self.put(b"}(")
            for key in value:
                self.write(key)
                self.write(value[key])
            self.put(b"u")
        elif kind is list:
            self.put(b"](")
            for each in value:
                self.write(each)
            self.put(b"e")
        elif kind in (tuple, Size):
            self.put(b"ctorch\nSize\n(" if kind is Size else b"(")
            self.write_all(value)
            self.put(b"t\x85R" if kind is Size else b"t")
        elif isinstance(value, Tensor):
            self.write_tensor(value)
        else:
            raise PicklingError(NOWHERE.format(f"way to save a {kind.__name__}"))

    def write_all(self, values):
        for each in values:
            self.write(each)

    def write_tensor(self, tensor):
        tensor = tensor.detach().contiguous()
        kind = next(name for name, each in STORAGES.items() if each == tensor._h.dtype)
        key = str(len(self.storages))
        self.storages.append(binascii.a2b_base64(_text.base64(call("toBytes", tensor))))
        self.put(b"ctorch._utils\n_rebuild_tensor_v2\n((")
        self.text("storage")
        self.put(b"ctorch\n", kind.encode(), b"\n")
        self.text(key)
        self.text("cpu")
        self.write(tensor.numel())
        self.put(b"tQ")
        self.write_all((0, tuple(tensor.shape), tensor.stride(), False))
        self.put(b"ccollections\nOrderedDict\n)RtR")
