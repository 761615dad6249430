"""The explorer's pad and its preparation, written once more in Python from what they are to do.

Ink is an array of shape (SIDE, SIDE), 0 to 1; an input of the network has shape (32, 32).
"""

from collections.abc import Iterable

import numpy as np

SIDE = 196  # of the pad
PEN, LEAST = 7, 1  # radii of its pen, in pixels
FAINT = 1 / 512  # what is paler, at a line's edge by rounding alone, is none
LARGE = 100  # pixels across: on a smaller drawing the pen is thinner in proportion


def find_radius(strokes: Iterable) -> float:
    """The pen's radius, in quarters of a pixel, for strokes of (x, y) points."""
    places = np.concatenate([np.array(stroke)[:, :2] for stroke in strokes])
    size = (places.max(0) - places.min(0)).max()
    return max(LEAST, np.floor(4 * PEN * min(1, size / LARGE) + 0.5) / 4)


def draw_line(ink: np.ndarray, start, end, radius: float) -> None:
    """shared/ink.js's drawLine: the distance to the nearest of the line."""
    low = np.floor(np.minimum(start, end) - radius - 2).astype(int).clip(0)
    high = np.ceil(np.maximum(start, end) + radius + 2).astype(int).clip(0)
    part = ink[low[1] : high[1], low[0] : high[0]]
    y, x = (np.indices(part.shape) + 0.5) + low[::-1, None, None]
    x, y = x - start[0], y - start[1]
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = np.clip((x * dx + y * dy) / ((dx * dx + dy * dy) or 1), 0, 1)
    distance = np.hypot(x - along * dx, y - along * dy)
    np.maximum(part, np.clip(radius + 0.5 - distance, 0, 1), out=part)


def draw_strokes(strokes: list) -> np.ndarray:
    """Draw strokes of (x, y, …) points as the pad does: ink."""
    radius = find_radius(strokes)
    ink = np.zeros((SIDE, SIDE))
    for stroke in strokes:
        places = np.array(stroke)[:, :2]
        for start, end in zip([places[0], *places], places, strict=False):
            draw_line(ink, start, end, radius)
    return ink


def average_axis(length: int, scale: float) -> np.ndarray:
    """Matrix (20, length): the share that each pixel has in each of 20 means over 1 / scale."""
    low = np.arange(20)[:, None] / scale
    pixels = np.arange(length)[None, :]
    overlap = np.minimum(pixels + 1, low + 1 / scale) - np.maximum(pixels, low)
    return np.clip(overlap, 0, 1) * scale


def prepare_ink(ink: np.ndarray) -> np.ndarray:
    """The box round the ink scaled to 20×20, its centre of mass at (16, 16) of 32×32."""
    dark = ink > FAINT
    rows, columns = dark.any(1).nonzero()[0], dark.any(0).nonzero()[0]
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(box.shape)
    down, right = (average_axis(length, scale) for length in box.shape)
    small = down @ box @ right.T
    image = np.zeros((32, 32))
    corner = []
    for axis, length in enumerate(box.shape):
        mean = (small.sum(1 - axis) * np.arange(20)).sum() / small.sum()
        corner.append(
            min(max(16 - int(np.floor(mean + 0.5)), 0), 32 - int(np.ceil(length * scale)))
        )
    row, column = corner
    height, width = min(20, 32 - row), min(20, 32 - column)
    image[row : row + height, column : column + width] = small[:height, :width]
    return image
