"""Reading answers: whatever stands there, a plain number, shape or tensor comes out, or a Hint."""

import copy
import math
from array import array
from collections import deque
from collections.abc import Sequence
from types import BuiltinMethodType, FunctionType, MethodType

import numpy as np
import torch

from lenet_course.exercises.verdict import Hint
from lenet_course.text import get_language

ROWS = (list, tuple, deque, range, array)
MOST = 1_000_000  # values of an answer; no exercise asks for more
NAMES = {  # in Korean with its particle
    "number": {"ko": "수를", "en": "a number"},
    "shape": {"ko": "(16, 5, 5) 같은 모양을", "en": "a shape such as (16, 5, 5)"},
    "tensor": {"ko": "텐서를", "en": "a tensor"},
    "real": {"ko": "실수를", "en": "real numbers"},
    "function": {"ko": "함수를", "en": "a function"},
    "model": {"ko": "nn.Module을", "en": "an nn.Module"},
    "name": {"ko": "이름 하나를", "en": "one name"},
}
VALUES = "number", "tensor", "shape"  # what is written in digits


def reject(answer, wanted: str):
    """Raise the Hint that says what an answer is and what was wanted (a key of NAMES)."""
    if answer is None:
        raise Hint("none")
    if wanted in VALUES and type(answer) in (FunctionType, MethodType, BuiltinMethodType):
        raise Hint("uncalled")
    if isinstance(answer, str) and wanted in VALUES:
        raise Hint("text")
    raise Hint("type", got=type(answer).__name__, wanted=NAMES[wanted][get_language()])


def simplify(answer):
    """Turn arrays and whatever holds a row of things into tensors, numbers and lists of them.

    A tensor or array of one value, in a list, is that number; other things stay what they are.
    """
    if hasattr(type(answer), "__array__") and not isinstance(answer, torch.Tensor):
        answer = np.asarray(answer)  # a series of pandas, say
    if isinstance(answer, np.ndarray) and answer.dtype == object:
        answer = answer.tolist()
    if isinstance(answer, (np.ndarray, np.generic)):
        if answer.dtype.kind not in "biufc":  # text, dates
            return answer
        if answer.dtype == np.longdouble:
            answer = answer.astype(np.float64)
        # torch takes neither another byte order nor strides that run backwards
        native = np.array(answer, dtype=answer.dtype.newbyteorder("="), order="C")
        return torch.from_numpy(native)
    if isinstance(answer, ROWS) and len(answer) <= MOST:
        items = [simplify(item) for item in answer]
        return [
            item.item() if isinstance(item, torch.Tensor) and item.numel() == 1 else item
            for item in items
        ]
    return answer


def read_number(answer, most: float = 1e15) -> float:
    """Read one finite number: of Python, NumPy, a tensor or list of one value, on any device.

    Raises:
        Hint: "none", "text", "type", "nan", "infinite" or "huge" (above `most` in size).
    """
    given, answer = answer, simplify(answer)
    if isinstance(answer, list) and len(answer) == 1:
        (answer,) = answer
    if isinstance(answer, torch.Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        reject(given, "number")
    if isinstance(answer, float):
        _reject_unreal(torch.tensor(answer, dtype=torch.float64))
    if abs(answer) > most:  # before float(), which an int can be too large for
        raise Hint("huge")
    return float(answer)


def read_shape(answer) -> tuple[int, ...]:
    """Read a shape: a tuple, list, torch.Size or flat tensor of at most 8 whole numbers.

    Raises:
        Hint: as read_number, "empty", or "whole" (a number is not whole).
    """
    if hasattr(type(answer), "__array__"):
        row = answer if isinstance(answer, torch.Tensor) else np.asarray(answer)
        answer = row.tolist() if row.ndim == 1 and len(row) <= 8 else reject(answer, "shape")
    if not isinstance(answer, (*ROWS, Sequence)) or isinstance(answer, (str, bytes)):
        reject(answer, "shape")
    if len(answer) > 8:
        raise Hint("huge")
    if not answer:
        raise Hint("empty")
    if any(isinstance(number, (list, tuple)) for number in answer):
        reject(answer, "shape")
    numbers = [read_number(number) for number in answer]
    if any(number != int(number) for number in numbers):
        raise Hint("whole")
    return tuple(map(int, numbers))


def read_tensor(answer) -> torch.Tensor:
    """Read numbers in a tensor, array, list or one number as float64 on the CPU, without gradient.

    Raises:
        Hint: "none", "text", "type", "nan", "infinite", "empty", or "huge" (above MOST values).
    """
    given, answer = answer, simplify(answer)
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        answer = torch.tensor(read_number(answer), dtype=torch.float64)
    elif isinstance(answer, list) and any(isinstance(item, str) for item in answer):
        raise Hint("text")
    elif isinstance(answer, ROWS) and len(answer) > MOST:
        raise Hint("huge")
    elif isinstance(answer, torch.Tensor) and math.prod(answer.shape) > MOST:
        raise Hint("huge")
    elif not isinstance(answer, (list, torch.Tensor)):
        reject(given, "tensor")
    try:
        if isinstance(answer, list):  # of rows, maybe
            answer = [item.tolist() if isinstance(item, torch.Tensor) else item for item in answer]
        tensor = torch.as_tensor(answer).detach().cpu()
        if tensor.is_complex():  # float64 would keep the real part alone
            raise Hint("type", got=str(tensor.dtype), wanted=NAMES["real"][get_language()])
        tensor = tensor.to(torch.float64)
    except (TypeError, ValueError, RuntimeError):
        reject(given, "tensor")
    if tensor.numel() == 0:
        raise Hint("empty")
    _reject_unreal(tensor)
    return tensor.clone()


def read_numbers(answer) -> tuple[float, ...]:
    """Read several numbers, however they are held together.

    Raises:
        Hint: as read_tensor.
    """
    return tuple(read_tensor(answer).flatten().tolist())


def read_scalar(answer) -> torch.Tensor:
    """Read a tensor as read_tensor does, and one of a single value without its dimensions."""
    found = read_tensor(answer)
    return found.view(()) if found.numel() == 1 else found


def read_pair(answer) -> tuple:
    """Read two things, whatever they are.

    Raises:
        Hint: "none", or "pair" of the exercise's own hints.
    """
    if answer is None:
        raise Hint("none")
    if not isinstance(answer, (list, tuple, deque)) or len(answer) != 2:
        raise Hint("pair")
    return tuple(answer)


def read_name(answer, names: Sequence[str]) -> str:
    """Read one of `names`, whatever its case and the blanks around it.

    Raises:
        Hint: "none" or "type".
    """
    if not isinstance(answer, str) or len(answer) > 200:
        reject(answer, "name")
    found = answer.strip().casefold()
    return {name.casefold(): name for name in names}.get(found, found)


def read_model(answer) -> torch.nn.Module:
    """Read a network as a copy of it, on the CPU, in float32, in eval mode.

    Raises:
        Hint: "none" or "type".
    """
    if not isinstance(answer, torch.nn.Module):
        reject(answer, "model")
    held = [value for part in answer.modules() for value in vars(part).values()]
    computed = [value for value in held if isinstance(value, torch.Tensor) and not value.is_leaf]
    memo = {id(value): value.detach().clone() for value in computed}  # no copy can be made of them
    return copy.deepcopy(answer, memo).to(device="cpu", dtype=torch.float32).eval()


def is_close(found, wanted, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Whether two tensors or numbers agree in shape and, within the tolerances, in value."""
    found, wanted = (torch.as_tensor(value, dtype=torch.float64) for value in (found, wanted))
    try:
        torch.testing.assert_close(found, wanted, rtol=rtol, atol=atol)
    except AssertionError:
        return False
    return True


def _reject_unreal(tensor: torch.Tensor) -> None:
    if torch.isnan(tensor).any():
        raise Hint("nan")
    if torch.isinf(tensor).any():
        raise Hint("infinite")
