"""The picture that previews of a link show, and the icon in the tab: drawn from the shipped net.

python -m book.site.draw_preview    # writes preview.png, favicon.svg and favicon.png
"""

from pathlib import Path

import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lenet_course import compute_feature_maps, load_digits, load_trained, pick_digit
from lenet_course.figures import BLUE, GREY, ORANGE, SIGNED

STATIC = Path(__file__).parent / "static"
SIZE = (1200, 630)  # pixels that previews are made for
INDEX = 1848  # the 4 that chapters 3 and 9 look at
MIDDLE = 230  # pixels from the bottom: the line around which everything stands
KERNEL = 0  # of conv1: a dark spot above a slanted stroke
PAPER, INK = "#ffffff", "#14181e"


def draw_preview() -> Figure:
    """Draw a digit, what both convolutions make of it, and the answer."""
    net = load_trained()
    digit, _ = pick_digit(load_digits("test"), INDEX)
    with torch.no_grad():
        maps = compute_feature_maps(net, digit)
    width, height = SIZE
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=PAPER)
    figure.text(60 / width, 0.8, "LeNet", fontsize=72, fontweight="bold", color=INK)
    path = " → ".join(["x", "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"])
    figure.text(60 / width, 0.7, path, fontsize=24, color=GREY, family="monospace")
    place_maps(figure, digit[0], 1, 60, 250, "gray_r")
    place_maps(figure, maps["conv1"][0], 3, 345, 285, SIGNED)
    place_maps(figure, maps["conv2"][0], 4, 665, 250, SIGNED)
    place_bars(figure, maps["fc3"][0].softmax(0), 960, (180, 250))
    for left, name in (
        (60, "1 × 32 × 32"),
        (345, "6 × 28 × 28"),
        (665, "16 × 10 × 10"),
        (930, "10"),
    ):
        figure.text(left / width, 0.09, name, fontsize=20, color=GREY)
    return figure


def place_maps(figure: Figure, maps: torch.Tensor, columns: int, left: int, wide: int, cmap):
    """Place maps in a grid `wide` pixels wide, around the middle line, all on one scale."""
    width, height = SIZE
    rows = len(maps) // columns
    cell = wide / columns
    edge = cell - 6 * (columns > 1)
    high = maps.abs().max().item()
    low = -high if maps.min() < 0 else 0  # the digit is ink, of no sign
    for number, values in enumerate(maps):
        row, column = divmod(number, columns)
        corner = (left + column * cell) / width, (MIDDLE + (rows / 2 - 1 - row) * cell) / height
        size = edge / width, edge / height
        axes = figure.add_axes((*corner, *size))
        axes.imshow(values, cmap=cmap, vmin=low, vmax=high)
        axes.set_axis_off()
        if columns == 1:
            figure.add_artist(Rectangle(corner, *size, fill=False, ec=GREY))


def place_bars(figure: Figure, shares: torch.Tensor, left: int, size: tuple[int, int]):
    """Place the probabilities of the ten digits, the answer in orange."""
    width, height = SIZE
    bottom = (MIDDLE - size[1] / 2) / height
    axes = figure.add_axes((left / width, bottom, size[0] / width, size[1] / height))
    answer = shares.argmax().item()
    axes.barh(range(10), shares, color=[ORANGE if n == answer else BLUE for n in range(10)])
    axes.set(ylim=(9.5, -0.5), xlim=(0, 1), xticks=[], yticks=range(10))
    axes.tick_params(length=0, labelsize=16, labelcolor=INK)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def colour_kernel() -> list[list[str]]:
    """Colour a kernel of conv1 as the course does: blue below zero, red above."""
    weight = load_trained().conv1.weight.detach()[KERNEL, 0]
    limit = weight.abs().max()
    return [[to_hex(SIGNED(float(v / limit / 2 + 0.5))) for v in row] for row in weight]


def make_icon() -> str:
    """Make the icon as the text of an SVG file: the kernel's 25 numbers on a grid of 32 × 32."""
    cells = [
        f'<rect x="{1 + 6 * x}" y="{1 + 6 * y}" width="6" height="6" fill="{colour}"/>'
        for y, row in enumerate(colour_kernel())
        for x, colour in enumerate(row)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<clipPath id="c"><rect x="1" y="1" width="30" height="30" rx="6"/></clipPath>'
        f'<g clip-path="url(#c)">{"".join(cells)}</g>'
        f'<rect x="1" y="1" width="30" height="30" rx="6" fill="none" stroke="{GREY}"/></svg>\n'
    )


def draw_icon() -> Figure:
    """Draw the same for where an SVG will not do: 180 × 180 pixels, to its edge."""
    figure = Figure(figsize=(1.8, 1.8), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    for y, row in enumerate(colour_kernel()):
        for x, colour in enumerate(row):
            axes.add_patch(Rectangle((x, y), 1, 1, fc=colour, ec=colour))
    axes.set(xlim=(0, 5), ylim=(5, 0))
    axes.set_axis_off()
    return figure


if __name__ == "__main__":
    draw_preview().savefig(STATIC / "preview.png")
    draw_icon().savefig(STATIC / "favicon.png")
    (STATIC / "favicon.svg").write_text(make_icon(), encoding="utf-8")
