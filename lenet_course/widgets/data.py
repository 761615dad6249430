"""What widgets show in a notebook and in the book: the recorded run, the digits to pick from.

Imports no torch and nothing of the package: the book loads it by itself.
"""

import gzip
from collections.abc import Iterable
from pathlib import Path

CHECKPOINTS = Path(__file__).parents[1] / "assets" / "checkpoints.json.gz"


def read_checkpoints() -> str:
    """Read the recorded training run, as JSON: assets/make_checkpoints.py says what it holds."""
    return gzip.decompress(CHECKPOINTS.read_bytes()).decode()


def pick_examples(labels: Iterable[int], each: int = 2) -> list[int]:
    """Pick the first digits of every label: their indices, ordered 0 to 9, then 0 to 9 again."""
    found = [[] for _ in range(10)]
    for index, label in enumerate(labels):
        found[label].append(index)
    return [indices[turn] for turn in range(each) for indices in found]
