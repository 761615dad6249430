"""What the marks of chapter 9 are computed with."""

import json
import re
from math import comb
from statistics import mean

import torch
from matplotlib.colors import to_rgb

from bench.distil import AIM, EPOCHS, KEPT_ASIDE, TRIED_SEEDS  # noqa: F401
from bench.teachers import TEACHERS, WIDTH, Teacher  # noqa: F401
from book.notebooks.sources import read_source
from lenet_course import Digits, draw_curves, load_digits, load_trained, prepare_images
from lenet_course.assets.make_weights import SETTINGS
from lenet_course.evidence import load_distillation, load_evidence
from lenet_course.exercises.train_on_real_digits import GOAL  # noqa: F401
from lenet_course.figures import draw_confusion
from lenet_course.training.augmentation import jitter
from lenet_course.widgets.data import read_checkpoints
from tests.chapters import get_cell
from tests.sentences.facts import find_all, read_numbers, read_text
from tests.sentences.looks import name_colour
from tests.sentences.trying import pick
from tests.sentences.verdicts import find_operation  # noqa: F401

SLUG = "09_train_on_real_digits"


def read_code(cell: str) -> str:
    return get_cell(SLUG, cell).source


def read_value(cell: str, pattern: str) -> float:
    """The number that a cell's code has where the pattern's group is."""
    return float(re.search(pattern, read_code(cell))[1])


def count(net) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


# --- the digits
_train, _test = load_digits("train"), load_digits("test")
packaged, tested = len(_train.labels), len(_test.labels)
taught = int(read_value("split-cell", r"images\[:(\d+)\]"))
held_out = packaged - taught
held_out_end = pick(last=f"images[{taught}:]" in read_code("split-cell"))
validation = Digits(_train.images[taught:], _train.labels[taught:])
average_count = held_out / 10
stored_shape = tuple(_train.images[0].shape)
input_shape = tuple(prepare_images(_train.images[:1])[0, 0].shape)
background = int(_train.images[0, 0, 0])
one_in = round(100 / read_numbers("accuracy-cell", SLUG)[0])
shuffled = int(read_value("shuffle-cell", r"randperm\((\d+)"))
_lines = read_text("shuffle-cell", SLUG).splitlines()
equal_lines = [n + 1 for n, line in enumerate(_lines) if _lines.count(line) == 2]
half_batch = read_numbers("batches-cell", SLUG)[1] / 2

# --- the packaged run
_run = json.loads(read_checkpoints())
run = dict(zip(_run["steps"], _run["accuracies"], strict=True))  # step → accuracy
run_epochs = SETTINGS["epochs"]
below = 20  # percent
fast = (max(n for n in run if 100 * run[n] < below), min(n for n in run if run[n] > 0.9))

# --- the loop
_parameter = torch.nn.Parameter(torch.ones(1))
_optimizer = torch.optim.SGD([_parameter], lr=1, weight_decay=0.5)
for _ in range(50):
    _parameter.grad = torch.zeros(1)
    _optimizer.step()
decayed_to = round(_parameter.item(), 3)
momentum = read_value("one-epoch-cell", r"momentum=([\d.]+)")
weight_decay = read_value("one-epoch-cell", r"weight_decay=([\de-]+)")
peak = read_value("train-by-hand", r"lr=([\d.]+)")
hand_epochs = int(read_value("train-by-hand", r"epochs=(\d+)"))
sampled = int(read_value("measure-cell", r"images\[:(\d+)\]"))
constant_share = eval(re.search(r"lambda step: .", read_code("constant-cell"))[0])(0)
_printed = read_numbers("constant-cell", SLUG)[-2:]
ahead_at_end = pick(training=_printed[0] > _printed[1], validation=_printed[0] < _printed[1])
log_base = draw_curves({"a": [1.0, 2.0]}, log=True).axes[0].yaxis.get_transform().base


def column_of(name: str) -> str:
    """The side of a printed line on which something stands."""
    if name in ("sample", "validation"):
        code = read_code("measure-cell")
        first = code.index("evaluate(net, sample)") < code.index("evaluate(net, validation)")
        shown = re.search(r"\((seen), (kept)\) .*\n.*\* seen.* \* kept", read_code("constant-cell"))
        return "left" if first == (name == "sample") and shown else "right"
    return re.search(rf"(left|right) = 100 \* {name}\[", read_code("triangle-train-cell"))[1]


_pairs = read_numbers("triangle-train-cell", SLUG)
gained = round(_pairs[-1] - _pairs[-2], 1)
_code = {cell["id"]: cell["text"] for cell in read_source(SLUG) if cell["kind"] == "code"}
_names = {}
exec(_code["triangle-cell"].split("draw_curves")[0], _names)
rates = _names["rates"]
ends_at = round(rates[-1], 3)
steps, summit = len(rates), rates.index(max(rates)) + 1

# --- mistakes: label → answer, as the cell prints them
mistakes = re.findall(r"(\d)→(\d)\b", read_text("mistakes-cell", SLUG))
first_row = tuple(int(digit) for pair in mistakes[:8] for digit in pair)
off = torch.zeros(10, 10, dtype=torch.int64)
for _label, _answer in mistakes:
    off[int(_label), int(_answer)] += 1
_frequent = (off == off.max()).nonzero().tolist()
frequent_places = most_frequent = tuple(number for pair in _frequent for number in pair)
rare_rows = [row for row in range(10) if off[row].sum() == off.sum(1).min()]


def draw_own_table():
    table = torch.diag(torch.full((10,), 20)) + off
    return draw_confusion(table, {"5→8": torch.zeros(2, 1, 32, 32)})


_figure = draw_own_table()
_axes, *_beside = _figure.axes
diagonal_colour = name_colour(to_rgb(_axes.texts[0].get_color()))
_image = _axes.images[0]
_deep = _image.cmap(_image.norm(float(off.max())))[:3]
mistake_colour = pick(orange=_deep[0] > _deep[1] > _deep[2] and _deep[1] > 0.4)
examples_side = pick(
    right=_beside[0].get_position().x0 > _axes.get_position().x1,
    left=_beside[0].get_position().x1 < _axes.get_position().x0,
)
_first, _last = (_axes.transData.transform(place) for place in ((0, 0), (9, 9)))
diagonal_ends = (
    *("left" if _first[0] < _last[0] else "right", "top" if _first[1] > _last[1] else "bottom"),
    *("right" if _first[0] < _last[0] else "left", "bottom" if _first[1] > _last[1] else "top"),
)


def place_of(label: int, answer: int) -> tuple[int, int]:
    """The row and the column in which the counting code counts one digit."""
    names = {"torch": torch, "answers": [answer]}
    names["validation"] = Digits(torch.zeros(1), [label])
    code = read_code("confusion-cell")
    exec(code[code.index("table =") : code.index("off =")], names)
    return tuple(names["table"].nonzero()[0].tolist())


QUESTIONS = {}  # all right choices are computed

solution_epochs = int(re.search(r"epochs=(\d+)", _code["beat"])[1])

# --- few digits, augmentation
few_count = int(read_value("few-cell", r"images\[:(\d+)\]"))
few_batch = int(read_value("few-cell", r'"batch_size": (\d+)'))
few_rate = read_value("few-cell", r'"learning_rate": ([\d.]+)')
few_epochs = int(read_value("few-cell", r'"epochs": (\d+)'))
jittered_copies = int(read_value("jitter-cell", r"repeat\((\d+)"))
jittered_label = int(_train.labels[int(read_value("jitter-cell", r"images\[(\d+):"))])
_doc = find_all(jitter.__doc__)
jitter_limits = dict(zip(("pixels", "degrees", "percent"), _doc[:3], strict=True))

# --- the evidence
evidence = load_evidence()
rows, made, loader = (evidence[name] for name in ("rows", "made", "loader"))
thirty = int(re.search(r"_(\d+)$", "net_30")[1]) if "net_30" in rows else None


def gain(row: str, other: str) -> float:
    """How many percentage points a row's mean is above another's, as readers subtract them."""
    return round(rows[row]["mean"], 1) - round(rows[other]["mean"], 1)


def furthest(name: str) -> str:
    """Whether no other row's mean is as far from net's: "more"."""
    away = {row: abs(gain(row, "net")) for row in rows}
    return "more" if max(away, key=away.get) == name else "less"


def best(name: str) -> float:
    return max(
        [rows[name]["mean"], *(row["mean"] for row in evidence["other_rates"][name].values())]
    )


def wins(row: str, other: str) -> int:
    """With how many seeds a row is above another."""
    return sum(a > b for a, b in zip(rows[row]["runs"], rows[other]["runs"], strict=True))


sigmoid_range = tuple(torch.tensor([-100.0, 100.0]).sigmoid().round().tolist())
won_always = min(wins("net", "no_schedule"), wins("normalized", "net"), wins("muon", "net"))


def chance(least: int) -> float:
    """How likely a row of no effect is above another with so many seeds, or more."""
    count = len(made["seeds"])
    return sum(comb(count, wins) for wins in range(least, count + 1)) / 2**count


# --- a network that learns from others
_data = load_trained().recipe["data"]
full_count = int(re.search(r"([\d,]+) training", _data)[1].replace(",", ""))
_shown = int(read_value("teacher-cell", r"images\[(\d+):"))
teacher_label = int(_train.labels[_shown])
teacher_logits = read_numbers("teacher-cell", SLUG)[:10]
teacher_order = sorted(range(10), key=lambda digit: -teacher_logits[digit])
label_logits = 0, read_value("distil-cell", r"(\d+)\.0 \* F\.one_hot")
teacher_parameters = count(Teacher(WIDTH))
knots = tuple(map(int, re.search(r"len\(digits\), 2, (\d), (\d)", read_code("bend-cell")).groups()))
bent_pixels = int(read_value("bend-cell", r"bend\(ten, (\d)"))
distilled = load_distillation()
learnt = full_count - KEPT_ASIDE
shipped_accuracy = find_all(load_trained().recipe["accuracy on MNIST's 10,000 test digits"])[0]


def count_wrong(row: dict) -> list[int]:
    return [round(KEPT_ASIDE * (1 - each)) for each in row["accuracies"]]


tested_wrong = count_wrong(distilled)
_halves = [[row for row in distilled["tried"] if row["bent"] == bent] for bent in (0, 0.5)]
_means = [[mean(count_wrong(row)) for row in half] for half in _halves]
_ways = [[(row["loss"], row["muon"]) for row in half] for half in _halves]
bent_pairs = len(_ways[0]) if _ways[0] == _ways[1] else None
bent_wins = sum(bent < still for still, bent in zip(*_means, strict=True))
best_bent = min(_means[1])
seed_range = min(max(count_wrong(row)) - min(count_wrong(row)) for row in _halves[1])


def tried(loss: str, bent: float) -> float:
    """The mean number of mistakes of a candidate."""
    (row,) = (row for row in distilled["tried"] if (row["loss"], row["bent"]) == (loss, bent))
    return mean(count_wrong(row))
