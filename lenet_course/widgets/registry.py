"""The course's widgets, each a folder beside this file: the one list that notebook and book read.

NAME/ holds widget.py with the class, words.json, and what the page runs: NAME.js, whose default
export renders, and NAME.css. What several widgets use stands in shared/. Imports no torch and
nothing of the package, so that the book, which is built without torch, can load it by itself.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SHARED = FOLDER / "shared"
RECORDING = {"LENET_BOOK": "1"}  # the environment in which the book's outputs are recorded


class Widget(NamedTuple):
    """What has to be known of a widget from outside.

    Attributes:
        class_name: of the class in its widget.py.
        heights: pairs of a window's width and the pixels that the widget takes up in the book's
            page from that width on, in the language that takes more.
        views: pairs of a trait that is true in another view of the widget, and that view's heights.
        needs: the traits that the page has to fetch where a stored output leaves them out.
        fetches: pairs of a trait that the script sets to true and the one that is then sent to it,
            by Python in a notebook, by the loader in the page.
    """

    class_name: str
    heights: tuple[tuple[int, int], ...]
    needs: tuple[str, ...] = ()
    fetches: tuple[tuple[str, str], ...] = ()
    views: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()


WIDGETS = {
    "explorer": Widget(
        "LeNetExplorer",
        (
            *((0, 3024), (361, 3090), (376, 3137), (391, 3248), (431, 3647), (552, 2305)),
            *((712, 1999), (745, 2069), (861, 2158), (944, 2306), (992, 2194), (1200, 2242)),
            (1281, 2311),
        ),
        ("values", "digits", "labels"),
        (("opened", "checkpoints"),),
        (
            (
                "training",
                (
                    *((0, 1700), (376, 1765), (431, 1890), (560, 1490), (712, 1230), (1200, 1470)),
                    (1280, 1230),
                ),
            ),
        ),
    ),
    "feature_maps": Widget(
        "FeatureMapBrowser",
        ((0, 1342), (381, 1174), (601, 1129), (700, 993), (820, 777)),
        ("values",),
    ),
    "graph": Widget("GraphExplorer", ((0, 1443), (380, 1388), (480, 1346), (700, 856))),
    "step": Widget(
        "StepByStep",
        ((0, 1346), (360, 1290), (601, 1270), (700, 1100)),
        ("values", "digits", "labels"),
    ),
}


def find_file(name: str, ending: str) -> Path:
    """Find a folder's own script or style: the file of its name with this ending."""
    return FOLDER / name / f"{name}.{ending}"


def read_style(name: str) -> str:
    """Read the style of a widget that a script draws: what all have, then its own."""
    files = (find_file("shared", "css"), find_file(name, "css"))
    return "".join(path.read_text(encoding="utf-8") for path in files)


def read_words(name: str) -> dict[str, dict[str, str]]:
    """Read what a widget can say, and what all can: key → language → words.

    Raises:
        KeyError: for a widget that WIDGETS does not have.
    """
    if name not in WIDGETS:
        raise KeyError(f"expected a widget from {sorted(WIDGETS)}, got {name!r}")
    own = json.loads((FOLDER / name / "words.json").read_text(encoding="utf-8"))
    return {**read_shared_words(), **own}


def read_shared_words() -> dict[str, dict[str, str]]:
    """Read what every widget can say."""
    return json.loads((SHARED / "words.json").read_text(encoding="utf-8"))


def get_words(name: str, language: str) -> dict[str, str]:
    """Return what a widget says in a language: key → words."""
    return {key: words[language] for key, words in read_words(name).items()}


def is_recorded() -> bool:
    """Tell whether outputs are for the book's page, which has no Python."""
    return RECORDING.items() <= os.environ.items()
