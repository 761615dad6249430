"""What the marks of chapter 1 are computed with, and what shows its questions' right choices."""

import inspect
import json
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import (
    Net,
    draw_network,
    find_receptive_field,
    load_digits,
    load_trained,
    prepare_images,
    trace_graph,
)
from lenet_course.evidence import load_evidence
from lenet_course.figures import SIGNED
from lenet_course.tables import draw_tables
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions import (
    test_01_a_kernel_as_large_as_its_picture_leaves_one_number,
    test_01_a_layer_that_is_missing_is_missed_when_the_network_is_called,
    test_01_pooling_forgets_a_move_within_a_square_and_no_other,
)
from tests.sentences.colours import name_colour
from tests.sentences.facts import compare, find_all
from tests.sentences.operations import find_operation

SLUG = "01_define_the_net"
# name → (place of the right choice, from 0; the test that shows it)
QUESTIONS = {
    "q-edge": (1, test_01_a_kernel_as_large_as_its_picture_leaves_one_number),
    "q-shift": (2, test_01_pooling_forgets_a_move_within_a_square_and_no_other),
    "q-missing": (2, test_01_a_layer_that_is_missing_is_missed_when_the_network_is_called),
}

# --- shapes, as the chapter prints them

SHAPES = dict(
    line.split(maxsplit=1) for line in read_output(SLUG, "every-shape-printed").splitlines()
)


def shape(step: str) -> list[int]:
    return json.loads(SHAPES[step])


sides = [shape(step)[3] for step in ("input", "conv1", "pool1", "conv2", "pool2")]
vectors = [shape(step)[1] for step in ("flatten", "fc1", "fc2", "fc3")]
depths = [shape(step)[1] for step in ("input", "conv1", "conv2")]
square = [shape("relu1")[place] // shape("pool1")[place] for place in (2, 3)]  # what is pooled
halved = shape("pool1")[2] / shape("relu1")[2]

one_linear = load_evidence()["rows"]["linear"]["mean"]  # of chapter 9's table

# --- the definition

layers = dict(Net().named_children())


def count(kind: type) -> int:
    """How many layers of a kind the network has."""
    return sum(isinstance(layer, kind) for layer in layers.values())


def stand(name: str) -> str | None:
    """Where a layer stands among all."""
    return {0: "first", len(layers) - 1: "last"}.get(list(layers).index(name))


def line_of(code: str) -> int:
    """The line of `forward`, from 1, that holds this code."""
    lines = get_cell(SLUG, "define-net").source.split("def forward")[1].splitlines()[1:]
    return 1 + next(number for number, line in enumerate(lines) if code in line)


def read_table_rows(cell: str) -> int:
    """How many rows a table of the prose has, below its head."""
    return len(re.findall(r"^\|", get_cell(SLUG, cell).source, re.M)) - 2


# how PyTorch names the arguments of Conv2d, and the sides of what it puts out
arguments = [
    {"in_channels": "inputs", "out_channels": "outputs"}.get(name)
    for name in inspect.signature(nn.Conv2d).parameters
]
(letters,) = set(re.findall(r"\((N), (C)_\{out\}, (H)_\{out\}, (W)_\{out\}\)", nn.Conv2d.__doc__))
axes = [{"H": "rows", "W": "columns"}.get(letter) for letter in letters]

# --- what the layers do

x, w = torch.rand(2, 1, 1, 5, 5, generator=torch.Generator().manual_seed(0))
ones = torch.ones(1, 1, 5, 5)
one_x, one_w = x[..., :1, :1], w[..., :1, :1]
pairing = find_operation(F.conv2d(one_x, one_w), one_x, one_w)
gathering = find_operation(F.conv2d(x, ones), *x.flatten())
weighing = find_operation(F.linear(one_x, one_w[0, 0]), one_x, one_w)
summing = find_operation(F.linear(x.flatten(), ones.flatten()), *x.flatten())
field = find_receptive_field("conv1", 0, 0)
corner = ("bottom" if field[0].start else "top", "right" if field[1].start else "left")
# row n: the columns below the kernel at its place n
windows = torch.arange(sides[0]).unfold(0, layers["conv1"].kernel_size[1], 1)
edge = "left" if torch.equal(windows[:, 0], windows.amin(1)) else "right"
covered = F.conv2d(x, w).shape[2:]

# --- one position of a digit

seen = {}
exec(get_cell(SLUG, "one-position").source, seen)
pixels, kernel, products = seen["patch"], seen["kernel"], seen["patch"] * seen["kernel"]
(chosen,) = [
    n for n, each in enumerate(seen["trained"].weight[:, 0]) if torch.equal(each.detach(), kernel)
]
figure = draw_tables({"patch": pixels, "kernel": kernel, "patch * kernel": products})
places = [axes.get_position().x0 + axes.get_position().x1 for axes in figure.axes]
tables = ["left" if x < 0.8 else "right" if x > 1.2 else "middle" for x in places]
HALVES = {"left": slice(0, 2), "right": slice(3, 5)}  # without the middle column
OTHER = {"left": "right", "right": "left"}
ink_side = max(HALVES, key=lambda side: pixels[:, HALVES[side]].mean())
blank_side = OTHER[ink_side]  # so it is this edge of a stroke
inked = pixels[:, HALVES[ink_side]].mean().round().item()
empty = pixels[:, HALVES[blank_side]].abs().max().item()
product_rest = products[:, HALVES[blank_side]].abs().max().item()


def hue(share: float) -> str:
    """The colour in which a table shows a value, as a share of the largest."""
    return name_colour(SIGNED(0.5 + float(share) / 5)[:3])


def kernel_hue(side: str) -> str:
    return hue(kernel[:, HALVES[side]].mean())


def kernel_side(colour: str) -> str:
    return max(HALVES, key=lambda side: (kernel_hue(side) == colour, side))


product_hue = hue(products[:, HALVES[ink_side]].mean())


def name_sign(number: float) -> str:
    return "negative" if number < 0 else "positive"


# --- ReLU

drawn_relu = {"F": F, "torch": torch}
exec(get_cell(SLUG, "relu-graph").source, drawn_relu)
relu_x, relu_y = drawn_relu["x"], F.relu(drawn_relu["x"])
relu_flat = "level" if (relu_y[relu_x < 0] == 0).all() else "upright"
rising = relu_y[relu_x > 0].diff() > 0
relu_rises = ("right", "top") if rising.all() else ("right", "bottom")
relu_slopes = [(relu_y.diff() / relu_x.diff())[place].round(decimals=3).item() for place in (0, -1)]
numbers = torch.arange(-3.0, 4)
(bend,) = numbers[1:-1][F.relu(numbers).diff().diff() != 0]
dropped = "negative" if (numbers[F.relu(numbers) != numbers] < 0).all() else "positive"

example = {"torch": torch, "F": F}
exec(get_cell(SLUG, "pool-small").source, example)
squares = example["small"].unfold(0, 2, 2).unfold(1, 2, 2).flatten(0, 1).flatten(1).tolist()
pooled = find_all(read_output(SLUG, "pool-small"))
kept = "more" if pooled == [max(each) for each in squares] else "less"

dots = torch.zeros(4, 4, 4)  # picture n: a 1 in column n, in the first row
dots[range(4), 0, range(4)] = 1
move = "right" if (dots[:, 0].argmax(1).diff() == 1).all() else "left"
pools = [F.max_pool2d(dot[None], 2) for dot in dots]
moved = ["kept" if torch.equal(pools[n], pools[n + 1]) else "changed" for n in range(3)]
within, across = moved.index("kept") + 1, moved.index("changed") + 1  # from which column

untouched = find_all(read_output(SLUG, "flatten-shape")).index(3)  # the dimension of 3 pictures


def judge(cell: str) -> str:
    """Whether a cell says True, that two things are the same."""
    return "kept" if "True" in read_output(SLUG, cell) else "changed"


# --- what comes out, and the way back

images = prepare_images(load_digits("test").images[:200])
net = load_trained()
logits = net(images)
right = [(logits.detach() * sign).argmax(1) == load_digits("test").labels[:200] for sign in (1, -1)]
answer = compare(right[0].sum(), right[1].sum())  # whether the largest is it, or the smallest
lowest = "negative" if logits.min() < 0 else "positive"
depth = {node.parameter: node.index for node in trace_graph(logits, net)}
nearest = "outputs" if depth["fc3.bias"] < depth["conv1.bias"] else "inputs"
furthest = "inputs" if nearest == "outputs" else "outputs"

# --- the drawing of the network

figure = draw_network(net).axes[0]
drawn = [list(map(int, text.get_text().split("×"))) for text in figure.texts[1::2]]
patches = iter(figure.patches)
blocks = [[next(patches) for _ in range(each[0] if len(each) == 3 else 1)] for each in drawn]
ends = ("left", "right") if blocks[0][0].get_x() < blocks[-1][0].get_x() else ("right", "left")


def paint(*places: int) -> str:
    """The one colour that these blocks of the drawing have, from 0."""
    (colour,) = {name_colour(sheet.get_facecolor()) for n in places for sheet in blocks[n]}
    return colour
