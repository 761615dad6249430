"""What readers hand over, as Python's own numbers and as tensors: NumPy's, a 0-d tensor, a list."""

from numbers import Integral, Real

import torch


def simplify(value):
    """Turn NumPy's numbers, arrays and tensors into Python's numbers, however deep they lie."""
    if isinstance(value, dict):
        return {key: simplify(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(map(simplify, value))
    return value.tolist() if hasattr(value, "tolist") else value


def to_int(what: str, value) -> int:
    """Return a whole number as an int.

    Raises:
        ValueError: no whole number; True and 3.0 are none.
    """
    return int(_require(f"{what}, a whole number", Integral, value))


def to_float(what: str, value) -> float:
    """Return a number as a float.

    Raises:
        ValueError: no number; True is none.
    """
    return float(_require(f"{what}, a number", Real, value))


def to_tensor(what: str, value) -> torch.Tensor:
    """Return a tensor as it is; an array, or a list of numbers or of tensors, as one.

    Raises:
        ValueError: something else.
    """
    try:
        if any(step < 0 for step in getattr(value, "strides", ())):  # torch takes none backwards
            value = value.copy()
        rows = isinstance(value, (list, tuple)) and isinstance(next(iter(value), 0), torch.Tensor)
        return torch.stack(tuple(value)) if rows else torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"expected {what}, a tensor, got {type(value).__name__}") from None


def _require(expected: str, kind: type, value):
    plain = simplify(value)
    if isinstance(plain, bool) or not isinstance(plain, kind):
        raise ValueError(f"expected {expected}, got {value!r}")
    return plain
