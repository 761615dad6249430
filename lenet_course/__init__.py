"""The helper package of the course. Chapters import what they use from here."""

import sys

from lenet_course.digits import Digits, load_digits, pick_digit, prepare_images
from lenet_course.features import compute_feature_maps, find_receptive_field
from lenet_course.figures import (
    draw_curves,
    draw_digits,
    draw_feature_maps,
    draw_graph,
    draw_kernels,
    draw_network,
    draw_probabilities,
)
from lenet_course.graph import trace_graph
from lenet_course.model import Net, load_trained
from lenet_course.text import say, set_language
from lenet_course.training import evaluate, train
from lenet_course.version import VERSION, list_replaced

__version__ = str(VERSION)
__all__ = [
    "Digits",
    "Net",
    "compute_feature_maps",
    "draw_curves",
    "draw_digits",
    "draw_feature_maps",
    "draw_graph",
    "draw_kernels",
    "draw_network",
    "draw_probabilities",
    "evaluate",
    "find_receptive_field",
    "load_digits",
    "load_trained",
    "pick_digit",
    "prepare_images",
    "setup",
    "trace_graph",
    "train",
]


def setup(language: str) -> None:
    """Prepare a chapter: the reader's language, how tensors print, how figures look.

    Args:
        language: "ko" or "en".

    Raises:
        ValueError: for another language.
        RuntimeError: the reader's names hold parts of a lenet_course that this one replaced.
    """
    import torch
    from IPython import get_ipython

    set_language(language)
    shell = get_ipython()
    if shell is not None and list_replaced(shell.user_ns):
        raise RuntimeError(say("restart"))
    # two decimals: what every processor that follows the recorded settings agrees on
    torch.set_printoptions(precision=2, sci_mode=False, linewidth=79)
    if shell is not None:
        shell.run_line_magic("matplotlib", "inline")
        shell.run_line_magic("config", "InlineBackend.figure_formats = ['png']")
    elif hasattr(sys.stdout, "reconfigure"):  # a script, maybe under a code page that lacks µ or −
        sys.stdout.reconfigure(errors="replace")
    print(say("ready"))
