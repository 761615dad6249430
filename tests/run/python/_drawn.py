"""The page's figures in the words of figures.py: their data follow each SVG as a comment."""

import json

from matplotlib.artists import Arrow, Rectangle, Rule, Text
from matplotlib.figure import Figure

CODES = {"white": "#ffffff", "black": "#000000"}

draw = Figure._repr_svg_


def draw_and_describe(figure):
    return f"{draw(figure)}<!--{json.dumps(describe(figure))}-->"


def describe(figure):
    return {
        "size": [round(side * figure.dpi) for side in figure.size],
        "texts": [[x, y, words] for x, y, words, *_ in figure.texts],
        "panels": [describe_panel(axes) for axes in figure.axes],
    }


def code(colour):
    return CODES.get(colour, colour.lower())


def describe_panel(axes):
    if axes.shows_scale_of:
        return {"bar": [axes.shows_scale_of.low, axes.shows_scale_of.high]}
    sides = [name for name in ("bottom", "left", "right", "top") if name not in axes.hidden]
    return {
        "title": axes.title[0] if axes.title else "",
        "x": describe_axis(axes.xaxis),
        "y": describe_axis(axes.yaxis),
        "frame": sides if axes.is_shown else [],
        "lines": [describe_line(line, axes) for line in axes.lines],
        "rules": [["y" if r.is_level else "x", r.place, code(r.color)] for r in axes.find(Rule)],
        "rectangles": sorted(
            [
                [*map(float, (*r.xy, r.width, r.height)), code(r.facecolor), code(r.edgecolor)]
                for r in axes.find(Rectangle)
            ]
        ),
        "texts": [describe_text(text, axes) for text in axes.find(Text)],
        "arrows": [[*arrow.start, *arrow.end] for arrow in axes.find(Arrow)],
        "images": [describe_image(image) for image in axes.images],
        "legend": [line.label for line in axes.lines if line.label] if axes.has_legend else None,
    }


def describe_axis(axis):
    ticks = axis.ticks if axis.ticks is None else list(axis.ticks)
    words = axis.labels if axis.labels is None else list(map(str, axis.labels))
    limits = list(axis.limits)
    return {
        "label": axis.label, "scale": axis.scale, "limits": limits, "ticks": ticks, "words": words
    }  # fmt: skip


def describe_line(line, axes):
    x = find_shares(axes.xaxis, [x for x, _ in line.points])
    y = find_shares(axes.yaxis, [y for _, y in line.points])
    look = [code(line.color), line.style or "", line.marker or "", line.label or ""]
    return {"x": x, "y": y, "look": look}


def describe_text(text, axes):
    x, y = find_shares(axes.xaxis, text.xy[:1]), find_shares(axes.yaxis, text.xy[1:])
    return {"x": x, "y": y, "look": [str(text.words), code(text.color)]}


def find_shares(axis, values):
    low, high = map(axis.measure, axis.limits)
    return [(axis.measure(value) - low) / (high - low) for value in values]


def describe_image(image):
    ends = image.scale and [stop.split(" ")[1] for stop in image.scale.split(",")]
    return {
        "shape": list(image.tensor.shape),
        "values": image.tensor.flatten().tolist(),
        "range": [image.low, image.high] if ends else None,
        "colours": [ends[0], ends[-1]] if ends else None,
    }


Figure._repr_svg_ = draw_and_describe
