"""torch.float32 and its like, and torch.device."""

import _engine
from torch._call import NOWHERE

ALIASES = {
    "float32": "float", "float64": "double", "float16": "half", "bfloat16": None, "int64": "long",
    "int32": "int", "uint8": None, "bool": None,
}  # fmt: skip


class dtype:
    def __init__(self, name):
        self._h, self._name = name, name  # the engine knows a dtype by its name
        self.is_floating_point = "float" in name
        self.is_complex = False
        self.itemsize = _engine.bytesOf(name)

    def __repr__(self):
        return "torch." + self._name

    __str__ = __repr__


DTYPES = {name: dtype(name) for name in ALIASES}


def find_dtype(name):
    return DTYPES[name]


class device:
    """A device; as a context manager, where tensors are made meanwhile."""

    usual = ["cpu"]

    def __init__(self, name, index=None):
        self.type, _, number = str(name).partition(":")
        self.index = int(number) if number else index
        if self.type in ("cuda", "mps", "xpu"):
            raise AssertionError("Torch not compiled with CUDA enabled")
        if self.type not in ("cpu", "meta"):
            raise RuntimeError(NOWHERE.format(f"device '{name}'"))

    def __enter__(self):
        self.usual.append(self.type)

    def __exit__(self, *_):
        self.usual.pop()

    def __eq__(self, other):
        return isinstance(other, device) and self.type == other.type

    def __hash__(self):
        return hash(self.type)

    def __repr__(self):
        return f"device(type='{self.type}')"

    def __str__(self):
        return self.type
