"""What the marks of chapter 13 are computed with."""

import re

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.image import imread

from lenet_course import draw_digits, load_digits, load_trained
from lenet_course.assets.make_photo import PHOTOGRAPHED
from lenet_course.digits import PHOTO
from lenet_course.evidence import load_evidence
from lenet_course.exercises.read_your_own_handwriting import draw_rates
from tests.chapters import get_cell
from tests.sentences.facts import find_all, read_numbers, read_text
from tests.sentences.looks import name_colour

SLUG = "13_read_your_own_handwriting"
QUESTIONS = {}  # all right choices are computed


def read_value(cell: str, pattern: str) -> float:
    """The number that a cell's code has where the pattern's group is."""
    return float(re.search(pattern, get_cell(SLUG, cell).source)[1])


def _read(cell: str) -> str:
    return get_cell(SLUG, cell, "en").source


_train = load_digits("train")
pixels = int(_train.images.min()), int(_train.images.max())
packaged, background = len(_train.labels), int(_train.images[0, 0, 0])
held_out = int(read_value("whole-cell", r"images\[-(\d+):\]"))
whole = load_evidence()["whole"]

# --- the network kept, of the losses that the question gives
_condition = re.search(r"if (losses.*):", get_cell(SLUG, "own-save").source)[1]
_question = re.search(r"the validation losses were (.*?)\. How", _read("own-net-about"))[1]
losses_given = tuple(find_all(_question))
_saved = [
    n for n in range(1, len(losses_given) + 1) if eval(_condition, {"losses": losses_given[:n]})
]
times_saved, epoch_kept = len(_saved), _saved[-1]
not_saved = [n for n in range(1, len(losses_given) + 1) if n not in _saved]
own_epochs = int(read_value("own-net", r"net, (\d+), f"))
shown_digits = int(read_value("own-hand-cell", r"images\[:(\d+)\]"))

# --- the photo
threshold = read_value("photo-ink", r"> ([\d.]+) \* ink.max")
box = int(read_value("photo-ink", r"round\((\d+) \* side"))
canvas = int(read_value("photo-function", r"zeros\(1, 1, (\d+)"))
_names = {"torch": torch, "F": F}
for _cell in ("photo-ink", "photo-function"):
    exec(get_cell(SLUG, _cell).source, _names)
photo_steps = re.findall(r"(\w+)\(", get_cell(SLUG, "photo-function").source.split("return")[-1])
_prepared = _names["prepare_photo"](torch.tensor(imread(PHOTO)[:, :160]))
prepared_shape, darkest = tuple(_prepared.shape), float(_prepared.max())
shown_part = int(read_value("photo-steps", r"find_ink\(parts\[(\d)\]"))
photographed = tuple(int(name[-1]) for name in PHOTOGRAPHED)
_grey = imread(PHOTO).mean(2)
photo_colours = imread(PHOTO).shape[2]
paper_becomes = float(np.median(np.median(_grey) - _grey))
_quarters = np.array_split(np.median(_grey, axis=0), 4)
shaded_side = "right" if _quarters[-1].mean() < _quarters[0].mean() else "left"
photo_answers = tuple(int(n) for n in read_numbers("photo-read-cell", SLUG)[:8])
raw_right = sum(a == b for a, b in zip(photo_answers, photographed, strict=False))
_ground = draw_digits(torch.eye(32)[None]).axes[0].images[0]
prepared_ground = name_colour(_ground.cmap(_ground.norm(0.0))[:3])

# --- the test digits
another = find_all(re.search(r"Another network gets (\d+)", _read("test-once-seen"))[1])[0]
worse, better = next(draw_rates())
triples = re.findall(r"(\d)→(\d)\|(\d)", read_text("both-cell", SLUG))
their_mistakes = sum(label != theirs for label, _, theirs in triples)
common_mistakes = sum(label not in answers for label, *answers in triples)
recipe_epochs = load_trained().recipe["epochs"]
