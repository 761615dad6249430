"""What the marks of chapter 2 are computed with, and what shows its questions' right choices."""

import ast
import copy
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from book.notebooks.sources import read_source
from lenet_course import Net, compute_feature_maps, load_digits, load_trained, prepare_images
from lenet_course.training.standardise import DEVIATION, MEAN, Standardised, fold
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions import (
    test_02_larger_pictures_need_more_of_fc1_and_of_no_other_layer,
    test_02_zero_biases_leave_the_kernels_different_and_move,
)
from tests.sentences.facts import compare, read_numbers
from tests.sentences.kernels import *  # noqa: F403 the marks use its names
from tests.sentences.kernels import fresh_net
from tests.sentences.operations import find_operation
from tests.sentences.verdicts import sign  # noqa: F401 - marks name it

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


def reach(value: float, limit: float) -> str:
    return "inside" if abs(value) <= limit else "outside"


def flatten(images: torch.Tensor) -> torch.Tensor:
    """The row that fc1 would get."""
    maps = F.max_pool2d(F.relu(net.conv1(images)), 2)
    return F.max_pool2d(F.relu(net.conv2(maps)), 2).flatten(1)


# He's rule beside PyTorch's default: the square of its factor of 1/√n, and how much wider it is
he_square = 3 * nn.init.calculate_gain("relu") ** 2
he_ratio = he_square**0.5 / (bound(net.conv1) * fan_in(net.conv1) ** 0.5)
signals = compute_feature_maps(fresh_net, prepare_images(load_digits("train").images[:100]))
spreads = [
    (signals[name] - signals[name].mean(0)).std().item()  # from image to image
    for name in ("conv1", "conv2", "fc1", "fc2", "fc3")
]
signal_trend = compare(spreads[-1], spreads[0]) if spreads == sorted(spreads)[::-1] else None

# how far the first values go, in bounds
first = list(fresh_net.children())
widest = reach(max(each.weight.abs().max().item() / bound(each) for each in first), 1)
widest_bias = reach(max(each.bias.abs().max().item() / bound(each) for each in first), 1)
shares = {
    line.split()[0]: float(line.split()[2])  # percent
    for line in read_output(SLUG, "share-of-each").splitlines()
}
conv_share = shares["conv1"] + shares["conv2"]
millions = read_numbers("without-sharing", SLUG)[0] // 1e5 * 1e5  # cut, not rounded

# --- code and outputs


def line_of(cell: str, code: str, start: str = "") -> int:
    """Which line of a cell, of those that begin so, holds this code: from 1."""
    lines = [line.strip() for line in get_cell(SLUG, cell).source.splitlines()]
    lines = [line for line in lines if line.startswith(start)]
    return 1 + next(number for number, line in enumerate(lines) if code in line)


def verdicts(cell: str) -> list[bool]:
    return [word == "True" for word in re.findall("True|False", read_output(SLUG, cell))]


tabled = re.findall(r"^\S+", read_output(SLUG, "name-table"), re.M)
stored = ast.literal_eval(read_output(SLUG, "state-dict"))


def alike(things: list) -> str:
    return "kept" if all(thing == things[0] for thing in things) else "changed"


def map_with_equal_weights() -> list[list]:
    """The feature maps of a conv1 whose numbers are all the same."""
    conv1 = Net().conv1
    for parameter in conv1.parameters():
        nn.init.constant_(parameter, 0.01)
    return conv1(torch.rand(1, 1, 32, 32))[0].tolist()


same_maps = map_with_equal_weights()


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
