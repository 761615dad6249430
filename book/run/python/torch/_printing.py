"""Tensors as text, and as Python's numbers."""

import math

import _engine
import _text
import ujson
from torch._call import call

PRINT = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}
PROFILES = {
    "default": PRINT.copy(),
    "short": {**PRINT, "precision": 2, "edgeitems": 2},
    "full": {**PRINT, "threshold": math.inf},
}


def read_numbers(tensor):
    """Its numbers in order, by way of text: JavaScript's whole ones lose all but 32 bits."""
    text, kind = _text.numbers(call("toArray", tensor)), tensor._h.dtype
    has_names = "N" in text or "I" in text or not text  # NaN, Infinity
    values = [part for part in text.split(",") if part] if has_names else ujson.loads(f"[{text}]")
    make = bool if kind == "bool" else float if "float" in kind else int
    return [make(value) for value in values]


def write_tensor(tensor):
    """A tensor as torch writes it."""
    handle, kind, shape = tensor._h, tensor._h.dtype, tensor.shape
    start, suffixes = "tensor(", []
    usual = kind in (_engine.getDefaultDtype(), "int64", "bool")
    if handle.device != "cpu":
        suffixes.append(f"device='{handle.device}'")
        text, usual = "...", kind == _engine.getDefaultDtype()
        suffixes.append(f"size={tuple(shape)}")
    else:
        values = call("toArray", tensor)
        text = _text.tensorText(
            values, handle.shape, kind, len(start), PRINT["precision"], PRINT["sci_mode"],
            PRINT["linewidth"], PRINT["threshold"], PRINT["edgeitems"],
        )  # fmt: skip
        if not tensor.numel():
            usual = kind == _engine.getDefaultDtype()
            if len(shape) != 1:
                suffixes.append(f"size={tuple(shape)}")
    if not usual:
        suffixes.append(f"dtype=torch.{kind}")
    if handle.gradFn is not None:
        suffixes.append(f"grad_fn=<{handle.gradFn.name}>")
    elif handle.requiresGrad:
        suffixes.append("requires_grad=True")
    text = start + text
    width = len(text) - (text.rfind("\n") + 1) + 2  # as torch counts it
    for suffix in suffixes:
        if width + len(suffix) + 2 > PRINT["linewidth"]:
            text += ",\n" + " " * len(start) + suffix
            width = len(start) + len(suffix)
        else:
            text += ", " + suffix
            width += len(suffix) + 2
    return text + ")"
