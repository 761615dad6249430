"""torch.load and torch.save: PyTorch's own files, of tensors, numbers and words.

A file is a zip without compression: NAME/data.pkl, a pickle, and NAME/data/0, 1, …: the bytes of
the tensors, which the pickle names. Both are read and written here as far as weights need it.
"""

import struct

import ubinascii as binascii
from torch._pickle import Reader, Writer


def load(f, map_location=None, weights_only=True):
    """Load what torch.save saved: tensors, numbers, words, and dicts and lists of these."""
    with open(str(f), "rb") as file:
        entries = _read_zip(file.read())
    name = next((name for name in entries if name.endswith("/data.pkl")), None)
    if name is None:
        raise RuntimeError("PytorchStreamReader failed reading zip archive: not a ZIP archive")
    return Reader(entries, name[:-8]).read()


def save(obj, f):
    """Save tensors, numbers, words, and dicts and lists of these."""
    writer = Writer()
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
