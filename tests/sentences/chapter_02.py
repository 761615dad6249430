"""What the marks of chapter 2 are computed with, and what shows its questions' right choices."""

import copy
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from book.sources import ROOT, read_source
from lenet_course import Net, compute_feature_maps, draw_kernels, load_trained
from lenet_course.standardise import DEVIATION, MEAN, Standardised, fold
from tests.chapters import get_cell, read_output
from tests.checks.test_questions import (
    test_02_larger_pictures_need_more_of_fc1_and_of_no_other_layer,
    test_02_zero_biases_leave_the_kernels_different_and_move,
)
from tests.sentences.colours import name_colour
from tests.sentences.facts import compare, find_all, read_numbers
from tests.sentences.operations import find_operation

SLUG = "02_inspect_the_parameters"
# name → (place of the right choice, from 0; the test that shows it)
QUESTIONS = {
    "q-larger": (1, test_02_larger_pictures_need_more_of_fc1_and_of_no_other_layer),
    "q-zero-bias": (0, test_02_zero_biases_leave_the_kernels_different_and_move),
}

net = load_trained()
layers = dict(net.named_children())
picture, larger = torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 64, 64)
asked = nn.Conv2d(16, 32, 3)  # what q-shape asks for

# --- shapes and counts


def count(kind: type) -> int:
    """How many layers of a kind the network has."""
    return sum(isinstance(layer, kind) for layer in layers.values())


def name_axes(weight: torch.Tensor) -> list[str]:
    """Name the axes of a weight that is made of 2 inputs, 3 outputs, a kernel 4 high, 5 wide."""
    return [{2: "inputs", 3: "outputs", 4: "rows", 5: "columns"}[size] for size in weight.shape]


axes = name_axes(nn.Conv2d(2, 3, (4, 5)).weight)
linear_axes = name_axes(nn.Linear(2, 3).weight)
arguments = name_axes(torch.empty(nn.Conv2d(2, 3, 1).in_channels, nn.Conv2d(2, 3, 1).out_channels))
kinds = [{"weight": "weights", "bias": "biases"}[name.split(".")[1]] for name in net.state_dict()]


def stand(one: object, among: list) -> str:
    return ("first", "second")[among.index(one)]


def fan_in(layer: nn.Module) -> int:
    return layer.weight[0].numel()


def bound(layer: nn.Module) -> float:
    return fan_in(layer) ** -0.5


def flatten(images: torch.Tensor) -> torch.Tensor:
    """The row that fc1 would get."""
    maps = F.max_pool2d(F.relu(net.conv1(images)), 2)
    return F.max_pool2d(F.relu(net.conv2(maps)), 2).flatten(1)


conv_share = sum(read_numbers("share-of-each", SLUG)[1:4:2])  # percent
millions = read_numbers("without-sharing", SLUG)[0] // 1e5 * 1e5  # cut, not rounded

# --- code and outputs


def line_of(cell: str, code: str, start: str = "") -> int:
    """Which line of a cell, of those that begin so, holds this code: from 1."""
    lines = [line.strip() for line in get_cell(SLUG, cell).source.splitlines()]
    lines = [line for line in lines if line.startswith(start)]
    return 1 + next(number for number, line in enumerate(lines) if code in line)


def verdicts(cell: str) -> list[bool]:
    return [word == "True" for word in re.findall("True|False", read_output(SLUG, cell))]


def alike(things: list) -> str | None:
    return "same" if all(thing == things[0] for thing in things) else None


def spot(place: list[float], size: tuple) -> str | None:
    centred = all(2 * at == side - 1 for at, side in zip(place, size, strict=True))
    return "middle" if centred else None


# --- what is multiplied, what is added


def find_ways(layer: nn.Module, factor: torch.Tensor, shift: torch.Tensor) -> tuple[str, str]:
    """What a layer of one number does with its weight, and with what comes after it."""
    x = torch.tensor([7.0])
    nn.init.constant_(factor, 3.0)
    nn.init.constant_(shift, 2.0)
    return find_operation(layer(x) - shift, x, factor), find_operation(layer(x), x * factor, shift)


neuron = nn.Linear(1, 1)
ways = dict(zip(("weights", "biases"), find_ways(neuron, neuron.weight, neuron.bias), strict=True))
roles = {way: name for name, way in ways.items()}
(cell,) = [each["text"] for each in read_source(SLUG) if each["id"] == "own-layer"]
own = {"nn": nn, "torch": torch}
exec(cell.rpartition("\n")[0], own)  # the solution, without its check
stretch = own["Stretch"](1)
stretched = find_ways(stretch, stretch.weight, stretch.offset)

x = torch.tensor([0.5])
standardised = Standardised(nn.Identity())(x)
first_done = find_operation(standardised * DEVIATION, x, MEAN)
then_done = find_operation(standardised, x - MEAN, DEVIATION)
merged = find_operation(
    fold(Standardised(copy.deepcopy(net))).conv1.weight, net.conv1.weight, DEVIATION
)
learned = net.conv1.weight.abs().max().item() * DEVIATION

# --- kernels as pictures

kernels = net.conv1.weight.detach()[:, 0]
with torch.random.fork_rng():
    torch.manual_seed(0)
    fresh = Net().conv1.weight.detach()[:, 0]
scale = draw_kernels(fresh).axes[0].images[0].norm.vmax
image = draw_kernels(kernels).axes[0].images[0]
# the halves of a kernel, without its middle row or column
HALVES = {
    "left": kernels[:, :, :2].mean((1, 2)),
    "right": kernels[:, :, 3:].mean((1, 2)),
    "top": kernels[:, :2].mean((1, 2)),
    "bottom": kernels[:, 3:].mean((1, 2)),
}
ACROSS = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
slant = (torch.arange(5) + torch.arange(5)[:, None] - 4).abs()  # steps from the rising diagonal
bands = kernels[:, slant == 0].mean(1) - kernels[:, slant > 1].mean(1)


def paint(value: float) -> str:
    """The colour that a value has in the picture of the trained kernels."""
    return name_colour(image.to_rgba(float(value))[:3])


def look(number: int, half: str) -> str:
    return paint(HALVES[half][number])


def side(number: int, colour: str) -> str:
    """The half of a kernel that has most of this colour."""
    sign = 1 if colour == "red" else -1
    return max(HALVES, key=lambda half: sign * HALVES[half][number])


def find_kernel(half: str) -> int:
    """Which kernel is red in this half and blue across from it, most of all."""
    return int((HALVES[half] - HALVES[ACROSS[half]]).argmax())


def direction(number: int) -> str:
    rows, columns = kernels[number].mean(1), kernels[number].mean(0)
    return "level" if rows.var() > columns.var() else "upright"


rising = int(bands.argmax())
falling = kernels[rising].diagonal().mean() > kernels[rising].fliplr().diagonal().mean()
ends = ("left", "top", "right", "bottom") if falling else ("left", "bottom", "right", "top")
flank = paint(kernels[rising][slant > 1].mean())
(one_sided,) = (kernels.sign().flatten(1).mean(1).abs() == 1).nonzero().flatten().tolist()

painted = {value: paint(value) for value in range(-3, 4)}
theme = (ROOT / "lenet_course/static/maps.js").read_text(encoding="utf-8").split("dark:")[0]
explored = {
    value: name_colour([part / 255 for part in find_all(re.search(rf"{name}: \[+(.*?)\]", theme)[1])])
    for value, name in ((-1, "below"), (0, "zero"), (1, "above"))
}


def meaning(colour: str, shown: dict[float, str]) -> object:
    """What a colour stands for: "positive", "negative" or 0."""
    (sign,) = {(value > 0) - (value < 0) for value, other in shown.items() if other == colour}
    return {1: "positive", -1: "negative", 0: 0}[sign]


def effect(weight: float) -> str:
    """How ink below this number of a kernel changes the output."""
    return compare(F.conv1d(torch.ones(1, 1, 1), torch.full((1, 1, 1), float(weight))).item(), 0)


# --- strokes: 16 pixels long, 3 wide

strokes = torch.zeros(2, 1, 32, 32)
strokes[0, :, 8:24, 15:18] = strokes[1, :, 15:18, 8:24] = 1
upright, level = compute_feature_maps(net, strokes)["conv1"]
SEEN = {
    "left": upright[:, 14, 8:15],
    "right": upright[:, 14, 15:20],
    "top": level[:, 8:14, 14],
    "bottom": level[:, 14:20, 14],
}


def edge(number: int, colour: str, half: str) -> str:
    """The edge of a stroke, this or the one across, where a map has most of this colour."""
    sign = 1 if colour == "red" else -1
    return max((half, ACROSS[half]), key=lambda each: (sign * SEEN[each][number]).max())


def glow(value: float) -> str:
    """The colour that the explorer gives a value."""
    return explored[(value > 0) - (value < 0)]
