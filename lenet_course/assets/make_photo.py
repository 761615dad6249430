"""Makes photo.jpg, four digits on paper: python lenet_course/assets/make_photo.py

The strokes are those of tests/strokes, drawn with a felt pen, each digit of another size and away
from the middle of its quarter; the light falls off to the right, and the paper has a grain. Which
digits stand there is PHOTOGRAPHED.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

STROKES = Path(__file__).parents[2] / "tests/strokes"
SIDE = 160  # pixels of a digit's quarter
PHOTOGRAPHED = {"slanted_2": (0.5, 20, 44), "upright_4": (0.62, 14, 8),
                "slanted_7": (0.45, 60, 50), "upright_5": (0.55, 6, 36)}  # fmt: skip
PEN, PAPER, INK = 4.5, (233, 228, 214), (46, 52, 92)  # pixels; red, green and blue


def draw_ink(strokes: list, scale: float, left: float, top: float) -> np.ndarray:
    """How much ink each pixel of a quarter has, 0 to 1."""
    down, right = np.mgrid[:SIDE, :SIDE]
    distance = np.full((SIDE, SIDE), np.inf)
    for stroke in strokes:
        points = np.array([point[:2] for point in stroke]) * scale + (left, top)
        for start, end in pairwise(points):
            way = end - start
            along = ((right - start[0]) * way[0] + (down - start[1]) * way[1]) / max(
                way @ way, 1e-9
            )
            along = along.clip(0, 1)
            apart = np.hypot(right - start[0] - along * way[0], down - start[1] - along * way[1])
            distance = np.minimum(distance, apart)
    return (PEN + 0.5 - distance).clip(0, 1)


def main() -> None:
    quarters = []
    for name, place in PHOTOGRAPHED.items():
        strokes = json.loads((STROKES / f"{name}.json").read_text(encoding="utf-8"))["strokes"]
        quarters.append(draw_ink(strokes, *place))
    ink = np.concatenate(quarters, axis=1)[..., None]
    light = np.linspace(1, 0.7, ink.shape[1])[None, :, None]
    grain = np.random.default_rng(0).normal(0, 3, ink.shape)
    photo = light * (ink * INK + (1 - ink) * PAPER) + grain
    image = Image.fromarray(photo.clip(0, 255).astype(np.uint8))
    image.save(Path(__file__).with_name("photo.jpg"), quality=85)


if __name__ == "__main__":
    main()
