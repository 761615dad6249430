"""What the pictures of conv1's kernels show, and what the kernels make of a stroke."""

import re

import torch
import torch.nn.functional as F

from book.course import ROOT
from lenet_course import Net, compute_feature_maps, draw_kernels, load_trained
from tests.sentences.colours import name_colour
from tests.sentences.facts import compare, find_all

net = load_trained()
kernels = net.conv1.weight.detach()[:, 0]
with torch.random.fork_rng():
    torch.manual_seed(0)
    fresh_net = Net()
fresh = fresh_net.conv1.weight.detach()[:, 0]
image, fresh_image = (draw_kernels(each).axes[0].images[0] for each in (kernels, fresh))
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


def paint(value: float, image=image) -> str:
    """The colour that a value has in a picture of kernels: that of the trained ones."""
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
theme = (ROOT / "lenet_course/widgets/shared/maps.js").read_text(encoding="utf-8").split("dark:")[0]
explored = {
    value: name_colour(
        [part / 255 for part in find_all(re.search(rf"{name}: \[+(.*?)\]", theme)[1])]
    )
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
    return explored[int(value > 0) - int(value < 0)]
