"""Figures by their data: what matplotlib draws for a chapter's cells.

`python -m tests.run.figures chapter …` prints it as JSON: chapter → cell → figure. _drawn.py
describes the page's figures in the same words. Lines and texts stand at shares of their panel.
"""

import ast
import json
import math
import sys
from contextlib import redirect_stdout, suppress

from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

TOLERANCE = 1e-5  # of a list's largest number


def describe(figure: Figure) -> dict:
    figure.draw_without_rendering()  # only then are limits what they become
    size = [round(float(side * figure.dpi)) for side in figure.get_size_inches()]
    texts = [[*text.get_position(), text.get_text()] for text in figure.texts]
    return {"size": size, "texts": texts, "panels": [_describe(axes) for axes in figure.axes]}


def _describe(axes) -> dict:
    if bar := getattr(axes, "_colorbar", None):
        return {"bar": [float(bar.vmin), float(bar.vmax)]}
    rules = [line for line in axes.lines if line.get_transform() != axes.transData]
    legend = axes.get_legend()
    return {
        "title": axes.get_title(),
        "x": _describe_axis(axes.xaxis, axes.get_xlim()),
        "y": _describe_axis(axes.yaxis, axes.get_ylim()),
        "frame": [n for n, s in sorted(axes.spines.items()) if axes.axison and s.get_visible()],
        "lines": [_describe_line(line, axes) for line in axes.lines if line not in rules],
        "rules": [_describe_rule(line) for line in rules],
        "rectangles": sorted(map(_describe_rectangle, _list_rectangles(axes))),
        "texts": [_describe_text(text, axes) for text in axes.texts if text.get_text()],
        "arrows": [[*t.xyann, *t.xy] for t in axes.texts if getattr(t, "arrow_patch", None)],
        "images": [_describe_image(image) for image in axes.images],
        "legend": legend and [text.get_text() for text in legend.get_texts()],
    }


def _describe_axis(axis, limits) -> dict:
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    ticks = list(map(float, locator.locs)) if isinstance(locator, FixedLocator) else None
    has_words = ticks is not None and isinstance(formatter, (FixedFormatter, FuncFormatter))
    return {
        "label": axis.label.get_text(),
        "scale": axis.get_scale(),
        "limits": list(map(float, limits)),
        "ticks": ticks,
        "words": [formatter(tick, n) for n, tick in enumerate(ticks)] if has_words else None,
    }


def _describe_line(line, axes) -> dict:
    points = [point for point in line.get_xydata() if all(map(math.isfinite, point))]
    to_shares = axes.transData - axes.transAxes
    label = line.get_label()
    return {
        "x": [float(x) for x, _ in to_shares.transform(points)],
        "y": [float(y) for _, y in to_shares.transform(points)],
        "look": [
            to_hex(line.get_color()),
            line.get_linestyle().replace("None", ""),
            line.get_marker().replace("None", ""),
            "" if label.startswith("_") else label,
        ],
    }


def _describe_rule(line) -> list:
    xs, ys = (list(map(float, places)) for places in line.get_data())
    is_level = ys[0] == ys[1]
    return ["y" if is_level else "x", (ys if is_level else xs)[0], to_hex(line.get_color())]


def _list_rectangles(axes):
    yield from (patch for patch in axes.patches if isinstance(patch, Rectangle))
    for collection in axes.collections:  # of broken_barh
        colour = collection.get_facecolor()[0]
        for box in (path.get_extents() for path in collection.get_paths()):
            yield Rectangle(box.min, *box.size, facecolor=colour, edgecolor="none")


def _describe_rectangle(patch) -> list:
    edge = patch.get_edgecolor()
    colours = [to_hex(patch.get_facecolor()), to_hex(edge) if edge[3] else "none"]
    return [*map(float, (*patch.get_xy(), patch.get_width(), patch.get_height())), *colours]


def _describe_text(text, axes) -> dict:
    place = text.xy if isinstance(text, Annotation) else text.get_position()
    ((x, y),) = (axes.transData - axes.transAxes).transform([place])
    return {"x": [float(x)], "y": [float(y)], "look": [text.get_text(), to_hex(text.get_color())]}


def _describe_image(image) -> dict:
    values = image.get_array()
    has_scale = values.ndim == 2
    return {
        "shape": list(values.shape),
        "values": values.astype(float).flatten().tolist(),
        "range": list(map(float, image.get_clim())) if has_scale else None,
        "colours": [to_hex(image.cmap(place)) for place in (0.0, 1.0)] if has_scale else None,
    }


def compare_figures(wanted, got, place: str = "figure") -> str:
    """Say where two descriptions first differ, and how; "" where they do not."""
    if isinstance(wanted, dict) and isinstance(got, dict) and wanted.keys() == got.keys():
        pairs = [(wanted[name], got[name], f"{place}.{name}") for name in wanted]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        numbers = [v for v in wanted if isinstance(v, int | float)]
        if numbers and len(numbers) == len(wanted):
            return _compare_numbers(wanted, got, place)
        pairs = [(*both, f"{place}[{n}]") for n, both in enumerate(zip(wanted, got, strict=True))]
    elif isinstance(wanted, float | int) and isinstance(got, float | int):
        return _compare_numbers([wanted], [got], place)
    else:
        return "" if wanted == got else f"{place}: expected {wanted!s:.200}, got {got!s:.200}"
    return next(filter(None, (compare_figures(*pair) for pair in pairs)), "")


def _compare_numbers(wanted: list, got: list, place: str) -> str:
    is_share = place.endswith((".x", ".y"))
    room = TOLERANCE * (1 if is_share else max(map(abs, wanted)) or 1)
    for n, (one, other) in enumerate(zip(wanted, got, strict=True)):
        if not isinstance(other, int | float) or not abs(one - other) <= room:
            return f"{place}[{n}]: expected {one!r}, got {other!r}"
    return ""


def list_figures(chapter: str) -> dict[str, dict]:
    """Run a chapter's cells here: cell → the figure that is its result."""
    from tests.run import cells  # which compares figures

    names, found = {}, {}
    for cell in cells.read_cells(chapter):
        if cells.MAGIC.search(cell.source) or cell.source.startswith("%%"):
            continue
        with redirect_stdout(None), suppress(Exception):
            value = _run(cell.source, names)
            if isinstance(value, Figure):
                found[cell.name] = describe(value)
    return found


def _run(source: str, names: dict):
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return last and eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


if __name__ == "__main__":
    json.dump({chapter: list_figures(chapter) for chapter in sys.argv[1:]}, sys.stdout)
