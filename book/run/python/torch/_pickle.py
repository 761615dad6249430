"""The pickles of torch.save, protocol 2: of tensors, numbers, words, dicts and lists, not more."""

import struct
from collections import OrderedDict

import _engine
import _text
import ubinascii as binascii
from pickle import PicklingError, UnpicklingError
from torch._call import NOWHERE, Size, call, wrap
from torch._tensor import Tensor

STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip


MARK = object()


class Reader:
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


class Writer:
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
