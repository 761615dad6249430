"""What the notebook's widgets and the book's pages share without torch: scripts and examples."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

STATIC = Path(__file__).parent / "static"
CHECKPOINTS = Path(__file__).parent / "assets" / "checkpoints.json.gz"
SHARED = (  # each leans only on those before it
    "net.js", "ink.js", "maps.js", "model.js", "views.js", "pad.js", "strip.js", "story.js",
    "panel.js", "scrubber.js",
)  # fmt: skip


def join_modules(*names: str) -> str:
    """Join modules of static/ into one: no import, no export but a default one.

    Args:
        names: file names, each after those that it imports from.
    """
    text = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)
    text = re.sub(r'^import [^;]*? from "\./[^"]*";\n', "", text, flags=re.MULTILINE)
    return re.sub(r"^export (?!default )", "", text, flags=re.MULTILINE)


def read_checkpoints() -> str:
    """Read the recorded training run, as JSON: assets/make_checkpoints.py says what it holds."""
    return gzip.decompress(CHECKPOINTS.read_bytes()).decode()


def pick_examples(labels: Iterable[int], each: int = 2) -> list[int]:
    """Pick the first digits of every label: their indices, ordered 0 to 9, then 0 to 9 again."""
    found = [[] for _ in range(10)]
    for index, label in enumerate(labels):
        found[label].append(index)
    return [indices[turn] for turn in range(each) for indices in found]
