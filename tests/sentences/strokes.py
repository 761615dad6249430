"""What can be seen of a written digit: where it leans, closes, opens, and how a stroke lies.

Pictures are of shape (1, 1, 32, 32) or less, ink from 0 to 1; answers are keys of WORDS.
"""

import torch
import torch.nn.functional as F


def find_ink(picture: torch.Tensor) -> torch.Tensor:
    """1 where ink is seen, int of shape (32, 32)."""
    return (picture.squeeze() > 0.5).int()


def find_lean(picture: torch.Tensor) -> str:
    """The side that the upper half of the ink stands on, seen from the lower half."""
    rows, columns = find_ink(picture).nonzero().T
    upper = rows < rows.float().mean()
    return "right" if columns[upper].float().mean() > columns[~upper].float().mean() else "left"


def find_loop(picture: torch.Tensor) -> str | None:
    """The half of the digit in which ink closes round bare paper; None: it does not."""
    ink = find_ink(picture)
    cross = torch.tensor([[[[0.0, 1, 0], [1, 1, 1], [0, 1, 0]]]])
    outside, before = torch.zeros_like(ink), -1
    outside[0] = 1
    while outside.sum() > before:  # paper next to the outside is outside
        before = outside.sum()
        near = F.conv2d(outside[None, None].float(), cross, padding=1)[0, 0] > 0
        outside = (near & (ink == 0)).int()
    enclosed = (ink + outside == 0).nonzero()[:, 0].float()
    middle = ink.nonzero()[:, 0].float().mean()
    return None if not len(enclosed) else "top" if enclosed.mean() < middle else "bottom"


def find_opening(picture: torch.Tensor) -> str | None:
    """The end at which paper between two strokes is open; None: neither, or ink closes round it."""
    ink = find_ink(picture)
    left, right = ink.cummax(1).values, ink.flip(1).cummax(1).values.flip(1)
    above, below = ink.cummax(0).values, ink.flip(0).cummax(0).values.flip(0)
    between = (ink == 0) & (left == 1) & (right == 1)
    top, bottom = ((between & (far == 0)).sum() for far in (above, below))
    return None if find_loop(picture) or top == bottom else "top" if top > bottom else "bottom"


def find_bar(picture: torch.Tensor) -> tuple[str, str]:
    """How the stroke in the heaviest row lies, and in which half of the digit."""
    ink = find_ink(picture)
    wide, row = ink.sum(1).max(dim=0)
    thick = (ink.sum(1) > wide / 2).sum()
    lies = "level" if wide > 2 * thick else "upright"
    return lies, "bottom" if row > ink.nonzero()[:, 0].float().mean() else "top"
