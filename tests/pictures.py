"""Compare stored pictures with fresh ones.

The tolerance: the same size within 2 %, and in every block of 16×16 pixels a mean brightness that
differs by at most 20 of 255 in each colour. Another version of a font or of anti-aliasing stays
below it; another digit, another kernel or a moved curve does not.
"""

import base64
import io

import numpy as np
from PIL import Image

SIZE_TOLERANCE = 0.02
BLOCK = 16
BRIGHTNESS_TOLERANCE = 20


def find_picture_problems(stored_outputs: list, fresh_outputs: list) -> list[str]:
    """Return a sentence for each picture of a cell that is not what it was."""
    stored, fresh = list_pictures(stored_outputs), list_pictures(fresh_outputs)
    if len(stored) != len(fresh):
        return [f"expected {len(stored)} pictures, as stored, got {len(fresh)}"]
    found = (compare_pictures(old, new) for old, new in zip(stored, fresh, strict=True))
    return [problem for problem in found if problem]


def list_pictures(outputs: list) -> list[str]:
    """The PNGs of a cell's outputs, in base64."""
    data = [output.get("data", {}) for output in outputs]
    return [item["image/png"] for item in data if "image/png" in item]


def compare_pictures(stored: str, fresh: str) -> str | None:
    """Compare two PNGs in base64; return what differs, or None."""
    old, new = decode_picture(stored), decode_picture(fresh)
    for before, after in zip(old.size, new.size, strict=True):
        if abs(before - after) > SIZE_TOLERANCE * before:
            return f"expected a picture of {old.size} pixels, as stored, got {new.size}"
    difference = np.abs(average_blocks(old) - average_blocks(new.resize(old.size)))
    if difference.max() > BRIGHTNESS_TOLERANCE:
        row, column, _ = np.unravel_index(difference.argmax(), difference.shape)
        return (
            f"the picture differs from the stored one by {difference.max():.0f} of 255 around "
            f"pixel ({column * BLOCK}, {row * BLOCK}); at most {BRIGHTNESS_TOLERANCE} is tolerated"
        )
    return None


def decode_picture(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def average_blocks(picture: Image.Image) -> np.ndarray:
    """Mean colour of each 16×16 block, shape (rows, columns, 3), 0 to 255."""
    width, height = (-(-side // BLOCK) * BLOCK for side in picture.size)
    padded = Image.new("RGB", (width, height), "white")
    padded.paste(picture)
    pixels = np.asarray(padded, dtype=float)
    return pixels.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean(axis=(1, 3))
