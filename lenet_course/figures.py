"""Figures: data in, a matplotlib Figure out. No pyplot, no global state, no words.

Figures carry symbols, numbers and code names, so that they need neither a Korean font nor a
translation; captions and prose carry the words. A reader's own words may be Korean: fonts.py.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import nn

from lenet_course.features import compute_feature_maps
from lenet_course.fonts import show_hangul
from lenet_course.graph import GraphNode, find_chain
from lenet_course.values import simplify, to_float, to_int, to_tensor

DPI = 120
WIDTH = 6.4  # inches: 768 pixels, the width of the book's text
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#767676"  # Okabe & Ito: told apart by colour-blind eyes
LINES = (BLUE, ORANGE, "#009E73", "#CC79A7", "#56B4E9")
# Signed values: blue below zero, grey at it, red above, as in widgets/shared/maps.js
SIGNED = LinearSegmentedColormap.from_list(
    "signed",
    [(0, "#083e84"), (0.3, "#70aada"), (0.5, "#ececea"), (0.7, "#ec866e"), (1, "#960a22")],
)


def draw_digits(
    images: torch.Tensor, labels: list | None = None, columns: int = 10, sharp: bool = False
) -> Figure:
    """Draw images in a grid, ink black on white, each with its label above it.

    Args:
        images: shape (N, H, W) or (N, 1, H, W), any range.
        labels: N short texts or numbers, or None.
        columns: how many stand side by side.
        sharp: draw pixels with their edges, not smoothed: a third of the bytes of many images.

    Raises:
        ValueError: images of another shape, or a number of labels other than that of the images.
    """
    images = _squeeze_channel(images)
    how = {"interpolation": "nearest"} if sharp else {}
    return show_hangul(_draw_grid(images, labels, columns, cmap="gray_r", **how))


def draw_feature_maps(maps: torch.Tensor, columns: int = 8) -> Figure:
    """Draw one image's feature maps in a grid with one scale: blue below zero, red above.

    Args:
        maps: shape (C, H, W): one image's, such as `feature_maps["conv1"][0]`.
        columns: how many stand side by side.

    Raises:
        ValueError: maps of another shape.
    """
    return _draw_signed(_squeeze_channel(maps), columns)


def draw_kernels(weight: torch.Tensor, columns: int = 6) -> Figure:
    """Draw kernels in a grid, their scale beside them: blue below zero, grey at zero, red above.

    Args:
        weight: shape (N, H, W) or (N, 1, H, W), such as `net.conv1.weight`.
        columns: how many stand side by side.

    Raises:
        ValueError: a weight of another shape.
    """
    figure = _draw_signed(_squeeze_channel(weight), columns)
    image = figure.axes[0].images[0]
    figure.colorbar(image, ax=figure.axes, shrink=0.8, pad=0.02)
    return figure


def draw_network(net: nn.Module) -> Figure:
    """Draw the network as what flows through it: a block for each step, its shape below it.

    Nothing is typed in: the shapes are what `net.forward` puts out for one blank image.
    A block's height follows the maps' side, its width their number; vectors are thin bars.

    Args:
        net: a network that takes images of shape (N, 1, 32, 32).
    """
    weight = next(net.parameters())
    blank = torch.zeros(1, 1, 32, 32, dtype=weight.dtype, device=weight.device)
    steps = {
        name: value.shape[1:]
        for name, value in compute_feature_maps(net, blank).items()
        if not name.startswith("relu") and name != "flatten"
    }
    figure = Figure(figsize=(WIDTH, 2.7), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    left, gap = 0.0, 5.5
    for name, shape in steps.items():
        maps, side = (shape[0], shape[1]) if len(shape) == 3 else (1, shape[0] ** 0.5 * 2)
        width = side if len(shape) == 3 else 2.5
        shift = 1.0 if maps < 10 else 0.45
        spread = shift * (maps - 1)
        for sheet in range(maps):
            x, y = left + shift * sheet, -side / 2 + shift * (sheet - (maps - 1) / 2)
            colour = BLUE if name.startswith(("conv", "pool")) else ORANGE
            face = GREY if name == "input" else colour
            axes.add_patch(
                Rectangle((x, y), width, side, facecolor=face, edgecolor="white", lw=0.6)
            )
        centre = left + (width + spread) / 2
        axes.text(centre, 21, name, ha="center", fontsize=8, family="monospace")
        axes.text(centre, -23, "×".join(map(str, shape)), ha="center", fontsize=8)
        left += width + spread + gap
    axes.set(xlim=(-3, left - gap + 3), ylim=(-26, 25), aspect="equal")
    axes.axis("off")
    return show_hangul(figure)


def draw_probabilities(probabilities: torch.Tensor) -> Figure:
    """Draw ten probabilities as bars, the largest in another colour with its value.

    Args:
        probabilities: shape (10,), each 0 to 1, together 1.

    Raises:
        ValueError: another shape, values outside 0 to 1, or another sum.
    """
    probabilities = to_tensor("probabilities", probabilities)
    if probabilities.shape != (10,):
        raise ValueError(f"expected probabilities of shape (10,), got {tuple(probabilities.shape)}")
    values = probabilities.detach().cpu()
    if not (values.min() >= 0 and abs(values.sum().item() - 1) <= 1e-3):  # NaN is neither
        raise ValueError(
            "expected probabilities that are not negative and add up to 1, got a smallest value of "
            f"{values.min():.3g} and a sum of {values.sum():.3g}; logits become probabilities "
            "with softmax"
        )
    best = int(values.argmax())
    figure = Figure(figsize=(WIDTH, 2.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    colours = [ORANGE if digit == best else BLUE for digit in range(10)]
    axes.bar(range(10), values.numpy(), color=colours)
    axes.text(best, values[best].item() + 0.02, f"{values[best]:.2f}", ha="center", fontsize=9)
    axes.set(xticks=range(10), ylim=(0, 1.15), yticks=(0, 0.5, 1))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_curves(
    curves: dict[str, list[float]],
    xlabel: str = "step",
    ylabel: str = "loss",
    log: bool = False,
    x: list[float] | None = None,
    points: Sequence[tuple[float, float]] = (),
) -> Figure:
    """Draw one line for each list of numbers.

    Args:
        curves: name → values, one for each step; the names are code names, or words in Korean
            where a font with Hangul is installed.
        xlabel, ylabel: code names for the axes.
        log: a logarithmic vertical axis; a horizontal one, too, where `x` is given.
        x: where the values stand; without it at 0, 1, 2 and so on.
        points: (x, y) of dots on the curves, which are numbered from 0.

    Raises:
        ValueError: no curve, or an empty one, or one that is not as long as `x`.
    """
    if not isinstance(curves, Mapping):
        raise ValueError(f"expected curves as a dict, name → values, got {type(curves).__name__}")
    curves = {name: _list_floats(name, values) for name, values in curves.items()}
    x = x if x is None else _list_floats("x", x)
    if not curves or not all(curves.values()):
        raise ValueError(f"expected at least one curve, none of them empty, got {curves}")
    if x is not None and any(len(values) != len(x) for values in curves.values()):
        lengths = {name: len(values) for name, values in curves.items()}
        raise ValueError(f"expected curves as long as x, {len(x)}, got {lengths}")
    figure = Figure(figsize=(WIDTH, 2.8), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    styles = ("-", "--", "-.", ":")  # told apart without colour too
    for number, (name, values) in enumerate(curves.items()):
        at = range(len(values)) if x is None else x
        axes.plot(at, values, label=name, color=LINES[number % 5], linestyle=styles[number % 4])
    for number, (left, height) in enumerate(_list_values("points", points)):
        axes.plot(left, height, "o", color=ORANGE)
        above = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center"}
        axes.annotate(str(number), (left, height), color=ORANGE, **above)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    if log and x is not None:
        axes.set_xscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    if len(curves) > 1:
        axes.legend(frameon=False)
    return show_hangul(figure)


def draw_confusion(table: torch.Tensor, examples: dict[str, torch.Tensor] | None = None) -> Figure:
    """Draw a confusion matrix, a label each row and an answer each column, with digits beside it.

    The diagonal is left grey, since it would outshine the mistakes; off it, the darker the more.

    Args:
        table: counts, shape (N, N).
        examples: short text → images (M, 1, H, W): a row of misread digits, up to four of each.

    Raises:
        ValueError: a table of another shape.
    """
    table = to_tensor("a table", table)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"expected a table of shape (N, N), got {tuple(table.shape)}")
    figure = Figure(figsize=(WIDTH, 3.5), dpi=DPI)
    axes = figure.add_axes((0.05, 0.02, 0.5, 0.88))
    mistakes = (table - table.diag().diag()).cpu()
    axes.imshow(mistakes.numpy(), cmap="Oranges", vmin=0, vmax=1.6 * max(1, int(mistakes.max())))
    for row, counts in enumerate(table.tolist()):
        for column, count in enumerate(counts):
            colour = GREY if row == column else "black"
            if count:
                axes.text(column, row, count, ha="center", va="center", fontsize=8, color=colour)
    places = range(len(table))
    axes.set(xticks=places, yticks=places)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)
    for row, (name, images) in enumerate((examples or {}).items()):
        bottom, side = 0.9 - 0.17 * (row + 1), 0.07
        figure.text(0.6, bottom + 0.06, name, fontsize=9, family="monospace", va="center")
        for column, image in enumerate(to_tensor("images", images)[:4].detach().cpu()):
            place = figure.add_axes((0.69 + (side + 0.008) * column, bottom, side, 0.128))
            place.imshow(image.squeeze().numpy(), cmap="gray_r")
            place.set(xticks=[], yticks=[])
    return show_hangul(figure)


def draw_graph(nodes: list[GraphNode]) -> Figure:
    """Draw the grad_fn chain: operations from top to bottom, parameters at the side.

    Args:
        nodes: what `trace_graph` returns.
    """
    spine = find_chain(nodes)
    figure = Figure(figsize=(WIDTH, 0.36 * len(spine) + 0.3), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    box = {"boxstyle": "round,pad=0.3", "edgecolor": BLUE, "facecolor": "white"}
    leaf = {**box, "edgecolor": ORANGE}
    for row, place in enumerate(spine):
        if row:
            arrow = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (0.3, -row + 0.3), (0.3, -row + 1), arrowprops=arrow, zorder=0)
        axes.text(
            0.3,
            -row,
            nodes[place].name,
            ha="center",
            va="center",
            fontsize=8,
            family="monospace",
            bbox=box,
        )
        leaves = [name for way in nodes[place].next for name in _leaves(nodes, way, spine)]
        if leaves:
            axes.annotate("", (0.6, -row), (0.3, -row), arrowprops={"arrowstyle": "->"}, zorder=0)
            axes.text(
                0.61,
                -row,
                ", ".join(leaves),
                va="center",
                fontsize=8,
                family="monospace",
                bbox=leaf,
            )
    axes.set(xlim=(0, 1), ylim=(-len(spine) + 0.4, 0.6))
    axes.axis("off")
    return show_hangul(figure)


def _leaves(nodes: list[GraphNode], index: int | None, spine: list[int]) -> list[str]:
    """The parameters that hang below a node without passing the spine."""
    if index is None or index in spine:
        return []
    node = nodes[index]
    if node.name == "AccumulateGrad":
        return [node.parameter or node.name]
    return [name for way in node.next for name in _leaves(nodes, way, spine)]


def _list_values(what: str, values) -> list:
    """The values of a list, an array or a tensor, as Python's own numbers where they are some."""
    if not isinstance(values, Iterable):
        raise ValueError(f"expected {what} as a list, got {values!r}")
    return [simplify(value) for value in values]


def _list_floats(what: str, values) -> list[float]:
    return [to_float(f"each value of {what}", value) for value in _list_values(what, values)]


def find_limit(values: torch.Tensor) -> float:
    """Find the largest magnitude among the finite values, the end of their scale; 1 for none."""
    finite = values[values.isfinite()]
    return (finite.abs().max().item() if finite.numel() else 0) or 1.0


def _squeeze_channel(images: torch.Tensor) -> torch.Tensor:
    images = to_tensor("images", images)
    return images.squeeze(1) if images.ndim == 4 and images.shape[1] == 1 else images


def _draw_signed(images: torch.Tensor, columns: int) -> Figure:
    """Draw numbered grids of signed values with zero in the middle of one scale."""
    limit = find_limit(images)
    return _draw_grid(images, range(len(images)), columns, cmap=SIGNED, vmin=-limit, vmax=limit)


def _draw_grid(images: torch.Tensor, titles, columns: int, **how) -> Figure:
    if images.ndim != 3 or images.numel() == 0:
        raise ValueError(
            "expected images of shape (N, H, W) or (N, 1, H, W), at least one, "
            f"got {tuple(images.shape)}"
        )
    count, columns = len(images), to_int("columns", columns)
    if columns < 1:
        raise ValueError(f"expected columns 1 or more, got {columns}")
    titles = titles if titles is None else _list_values("labels", titles)
    if titles is not None and len(titles) != count:
        raise ValueError(f"expected {count} labels, one for each image, got {len(titles)}")
    columns = min(columns, count)
    rows = -(-count // columns)
    side = min(WIDTH / columns, 2.0)
    height = rows * (side + (0.0 if titles is None else 0.2))
    figure = Figure(figsize=(side * columns, height), dpi=DPI, layout="constrained")
    for number, image in enumerate(images.detach().cpu().numpy()):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.imshow(image, **how)
        axes.set(xticks=[], yticks=[])
        if titles is not None:
            axes.set_title(str(titles[number]), fontsize=9, pad=2)
    return figure
