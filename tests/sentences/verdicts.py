"""What a calculation shows, as a key of WORDS: which side, which operation, the same or not."""

import operator
import re

import torch
import torch.nn.functional as F

from lenet_course import draw_digits


def name_side(dim: int) -> str:
    """What grows when a picture grows in a dimension: its height (rows), or its width (columns)."""
    shape = [1, 1, 32, 32]
    shape[dim] = 64
    left, right, bottom, top = draw_digits(torch.zeros(shape)).axes[0].images[0].get_extent()
    return "columns" if right - left > bottom - top else "rows"


def find_padded(place: int) -> str:
    """The side that one of the four numbers of F.pad pads."""
    widths = [0] * 4
    widths[place] = 1
    padded = F.pad(torch.ones(1, 1), widths)
    sides = ("left", "right") if padded.shape == (1, 2) else ("top", "bottom")
    return sides[padded.argmax() == 0]


def find_operation(left, right, result) -> str:
    """Name the operation that makes the result of the two, summed up where they are many."""
    ways = {"add": operator.add, "subtract": operator.sub}
    ways |= {"multiply": operator.mul, "divide": operator.truediv}
    result = torch.as_tensor(float(result))
    (name,) = (
        n for n, way in ways.items() if torch.isclose(way(left, right).sum().float(), result)
    )
    return name


def try_on(layer, picture: torch.Tensor) -> str:
    try:
        layer(picture)
    except RuntimeError:
        return "refuses"
    return "accepts"


def place_in(number: int, shape: tuple) -> str:
    """Where a shape has a number, as a key of WORDS."""
    return "first" if shape.index(number) == 0 else "last"


def agree(statement: object) -> str:
    return "same" if str(statement) == "True" else "less"


def sign(value: float) -> str:
    return "negative" if value < 0 else "positive"


def rank(value: float, values) -> str:
    """Whether a value is the largest or the smallest of all: "more", "less"."""
    values = torch.as_tensor(values)
    return "more" if value >= values.max() else "less" if value <= values.min() else "same"


def count_decimals(printed: str) -> int:
    return len(re.search(r"\.(\d+)", printed)[1])
