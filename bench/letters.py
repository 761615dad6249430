"""Letters and shapes, none of them a digit, prepared as the explorer's pad prepares a drawing.

Printed ones are of matplotlib's own fonts. Drawn ones follow WAYS, which were written down before
any network saw them and not changed afterwards.
"""

import random
from pathlib import Path
from string import ascii_letters as LETTERS

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.hand import move_like_a_hand
from bench.ink import SIDE, draw_strokes, prepare_ink

FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"
STRAY, SPEED = 1.2, 0.4  # of the hand: record_strokes.py's upright one has these, or nearly

# Strokes, each a way through points of a grid, column 0 to 8 and row 0 to f; twice is a corner.
WAYS = {
    "a": "75 44 08 3c 79|74 7c",
    "b": "00 0c|06 44 77 7a 4c 0b",
    "c": "75 44 08 3c 7b",
    "d": "75 44 08 3c 79|70 7c",
    "e": "08 78 78 64 34 08 1b 4c 7b",
    "f": "71 50 34 3c|05 65",
    "g": "75 44 08 3c 79|74 7d 4f 1e",
    "h": "00 0c|07 44 66 6c",
    "i": "44 4c|41 42",
    "j": "54 5d 3f 1e|51 52",
    "k": "00 0c|64 08|27 6c",
    "l": "40 4c",
    "m": "04 0c|06 24 46 4c|46 64 86 8c",
    "n": "04 0c|06 44 66 6c",
    "o": "44 15 08 1b 4c 7b 88 75 44",
    "p": "04 0f|06 44 77 7a 4c 0b",
    "q": "75 44 08 3c 79|74 7f",
    "r": "04 0c|07 34 65",
    "s": "75 34 06 38 7a 3c 0b",
    "t": "40 4a 6c 7b|14 74",
    "u": "04 0a 3c 69|64 6c",
    "v": "04 4c 4c 84",
    "w": "04 2c 2c 45 45 6c 6c 84",
    "x": "04 7c|74 0c",
    "y": "04 3c|84 2f",
    "z": "04 74 74 0c 0c 7c",
    "A": "0c 40 40 8c|28 68",
    "B": "00 0c|00 50 73 56 06 06 57 89 7b 4c 0c",
    "C": "81 50 12 06 1a 5c 8b",
    "D": "00 0c|00 50 83 86 89 5c 0c",
    "E": "80 00 00 0c 0c 8c|06 66",
    "F": "80 00 00 0c|06 66",
    "G": "81 50 12 06 1a 5c 8a 87 87 57",
    "H": "00 0c|80 8c|06 86",
    "I": "40 4c",
    "J": "60 69 4c 1b 09",
    "K": "00 0c|80 07|36 8c",
    "L": "00 0c 0c 8c",
    "M": "0c 00 00 48 48 80 80 8c",
    "N": "0c 00 00 8c 8c 80",
    "O": "40 12 06 1a 4c 7a 86 72 40",
    "P": "0c 00 00 60 83 66 06",
    "Q": "40 12 06 1a 4c 7a 86 72 40|59 8c",
    "R": "0c 00 00 60 83 66 06|46 8c",
    "S": "81 40 02 14 46 78 8a 4c 0b",
    "T": "00 80|40 4c",
    "U": "00 08 2c 6c 88 80",
    "V": "00 4c 4c 80",
    "W": "00 2c 2c 43 43 6c 6c 80",
    "X": "00 8c|80 0c",
    "Y": "00 46 46 4c|80 46",
    "Z": "00 80 80 0c 0c 8c",
}
SHAPES = {
    "smiley": "40 12 06 1a 4c 7a 86 72 40|24 25|64 65|28 4a 68",
    "face": "22 23|62 63|19 4b 79",
    "dot": "46 46",
    "dash": "06 86",
    "slash": "0c 80",
    "cross": "40 4c|06 86",
    "square": "02 82 82 8a 8a 0a 0a 02",
    "triangle": "41 8b 8b 0b 0b 41",
    "heart": "44 21 04 4c 4c 84 61 44",
    "star": "40 7c 7c 04 04 84 84 1c 1c 40",
    "scribble": "06 21 3c 50 6b 81 7c 60 4b 21 0a 3f 70 8c",
    "zigzag": "00 82 82 04 04 86 86 08 08 8a 8a 0c",
    "house": "0c 05 05 40 40 85 85 8c 8c 0c",
    "spiral": "46 56 58 38 24 63 89 5c 1b 05 50 83",
    "check mark": "06 3c 3c 80",
    "grid": "20 2c|60 6c|04 84|08 88",
    "equals sign": "04 84|08 88",
}


def draw_way(name: str, way: str) -> np.ndarray:
    """Follow a way of WAYS or SHAPES with an unsteady hand: shape (32, 32)."""
    draw = random.Random(name)
    strokes = []
    for text in way.split("|"):
        points = [(58 + 10 * int(x, 16), 26 + 10 * int(y, 16)) for x, y in text.split()]
        moved = [(x, y) for x, y, _ in move_like_a_hand(points, STRAY, SPEED, draw)]
        strokes.append(moved or points[:1])
    return prepare_ink(draw_strokes(strokes))


def draw_letters() -> np.ndarray:
    """Draw A to Z and a to z: shape (52, 32, 32)."""
    return np.stack([draw_way(f"letter {letter}", WAYS[letter]) for letter in LETTERS])


def draw_shapes() -> dict[str, np.ndarray]:
    """Draw SHAPES, and a pad that is all ink."""
    shapes = {name: draw_way(name, way) for name, way in SHAPES.items()}
    return shapes | {"all ink": prepare_ink(np.ones((SIDE, SIDE)))}


def print_letters(font: str) -> np.ndarray:
    """A to Z and a to z of one of matplotlib's fonts: shape (52, 32, 32)."""
    face = ImageFont.truetype(str(FONTS / f"{font}.ttf"), 130)
    pictures = []
    for letter in LETTERS:
        image = Image.new("L", (300, 300))
        ImageDraw.Draw(image).text((80, 60), letter, fill=255, font=face)
        pictures.append(prepare_ink(np.asarray(image) / 255))
    return np.stack(pictures)
