"""One panel of a figure: what is drawn in it, and its scales."""

import math

import _picture
from matplotlib import svg
from matplotlib.colors import SCALES
from torch._call import NOWHERE, call

LISTS = (list, tuple, range)
CYCLE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd")


class Axis:
    """A scale: its ends, its marks and its name."""

    def __init__(self):
        self.limits = self.ticks = self.labels = None
        self.label, self.scale, self.is_inverted, self.on_top = "", "linear", False, False
        self.form, self.grid = None, None

    def tick_top(self):
        self.on_top = True

    def set_major_formatter(self, form):
        self.form = form

    def measure(self, value):
        return math.log10(value) if self.scale == "log" else value

    def find_ticks(self):
        """The places of the marks and their words."""
        low, high = sorted(self.limits)
        if self.ticks is not None:
            places = list(self.ticks)
        elif self.scale == "log":
            steps = range(
                math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1
            )
            places = [10.0**n for n in steps]
        else:
            raw = (high - low) / 6 or 1
            unit = 10.0 ** math.floor(math.log10(raw))
            step = next(unit * n for n in (1, 2, 5, 10) if unit * n >= raw)
            places = [
                n * step
                for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
            ]
        if self.labels is not None:
            return list(zip(places, map(str, self.labels)))
        return [(place, self.name(place)) for place in places]

    def name(self, place):
        if self.form:
            return (
                self.form.format(x=int(place)) if place == int(place) else self.form.format(x=place)
            )
        if self.scale == "log":
            return f"10{superscript(round(math.log10(place)))}"
        return f"{place:.6g}".replace("-", "−")


def superscript(number):
    return "".join(["⁻" if letter == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(letter)] for letter in str(number)])


class Axes:
    def __init__(self, figure, place):
        self.figure, self.place = figure, place
        self.xaxis, self.yaxis = Axis(), Axis()
        self.images, self.items, self.points, self.named = [], [], [], []
        self.title, self.is_shown, self.is_equal, self.hidden = None, True, False, set()
        self.legend_shown, self.font, self.tick_length, self.touches_zero = False, 10, 3.5, set()
        self.spines = Spines(self.hidden)

    def __getattr__(self, name):
        raise AttributeError(
            f"'Axes' object has no attribute '{name}': " + NOWHERE.format(f"Axes.{name}")
        )

    def _add(self, order, draw, *points):
        self.items.append((order, len(self.items), draw))
        self.points += points

    # what is drawn
    def imshow(self, values, cmap="viridis", vmin=None, vmax=None, interpolation=None):
        import numpy

        tensor = numpy.asarray(values)._tensor.detach()
        rows, columns = tensor.shape[:2]
        scale = "" if tensor.ndim == 3 else SCALES.get(cmap, cmap)
        low = tensor.min().item() if vmin is None else vmin
        high = tensor.max().item() if vmax is None else vmax
        source = _picture.paint(call("toArray", tensor), rows, columns, scale, low, high)
        self.xaxis.limits, self.yaxis.limits = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
        self.is_equal = True
        image = Image(scale, low, high)
        self.images.append(image)
        style = "image-rendering:pixelated" if interpolation == "nearest" or rows < 29 else None

        def draw(x, y):
            left, top, right, bottom = x(-0.5), y(-0.5), x(columns - 0.5), y(rows - 0.5)
            size = {"width": float(right - left), "height": float(bottom - top)}
            return svg.tag(
                "image",
                x=float(left),
                y=float(top),
                href=source,
                preserveAspectRatio="none",
                style=style,
                **size,
            )

        self._add(0, draw)
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
        xs, ys = (
            [
                float(v)
                for v in (each if hasattr(each, "__len__") or isinstance(each, LISTS) else [each])
            ]
            for each in (xs, ys)
        )
        color = color or CYCLE[len(self.named) % 5]
        kind = style[:1] if style[:1] in ("o", "s") else None
        style = linestyle or (style[1:] if kind else style)
        pairs = [(x, y) for x, y in zip(xs, ys) if self._can_show(x, y)]

        def draw(x, y):
            at = [(x(a), y(b)) for a, b in pairs]
            found = svg.line(at, color, lw, style) if style and len(at) > 1 else ""
            return found + "".join(
                [svg.marker(kind, a, b, color, markerfacecolor) for a, b in at] if kind else []
            )

        self.named.append((label, color, style, kind))
        self._add(2, draw, *pairs)

    def _can_show(self, x, y):
        return x == x and y == y and abs(y) != math.inf

    def bar(self, xs, heights, color=CYCLE[0], width=0.8):
        for number, (place, height) in enumerate(
            zip(xs, heights.tolist() if hasattr(heights, "tolist") else heights)
        ):
            fill = color if isinstance(color, str) else color[number]
            self._fill(place - width / 2, 0, width, height, fill)
        self.touches_zero.add("y")

    def barh(self, row, width, height=0.8, color=CYCLE[0], edgecolor="none"):
        self._fill(0, row - height / 2, width, height, color, edgecolor)
        self.touches_zero.add("x")

    def broken_barh(self, spans, rows, color=CYCLE[0], linewidth=0, snap=None):
        for start, width in spans:
            self._fill(start, rows[0], width, rows[1], color)

    def add_patch(self, patch):
        self._fill(*patch.xy, patch.width, patch.height, patch.facecolor, patch.edgecolor, patch.lw)

    def _fill(self, left, low, width, height, fill, edge="none", lw=0.6):
        def draw(x, y):
            a, b = sorted((x(left), x(left + width)))
            c, d = sorted((y(low), y(low + height)))
            return svg.rectangle(a, c, b - a, d - c, fill, edge, lw)

        self._add(1, draw, (left, low), (left + width, low + height))

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
        draw = lambda fx, fy: svg.text(
            words, fx(x), fy(y), fontsize, ha, va, color, family, None, bbox
        )  # noqa: E731
        self._add(zorder, draw)

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
            colour = arrowprops.get("color", "black")
            ends = lambda x, y: [(x(a), y(b)) for a, b in (xytext, xy)]  # noqa: E731
            self._add(zorder, lambda x, y: svg.arrow(*ends(x, y), colour, cut))
        if words:
            right, up = xytext if textcoords else (0, 0)
            self._add(
                zorder,
                lambda x, y: svg.text(
                    words, x(xy[0]) + right, y(xy[1]) - up, 10, ha, "baseline", color
                ),
            )

    def axhline(self, y, color="black", lw=1.5, linestyle="-"):
        self._add(
            2,
            lambda fx, fy: svg.line(
                [(self.box[0], fy(y)), (self.box[2], fy(y))], color, lw, linestyle
            ),
        )

    def axvline(self, x, color="black", lw=1.5, linestyle="-"):
        self._add(
            2,
            lambda fx, fy: svg.line(
                [(fx(x), self.box[1]), (fx(x), self.box[3])], color, lw, linestyle
            ),
        )

    # how it looks
    def set(self, **how):
        for name, value in how.items():
            if name == "aspect":
                self.is_equal = value == "equal"
            elif name == "title":
                self.set_title(value)
            else:
                axis = self.xaxis if name[0] == "x" else self.yaxis
                key = {"lim": "limits", "ticks": "ticks", "label": "label", "scale": "scale"}.get(
                    name[1:]
                )
                if key is None:
                    raise AttributeError(NOWHERE.format(f"Axes.set({name}=…)"))
                setattr(axis, key, value)

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
        self.legend_shown = True

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
        self._find_limits()
        x, y = self.xaxis.find_ticks(), self.yaxis.find_ticks()
        wide = max([len(words) for _, words in y], default=0) * 0.6 * self.font + 7 if y else 1
        low = self.font + 6 if x else 1
        room = self.font + 4
        bottom = low + room * bool(self.xaxis.label)
        return wide + room * bool(self.yaxis.label), top + 3, 6 if x else 1, bottom

    def _find_limits(self):
        for place, axis in enumerate((self.xaxis, self.yaxis)):
            if axis.limits is None:
                values = [
                    axis.measure(point[place])
                    for point in self.points
                    if axis.scale != "log" or point[place] > 0
                ]
                low, high = (min(values), max(values)) if values else (0, 1)
                room = 0.05 * (high - low) or 0.5
                name = "xy"[place]
                low, high = (
                    low if name in self.touches_zero and low == 0 else low - room,
                    high + room,
                )
                axis.limits = (10**low, 10**high) if axis.scale == "log" else (low, high)
            if axis.is_inverted:
                axis.limits, axis.is_inverted = tuple(reversed(axis.limits)), False

    def draw(self, box):
        """The panel as SVG, within a box: left, top, right, bottom."""
        self._find_limits()
        left, top, right, bottom = box
        (x0, x1), (y0, y1) = (
            [axis.measure(v) for v in axis.limits] for axis in (self.xaxis, self.yaxis)
        )
        if self.is_equal:
            unit = min((right - left) / abs(x1 - x0), (bottom - top) / abs(y1 - y0))
            wide, high = unit * abs(x1 - x0), unit * abs(y1 - y0)
            left, top = left + (right - left - wide) / 2, top + (bottom - top - high) / 2
            right, bottom = left + wide, top + high
        self.box = left, top, right, bottom
        fx = lambda value: left + (self.xaxis.measure(value) - x0) / (x1 - x0) * (right - left)  # noqa: E731
        fy = lambda value: bottom - (self.yaxis.measure(value) - y0) / (y1 - y0) * (bottom - top)  # noqa: E731
        items = self.items + ([(0.5, 0, self._draw_grid)] if self.is_shown else [])  # above images
        drawn = [draw(fx, fy) for _, _, draw in sorted(items, key=lambda item: item[:2])]
        frame = self._draw_frame(fx, fy) if self.is_shown else ""
        if self.title:
            words, size, pad, family = self.title
            frame += svg.text(
                words, (left + right) / 2, top - pad, size, "center", "baseline", "black", family
            )
        return "".join(drawn) + frame + (self._draw_legend() if self.legend_shown else "")

    def _draw_grid(self, fx, fy):
        left, top, right, bottom = self.box
        parts = []
        if self.xaxis.grid:
            parts += [
                svg.line(
                    [(fx(v), top), (fx(v), bottom)],
                    self.xaxis.grid[0],
                    0.8,
                    "-",
                    self.xaxis.grid[1],
                )
                for v, _ in self.xaxis.find_ticks()
            ]
        if self.yaxis.grid:
            parts += [
                svg.line(
                    [(left, fy(v)), (right, fy(v))],
                    self.yaxis.grid[0],
                    0.8,
                    "-",
                    self.yaxis.grid[1],
                )
                for v, _ in self.yaxis.find_ticks()
            ]
        return "".join(parts)

    def _draw_frame(self, fx, fy):
        left, top, right, bottom = self.box
        length, size = self.tick_length, self.font
        sides = {
            "left": ((left, top), (left, bottom)),
            "right": ((right, top), (right, bottom)),
            "top": ((left, top), (right, top)),
            "bottom": ((left, bottom), (right, bottom)),
        }
        parts = [
            svg.line(ends, "black", 0.8) for name, ends in sides.items() if name not in self.hidden
        ]
        for value, words in self.xaxis.find_ticks():
            x, edge, away = (
                fx(value),
                top if self.xaxis.on_top else bottom,
                -1 if self.xaxis.on_top else 1,
            )
            if length:
                parts.append(svg.line([(x, edge), (x, edge + away * length)], "black", 0.8))
            parts.append(
                svg.text(
                    words,
                    x,
                    edge + away * (length + 2.5),
                    size,
                    "center",
                    "baseline" if away < 0 else "top",
                )
            )
        for value, words in self.yaxis.find_ticks():
            y = fy(value)
            if length:
                parts.append(svg.line([(left, y), (left - length, y)], "black", 0.8))
            parts.append(svg.text(words, left - length - 3.5, y, size, "right", "center"))
        margins = self.find_margins()
        if self.xaxis.label:
            parts.append(
                svg.text(
                    self.xaxis.label, (left + right) / 2, bottom + margins[3] - 4, size, "center"
                )
            )
        if self.yaxis.label:
            parts.append(
                svg.text(
                    self.yaxis.label,
                    left - margins[0] + size,
                    (top + bottom) / 2,
                    size,
                    "center",
                    "baseline",
                    "black",
                    None,
                    True,
                )
            )
        return "".join(parts)

    def _draw_legend(self):
        left, top, right, bottom = self.box
        named = [row for row in self.named if row[0]]
        wide = 0.6 * 10 * max(len(row[0]) for row in named)
        x, y = right - wide - 34, top + 8
        parts = []
        for number, (words, colour, style, kind) in enumerate(named):
            row = y + 14 * number
            if style:
                parts.append(svg.line([(x, row), (x + 24, row)], colour, 1.5, style))
            if kind:
                parts.append(svg.marker(kind, x + 12, row, colour))
            parts.append(svg.text(words, x + 30, row, 10, "left", "center"))
        return "".join(parts)


class Image:
    def __init__(self, scale, low, high):
        self.scale, self.low, self.high = scale, low, high


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
