"""How a picture looks, as keys of WORDS: colours, which way a stroke leans, where something lies.

A picture is a tensor (height, width); ink is one of booleans.
"""

import torch
import torch.nn.functional as F


def name_colour(rgb: tuple) -> str:
    """Name a colour, red, green and blue from 0 to 1."""
    red, green, blue = rgb
    if max(rgb) - min(rgb) < 0.1:
        return "white" if min(rgb) > 0.95 else "black" if max(rgb) < 0.1 else "grey"
    return "red" if red > max(green, blue) else "blue" if blue > green else "teal"


def find_third(place: float, size: int) -> str:
    """The third of a size in which a row lies."""
    return ("top", "middle", "bottom")[int(3 * place / size)]


def measure_lean(picture: torch.Tensor) -> float:
    """How far a stroke leans to the right: minus the covariance of its rows and columns."""
    places = picture.clamp(min=0).nonzero().T
    return -torch.cov(places, aweights=picture[tuple(places)])[0, 1].item()


def find_lean(picture: torch.Tensor) -> str:
    return "right" if measure_lean(picture) > 0 else "left"


def measure_box(picture: torch.Tensor) -> tuple[int, int]:
    """The height and the width of the box around the brightest values, from half the largest on."""
    bright = picture > picture.max() / 2
    spans = [bright.any(along).nonzero().flatten() for along in (1, 0)]
    return tuple(int(span[-1] - span[0]) + 1 for span in spans)


def find_ends(ink: torch.Tensor) -> dict[str, str]:
    """Where a slanting stroke ends: {"top": "right", "bottom": "left"}, and the same by side."""
    rows = ink.any(1).nonzero().flatten()
    first, last = (ink[row].nonzero().float().mean() for row in rows[[0, -1]])
    sides = ("right", "left") if first > last else ("left", "right")
    return dict(zip(("top", "bottom", *sides), (*sides, "top", "bottom"), strict=True))


def measure_halves(ink: torch.Tensor) -> dict[str, int]:
    """The rows that have ink in a picture's left and right half."""
    left, right = ink.chunk(2, dim=1)
    return {"left": int(left.any(1).sum()), "right": int(right.any(1).sum())}


def find_start(ink: torch.Tensor) -> str:
    """The third of the writing's height in which its leftmost end lies."""
    writing = ink[ink.any(1)]
    return find_third(writing[:, writing.any(0)][:, 0].nonzero().float().mean(), len(writing))


def find_opening(ink: torch.Tensor, row: int, column: int) -> str:
    """The one side on which no ink bounds a place."""
    lines = {
        "top": ink[:row, column],
        "bottom": ink[row:, column],
        "left": ink[row, :column],
        "right": ink[row, column:],
    }
    (side,) = (side for side, line in lines.items() if not line.any())
    return side


def find_gap(ink: torch.Tensor) -> str:
    """The third of the writing's height in which two strokes of it come nearest to each other."""
    rows = ink.any(1).nonzero().flatten()
    steps = {int(row): int(ink[row].nonzero().flatten().diff().max()) for row in rows}
    narrow = min((row for row in steps if steps[row] > 1), key=steps.get)
    return find_third(narrow - int(rows[0]), len(rows))


def find_smear(ink: torch.Tensor) -> tuple[str, str]:
    """Where writing reaches furthest beyond the middle third of its height: (side, end)."""
    thirds = ink[ink.any(1)].tensor_split(3)
    top, middle, bottom = (third.any(0).nonzero().flatten() for third in thirds)
    beyond = {
        (side, end): int(reach)
        for end, columns in (("top", top), ("bottom", bottom))
        for side, reach in (
            ("left", middle.min() - columns.min()),
            ("right", columns.max() - middle.max()),
        )
    }
    return max(beyond, key=beyond.get)


def count_pieces(mask: torch.Tensor) -> int:
    """Count a mask's pieces, corners joined: a place takes on its neighbours' highest name."""
    names = torch.arange(1.0, mask.numel() + 1).view(1, *mask.shape) * mask
    for _ in range(mask.numel()):
        names = F.max_pool2d(names, 3, 1, 1) * mask
    return len(names.unique()) - 1
