"""Maps as a PNG within a millisecond: a grid of small pictures, for a browser to enlarge.

The colours are those of figures.py: blue below zero, white at zero, red above; ink black on white.
"""

import base64
import math
import struct
import zlib

import numpy as np
import torch
from matplotlib import colormaps

LEVELS = 62  # colours on either side of zero
FRAME, MARK = 1, 2  # places in the palette; 0 is transparent
FIRST = 3  # the palette's place of the lowest value
GREYS = b"\0\0\0\x90\x90\x90\xd5\x5e\x00"  # transparent, the frame, figures.py's orange
MOST_NUMBERED = 16
LARGE, MIDDLE, SMALL = 96, 28, 8  # pixels, about: a map by itself, one of 2 to 16, one of many
STRIP, GAP = 5, 1  # pixels above a map, where its number goes, and around its frame


def _make_palette(name: str) -> bytes:
    colours = colormaps[name](np.linspace(0, 1, 2 * LEVELS + 1), bytes=True)
    return GREYS + colours[:, :3].tobytes()


PALETTES = {"signed": _make_palette("RdBu_r"), "ink": _make_palette("gray_r")}


def find_limit(maps: torch.Tensor) -> float:
    """Find the largest absolute value; what is not finite is left out."""
    finite = maps[maps.isfinite()]
    return finite.abs().max().item() if len(finite) else 0.0


def choose_columns(count: int) -> int:
    """Choose how many of `count` maps stand side by side: full rows, if that makes a fair shape."""
    root = math.ceil(count**0.5)
    return next((columns for columns in range(root, 2 * root) if count % columns == 0), root)


def encode_maps(
    maps: torch.Tensor,
    limit: float,
    mark: int | None = None,
    palette: str = "signed",
    numbered: bool = False,
) -> str:
    """Encode a grid of maps as a PNG.

    Args:
        maps: shape (C, H, W), any range; a value that is not a number is left transparent.
        limit: the value at the scale's end; the other end is -limit.
        mark: the map whose frame is marked.
        palette: "signed" or "ink" (white up to 0, black at limit).
        numbered: leave a strip above each map, STRIP of a cell's height, for its number.

    Returns:
        The PNG in base64.
    """
    values = maps.detach().cpu().float().numpy()
    count, rows, columns = values.shape
    if palette == "ink":
        values = 2 * values - limit
    with np.errstate(invalid="ignore"):
        shares = np.clip(values / (limit or 1), -1, 1)
        places = np.rint(LEVELS * shares) + (FIRST + LEVELS)
    places = np.where(np.isnan(places), 0, places).astype(np.uint8)
    side = LARGE if count == 1 else MIDDLE if count <= MOST_NUMBERED else SMALL
    scale = max(1, round(side / max(rows, columns)))
    places = places.repeat(scale, 1).repeat(scale, 2)
    top, edge = (STRIP if numbered else 0), GAP + 1
    across = choose_columns(count)
    down = -(-count // across)
    height, width = rows * scale + 2 * edge + top, columns * scale + 2 * edge
    cells = np.zeros((down * across, height, width), np.uint8)
    cells[:count, top + GAP : height - GAP, GAP : width - GAP] = FRAME
    if mark is not None:
        cells[mark, top:] = MARK
    cells[:count, top + edge : height - edge, edge : width - edge] = places
    grid = cells.reshape(down, across, height, width).swapaxes(1, 2)
    return base64.b64encode(_write_png(grid.reshape(down * height, -1), palette)).decode()


def _write_png(pixels: np.ndarray, palette: str) -> bytes:
    """Write one byte a pixel, a place in the palette. Source: PNG, third edition, W3C, 2025."""
    height, width = pixels.shape
    lines = np.zeros((height, width + 1), np.uint8)  # before each line its filter: none
    lines[:, 1:] = pixels
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits, a palette
    chunks = {b"IHDR": header, b"PLTE": PALETTES[palette], b"tRNS": b"\0"}
    chunks |= {b"IDAT": zlib.compress(lines.tobytes()), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items()
    )
