"""One panel of a figure: what is drawn in it, and its scales."""

import math

from matplotlib import svg
from matplotlib.artists import Arrow, Image, Line, Rectangle, Rule, Text
from matplotlib.axis import Axis
from matplotlib.colors import SCALES
from torch._call import NOWHERE

LISTS = (list, tuple, range)
CYCLE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd")
SETTINGS = {"lim": "limits", "ticks": "ticks", "label": "label", "scale": "scale"}


class Axes:
    def __init__(self, figure, place):
        self.figure, self.place = figure, place
        self.xaxis, self.yaxis = Axis(), Axis()
        self.items = []  # (order, artist); what has the same order stands as it came
        self.shows_scale_of = None  # an image
        self.title, self.is_shown, self.is_equal, self.hidden = None, True, False, set()
        self.has_legend, self.font, self.tick_length, self.from_zero = False, 10, 3.5, set()
        self.spines = Spines(self.hidden)

    def __getattr__(self, name):
        raise AttributeError(
            f"'Axes' object has no attribute '{name}': " + NOWHERE.format(f"Axes.{name}")
        )

    def find(self, kind):
        return [artist for _, artist in self.items if isinstance(artist, kind)]

    @property
    def images(self):
        return self.find(Image)

    @property
    def lines(self):
        return self.find(Line)

    # what is drawn
    def imshow(self, values, cmap="viridis", vmin=None, vmax=None, interpolation=None):
        import numpy

        tensor = numpy.asarray(values)._tensor.detach().clone()
        rows, columns = tensor.shape[:2]
        low = tensor.min().item() if vmin is None else vmin
        high = tensor.max().item() if vmax is None else vmax
        scale = "" if tensor.ndim == 3 else SCALES.get(cmap, cmap)
        image = Image(tensor, scale, low, high, interpolation == "nearest" or rows < 29)
        self.items.append((0, image))
        self.xaxis.limits, self.yaxis.limits = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
        self.is_equal = True
        return image

    def plot(
        self,
        xs,
        ys,
        style="-",
        color=None,
        linestyle=None,
        label=None,
        markerfacecolor=None,
        lw=1.5,
    ):
        if not (hasattr(xs, "__len__") or isinstance(xs, LISTS)):
            xs, ys = [xs], [ys]
        pairs = [(float(x), float(y)) for x, y in zip(xs, ys)]
        points = [(x, y) for x, y in pairs if x == x and y == y and abs(y) != math.inf]
        color = color or CYCLE[len(self.lines) % 5]
        marker = style[:1] if style[:1] in ("o", "s") else None
        style = linestyle or (style[1:] if marker else style)
        self.items.append((2, Line(points, color, style, marker, markerfacecolor, lw, label)))

    def bar(self, xs, heights, color=CYCLE[0], width=0.8):
        heights = heights.tolist() if hasattr(heights, "tolist") else heights
        for number, (place, height) in enumerate(zip(xs, heights)):
            fill = color if isinstance(color, str) else color[number]
            self.add_patch(Rectangle((place - width / 2, 0), width, height, fill))
        self.from_zero.add("y")

    def barh(self, row, width, height=0.8, color=CYCLE[0], edgecolor="none"):
        self.add_patch(Rectangle((0, row - height / 2), width, height, color, edgecolor))
        self.from_zero.add("x")

    def broken_barh(self, spans, rows, color=CYCLE[0], linewidth=0, snap=None):
        for start, width in spans:
            self.add_patch(Rectangle((start, rows[0]), width, rows[1], color))

    def add_patch(self, patch):
        self.items.append((1, patch))

    def text(
        self,
        x,
        y,
        words,
        ha="left",
        va="baseline",
        fontsize=10,
        color="black",
        family=None,
        bbox=None,
        zorder=3,
    ):
        place = [at.item() if hasattr(at, "item") else at for at in (x, y)]
        text = Text(place, words, fontsize, ha, va, color, family, bbox)
        self.items.append((zorder, text))

    def annotate(
        self,
        words,
        xy,
        xytext=None,
        arrowprops=None,
        textcoords=None,
        ha="left",
        color="black",
        zorder=3,
    ):
        if arrowprops:
            cut = arrowprops.get("shrinkA", 2), arrowprops.get("shrinkB", 2)
            arrow = Arrow(xytext, xy, arrowprops.get("color", "black"), cut)
            self.items.append((zorder, arrow))
        if words:
            shift = xytext if textcoords else (0, 0)
            text = Text(xy, words, 10, ha, "baseline", color, shift=shift)
            self.items.append((zorder, text))

    def axhline(self, y, color="black", lw=1.5, linestyle="-"):
        self.items.append((2, Rule(y, True, color, lw, linestyle)))

    def axvline(self, x, color="black", lw=1.5, linestyle="-"):
        self.items.append((2, Rule(x, False, color, lw, linestyle)))

    # how it looks
    def set(self, **how):
        for name, value in how.items():
            if name == "aspect":
                self.is_equal = value == "equal"
            elif name == "title":
                self.set_title(value)
            elif name[1:] in SETTINGS:
                setattr(self.xaxis if name[0] == "x" else self.yaxis, SETTINGS[name[1:]], value)
            else:
                raise AttributeError(NOWHERE.format(f"Axes.set({name}=…)"))

    def set_xscale(self, scale):
        self.xaxis.scale = scale

    def set_yticks(self, ticks, labels=None):
        self.yaxis.ticks, self.yaxis.labels = ticks, labels

    def set_title(self, title, fontsize=12, pad=6, family=None):
        self.title = (title, fontsize, pad, family)

    def axis(self, what):
        self.is_shown = what != "off"

    def grid(self, axis="both", color="#b0b0b0", alpha=1.0):
        for name in "xy" if axis == "both" else axis:
            (self.xaxis if name == "x" else self.yaxis).grid = (color, alpha)

    def legend(self, frameon=True):
        self.has_legend = True

    def invert_yaxis(self):
        self.yaxis.is_inverted = True

    def tick_params(self, length=3.5, labelsize=10):
        self.tick_length, self.font = length, labelsize

    # drawing
    def find_margins(self):
        """The room that words need around the panel: left, top, right, bottom."""
        top = 0 if self.title is None else self.title[1] + self.title[2]
        if not self.is_shown:
            return 0, top, 0, 0
        self.find_limits()
        x, y = self.xaxis.find_ticks(), self.yaxis.find_ticks()
        wide = max([len(words) for _, words in y], default=0) * 0.6 * self.font + 7 if y else 1
        low = self.font + 6 if x else 1
        room = self.font + 4
        bottom = low + room * bool(self.xaxis.label)
        return wide + room * bool(self.yaxis.label), top + 3, 6 if x else 1, bottom

    def find_limits(self):
        points = [point for _, artist in self.items for point in artist.points]
        self.xaxis.find_limits([x for x, _ in points], "x" in self.from_zero)
        self.yaxis.find_limits([y for _, y in points], "y" in self.from_zero)

    def draw(self, box):
        """The panel as SVG, within a box: left, top, right, bottom."""
        self.find_limits()
        (x0, x1), (y0, y1) = [
            [axis.measure(v) for v in axis.limits] for axis in (self.xaxis, self.yaxis)
        ]
        if self.is_equal:
            box = fit(box, abs(x1 - x0), abs(y1 - y0))
        left, top, right, bottom = box

        def x(value):
            return left + (self.xaxis.measure(value) - x0) / (x1 - x0) * (right - left)

        def y(value):
            return bottom - (self.yaxis.measure(value) - y0) / (y1 - y0) * (bottom - top)

        numbered = [(order, n, artist) for n, (order, artist) in enumerate(self.items)]
        parts = [
            (order, artist.draw(box, x, y))
            for order, _, artist in sorted(numbered, key=lambda item: item[:2])
        ]
        if not self.is_shown:
            drawn = "".join([part for _, part in parts])
        else:  # the grid stands above images
            below = "".join([part for order, part in parts if order <= 0])
            above = "".join([part for order, part in parts if order > 0])
            drawn = below + self._draw_grid(box, x, y) + above + self._draw_frame(box, x, y)
        if self.title:
            words, size, pad, family = self.title
            how = size, "center", "baseline", "black", family
            drawn += svg.text(words, (left + right) / 2, top - pad, *how)
        return drawn + (self._draw_legend(box, x, y) if self.has_legend else "")

    def _draw_grid(self, box, x, y):
        left, top, right, bottom = box
        parts = []
        for axis, find_ends in (
            (self.xaxis, lambda value: [(x(value), top), (x(value), bottom)]),
            (self.yaxis, lambda value: [(left, y(value)), (right, y(value))]),
        ):
            if axis.grid:
                color, alpha = axis.grid
                for value, _ in axis.find_ticks():
                    parts.append(svg.line(find_ends(value), color, 0.8, "-", alpha))
        return "".join(parts)

    def _draw_frame(self, box, x, y):
        left, top, right, bottom = box
        length, size, gap = self.tick_length, self.font, self.tick_length + 2.5
        sides = {
            "left": ((left, top), (left, bottom)),
            "right": ((right, top), (right, bottom)),
            "top": ((left, top), (right, top)),
            "bottom": ((left, bottom), (right, bottom)),
        }
        lines = [ends for name, ends in sides.items() if name not in self.hidden]
        parts = []
        edge, away = (top, -1) if self.xaxis.on_top else (bottom, 1)
        for value, words in self.xaxis.find_ticks():
            lines.append([(x(value), edge), (x(value), edge + away * length)])
            va = "baseline" if away < 0 else "top"
            parts.append(svg.text(words, x(value), edge + away * gap, size, "center", va))
        for value, words in self.yaxis.find_ticks():
            lines.append([(left, y(value)), (left - length, y(value))])
            parts.append(svg.text(words, left - gap - 1, y(value), size, "right", "center"))
        parts += [svg.line(ends, "black", 0.8) for ends in lines if ends[0] != ends[1]]
        margins = self.find_margins()
        if self.xaxis.label:
            at = (left + right) / 2, bottom + margins[3] - 4
            parts.append(svg.text(self.xaxis.label, *at, size, "center"))
        if self.yaxis.label:
            at = left - margins[0] + size, (top + bottom) / 2
            how = "center", "baseline", "black", None, True
            parts.append(svg.text(self.yaxis.label, *at, size, *how))
        return "".join(parts)

    def _draw_legend(self, box, x, y):
        """In the corner, or between two, where it hides the least of the lines: "best"."""
        named = [line for line in self.lines if line.label]
        wide = 34 + 0.6 * 10 * max([len(line.label) for line in named])
        high = 14 * len(named)
        left, top, right, bottom = box
        near, middle, far = left + 4, (left + right - wide) / 2, right - wide
        high_up, low = top + 8, bottom - high
        spots = [(far, high_up), (near, high_up), (near, low), (far, low)]
        spots += [(middle, low), (middle, high_up)]
        places = [place for line in self.lines for place in line.walk(x, y)]

        def count_hidden(spot):
            across, down = spot
            hidden = [1 for a, b in places if 0 <= a - across <= wide and -7 <= b - down <= high]
            return len(hidden), spots.index(spot)

        x, y = min(spots, key=count_hidden)
        parts = []
        for number, line in enumerate(named):
            row = y + 14 * number
            if line.style:
                parts.append(svg.line([(x, row), (x + 24, row)], line.color, 1.5, line.style))
            if line.marker:
                parts.append(svg.marker(line.marker, x + 12, row, line.color))
            parts.append(svg.text(line.label, x + 30, row, 10, "left", "center"))
        return "".join(parts)


def fit(box, width, height):
    """The largest box of these proportions, in the middle of another."""
    left, top, right, bottom = box
    unit = min((right - left) / width, (bottom - top) / height)
    wide, high = unit * width, unit * height
    left, top = left + (right - left - wide) / 2, top + (bottom - top - high) / 2
    return left, top, left + wide, top + high


class Spines:
    def __init__(self, hidden):
        self.hidden = hidden

    def __getitem__(self, names):
        self.names = names if isinstance(names, list) else [names]
        return self

    def set_visible(self, yes):
        for name in self.names:
            if not yes:
                self.hidden.add(name)
