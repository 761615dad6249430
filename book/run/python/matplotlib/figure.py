"""A figure: panels in their places."""

from matplotlib import svg
from matplotlib.axes import Axes


class Figure:
    def __init__(self, figsize=(6.4, 4.8), dpi=100, layout=None):
        self.size, self.dpi = figsize, dpi
        self.axes, self.texts = [], []
        self.bar_room = 0.0  # at the right, for a colour bar

    def set_size_inches(self, width, height):
        self.size = (width, height)

    def add_axes(self, rectangle):
        left, bottom, width, height = rectangle
        return self._add(Place((left, 1 - bottom - height, left + width, 1 - bottom), False))

    def add_subplot(self, rows=1, columns=1, number=1):
        if isinstance(rows, Place):
            return self._add(rows)
        row, column = (number - 1) // columns, (number - 1) % columns
        cell = (column / columns, row / rows, (column + 1) / columns, (row + 1) / rows)
        return self._add(Place(cell, True))

    def subplots(self, rows=1, columns=1, sharex=False, sharey=False, squeeze=True):
        made = [self.add_subplot(rows, columns, n + 1) for n in range(rows * columns)]
        if sharey:
            for axes in made[1:]:
                axes.yaxis = made[0].yaxis
        grid = [made[row * columns : (row + 1) * columns] for row in range(rows)]
        if not squeeze:
            return grid
        return made[0] if len(made) == 1 else made if rows == 1 or columns == 1 else grid

    def add_gridspec(self, rows, columns, **how):
        return GridSpec(rows, columns, **how)

    def _add(self, place):
        self.axes.append(Axes(self, place))
        return self.axes[-1]

    def colorbar(self, image, ax=None, shrink=1.0, pad=0.02):
        self.bar_room = 0.09
        axes = self.add_axes((0.93, 0.5 - shrink / 2, 0.02, shrink))
        import torch

        low, high, steps = image.low, image.high, 64
        axes.imshow(torch.linspace(high, low, steps)[:, None], image.scale, low, high)
        axes.is_equal, axes.shows_scale_of = False, image
        axes.set(xticks=[], yticks=[-0.5, steps / 2 - 0.5, steps - 0.5])
        axes.yaxis.labels = [
            f"{value:.2g}".replace("-", "−") for value in (high, (low + high) / 2, low)
        ]
        axes.tick_params(length=2, labelsize=8)

    def text(self, x, y, words, fontsize=10, family=None, va="baseline"):
        self.texts.append((x, y, words, fontsize, family, va))

    def __repr__(self):
        wide, high = (side * self.dpi for side in self.size)
        return f"<Figure size {wide:g}x{high:g} with {len(self.axes)} Axes>"

    __str__ = __repr__

    def _repr_svg_(self):
        wide, high = (72 * side for side in self.size)
        parts = [svg.rectangle(0, 0, wide, high, "white")]
        for axes in self.axes:
            parts.append(axes.draw(self._find_box(axes, wide, high)))
        for x, y, words, size, family, va in self.texts:
            parts.append(
                svg.text(words, x * wide, (1 - y) * high, size, "left", va, "black", family)
            )
        size = {"width": float(self.size[0] * self.dpi), "height": float(self.size[1] * self.dpi)}
        how = {
            "viewBox": f"0 0 {wide:.6g} {high:.6g}",
            "role": "img",
            "xmlns": "http://www.w3.org/2000/svg",
        }
        return svg.tag("svg", "".join(parts), **{"aria-label": repr(self)}, **size, **how)

    def _find_box(self, axes, wide, high):
        left, top, right, bottom = axes.place.cell
        if axes.place.has_margins:
            wide_here = wide * (1 - self.bar_room)
            margins = [size + 3 for size in axes.find_margins()]
            return (left * wide_here + margins[0], top * high + margins[1],
                    right * wide_here - margins[2], bottom * high - margins[3])  # fmt: skip
        return left * wide, top * high, right * wide, bottom * high


class Place:
    """Where a panel stands: left, top, right, bottom, as shares of the figure."""

    def __init__(self, cell, has_margins):
        self.cell, self.has_margins = cell, has_margins


class GridSpec:
    """Cells of several sizes."""

    def __init__(
        self,
        rows,
        columns,
        width_ratios=None,
        height_ratios=None,
        left=0.1,
        right=0.9,
        bottom=0.1,
        top=0.9,
        wspace=0.2,
        hspace=0.2,
    ):
        self.across = spread(left, right, width_ratios or [1] * columns, wspace)
        self.down = spread(1 - top, 1 - bottom, height_ratios or [1] * rows, hspace)

    def __getitem__(self, place):
        row, column = place
        (top, bottom), (left, right) = self.down[row], self.across[column]
        return Place((left, top, right, bottom), False)

    def __iter__(self):
        return iter(
            [
                self[row, column]
                for row in range(len(self.down))
                for column in range(len(self.across))
            ]
        )


def spread(start, end, ratios, space):
    """Spans between two places, with gaps of a share of the mean one between them."""
    mean = (end - start) / (len(ratios) + space * (len(ratios) - 1))
    spans = []
    for ratio in ratios:
        size = ratio * mean * len(ratios) / sum(ratios)
        spans.append((start, start + size))
        start += size + space * mean
    return spans
