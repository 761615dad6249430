"""Compare stored pictures with fresh ones.

The tolerance: the same size within 2 %, and every block of 16×16 pixels has, at its place or at
most 4 pixels beside it, a mean colour that differs by at most 20 of 255. Another release of
matplotlib (3.8 to 3.11 were tried), which sets letters a pixel or two further on, stays below it;
another digit, another kernel or a moved curve does not.
"""

import base64
import io
import re

import numpy as np
from PIL import Image

SIZE_TOLERANCE = 0.02
BLOCK = 16
SHIFT = 4
COLOUR_TOLERANCE = 20


def find_picture_problems(stored_outputs: list, fresh_outputs: list) -> list[str]:
    """Return a sentence for each picture of a cell that is not what it was."""
    stored, fresh = list_pictures(stored_outputs), list_pictures(fresh_outputs)
    if len(stored) != len(fresh):
        return [f"expected {len(stored)} pictures, as stored, got {len(fresh)}"]
    found = (compare_pictures(old, new) for old, new in zip(stored, fresh, strict=True))
    return [problem for problem in found if problem]


def list_pictures(outputs: list) -> list[str]:
    """The PNGs of a cell's outputs, in base64: those that are outputs, those inside HTML."""
    pictures = []
    for output in outputs:
        data = output.get("data", {})
        pictures += [data["image/png"]] if "image/png" in data else []
        pictures += re.findall(r'src="data:image/png;base64,([^"]*)"', data.get("text/html", ""))
    return pictures


def compare_pictures(stored: str, fresh: str) -> str | None:
    """Compare two PNGs in base64; return what differs, or None."""
    old, new = decode_picture(stored), decode_picture(fresh)
    for before, after in zip(old.size, new.size, strict=True):
        if abs(before - after) > SIZE_TOLERANCE * before:
            return f"expected a picture of {old.size} pixels, as stored, got {new.size}"
    difference = measure_difference(np.asarray(old, float), np.asarray(new.resize(old.size), float))
    if difference.max() > COLOUR_TOLERANCE:
        row, column = np.unravel_index(difference.argmax(), difference.shape)
        return (
            f"the picture differs from the stored one by {difference.max():.0f} of 255 around "
            f"pixel ({column * BLOCK}, {row * BLOCK}); at most {COLOUR_TOLERANCE} is tolerated"
        )
    return None


def decode_picture(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def measure_difference(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """How far each block's mean colour is from the nearest one within SHIFT pixels, 0 to 255.

    Args:
        old, new: pixels of shape (height, width, 3).

    Returns:
        Shape (rows of blocks, columns of blocks).
    """
    height, width = (-(-side // BLOCK) * BLOCK for side in old.shape[:2])
    fill = ((0, height - old.shape[0]), (0, width - old.shape[1]), (0, 0))
    old, new = (np.pad(picture, fill, constant_values=255) for picture in (old, new))
    target = average_blocks(old)
    wide = np.pad(new, ((SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    nearest = np.full(target.shape[:2], 255.0)
    for down in range(0, 2 * SHIFT + 1, 2):
        for right in range(0, 2 * SHIFT + 1, 2):
            moved = average_blocks(wide[down : down + height, right : right + width])
            nearest = np.minimum(nearest, np.abs(moved - target).max(2))
    return nearest


def average_blocks(pixels: np.ndarray) -> np.ndarray:
    """Mean colour of each 16×16 block, shape (rows, columns, 3)."""
    height, width = pixels.shape[:2]
    return pixels.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean(axis=(1, 3))
