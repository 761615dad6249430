"""PyTorch as far as this book's page needs it: a face of the engine under torch's own names."""

import math

from torch import _creation, _functions, _grad_mode
from torch._call import Size, missing
from torch._dtype import ALIASES, DTYPES, device, dtype
from torch._tensor import FUNCTIONS, Tensor
from torch.random import Generator

__version__ = "2.14.1 (this page's engine)"
inf, nan, pi, e = math.inf, math.nan, math.pi, math.e
channels_last = "torch.channels_last"
METHODS_ALONE = ("copy_", "view", "expand", "repeat", "is_contiguous")
for _name, _value in FUNCTIONS.items():
    if _name not in METHODS_ALONE:
        globals()[_name] = _value
for _module in (_creation, _functions, _grad_mode):
    for _name, _value in _module.__dict__.items():
        if _name[0] != "_":
            globals()[_name] = _value
for _name, _alias in ALIASES.items():
    globals()[_name] = DTYPES[_name]
    if _alias:
        globals()[_alias] = DTYPES[_name]
max, min, median = Tensor.max, Tensor.min, Tensor.median

import torch.autograd  # noqa: E402
import torch.nn  # noqa: E402

LATER = (
    "backends cuda distributed fft fx optim overrides serialization testing utils".split()
)  # imported when named


def __getattr__(name):
    if name in LATER:
        __import__("torch." + name)
        return globals()[name]
    if name in ("load", "save"):
        return getattr(__getattr__("serialization"), name)
    return missing("torch")(name)
