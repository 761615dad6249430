"""What stands in a panel: each keeps what it shows, and draws it where x and y say.

points: the places that the panel's scales must reach.
"""

import _picture
from matplotlib import svg
from torch._call import call


class Line:
    def __init__(self, points, color, style, marker, face, width, label):
        self.points = points
        self.color, self.style, self.marker, self.face = color, style, marker, face
        self.width, self.label = width, label

    def draw(self, box, x, y):
        at = [(x(a), y(b)) for a, b in self.points]
        found = svg.line(at, self.color, self.width, self.style) if self.style and at[1:] else ""
        if self.marker:
            found += "".join([svg.marker(self.marker, a, b, self.color, self.face) for a, b in at])
        return found

    def walk(self, x, y):
        """Places along it, some 100."""
        every, steps = 1 + len(self.points) // 100, 1 + 100 // max(len(self.points), 1)
        at = [(x(a), y(b)) for a, b in self.points[::every]]
        shares = [step / steps for step in range(steps)]
        ways = [(a, b, c - a, d - b) for (a, b), (c, d) in zip(at, at[1:])]
        return at + [(a + s * wide, b + s * high) for a, b, wide, high in ways for s in shares]


class Rule:
    """A line across the panel: at a height, where `is_level`, or at a place of the other scale."""

    points = ()

    def __init__(self, place, is_level, color, width, style):
        self.place, self.is_level = place, is_level
        self.color, self.width, self.style = color, width, style

    def draw(self, box, x, y):
        left, top, right, bottom = box
        if self.is_level:
            ends = [(left, y(self.place)), (right, y(self.place))]
        else:
            ends = [(x(self.place), top), (x(self.place), bottom)]
        return svg.line(ends, self.color, self.width, self.style)


class Rectangle:
    def __init__(self, xy, width, height, facecolor="#1f77b4", edgecolor="none", lw=0.6):
        self.xy, self.width, self.height = xy, width, height
        self.facecolor, self.edgecolor, self.lw = facecolor, edgecolor, lw
        self.points = (xy, (xy[0] + width, xy[1] + height))

    def draw(self, box, x, y):
        (a, c), (b, d) = [(x(left), y(low)) for left, low in self.points]
        left, top = min(a, b), min(c, d)
        size = abs(b - a), abs(d - c)
        return svg.rectangle(left, top, *size, self.facecolor, self.edgecolor, self.lw)


class Text:
    """Words at a place; `shift` moves them by points, right and up."""

    points = ()

    def __init__(self, xy, words, size, ha, va, color, family=None, box=None, shift=(0, 0)):
        self.xy, self.words, self.size, self.ha, self.va = xy, words, size, ha, va
        self.color, self.family, self.box, self.shift = color, family, box, shift

    def draw(self, box, x, y):
        at = x(self.xy[0]) + self.shift[0], y(self.xy[1]) - self.shift[1]
        how = self.ha, self.va, self.color, self.family, None, self.box
        return svg.text(self.words, *at, self.size, *how)


class Arrow:
    points = ()

    def __init__(self, start, end, color, cut):
        self.start, self.end, self.color, self.cut = start, end, color, cut

    def draw(self, box, x, y):
        ends = [(x(a), y(b)) for a, b in (self.start, self.end)]
        return svg.arrow(*ends, self.color, self.cut)


class Image:
    """Numbers as colours of a scale, or colours themselves, where there is none."""

    points = ()

    def __init__(self, tensor, scale, low, high, is_sharp):
        self.tensor, self.scale, self.low, self.high = tensor, scale, low, high
        self.style = "image-rendering:pixelated" if is_sharp else None

    def draw(self, box, x, y):
        rows, columns = self.tensor.shape[:2]
        values = call("toArray", self.tensor)
        left, top = x(-0.5), y(-0.5)
        size = {"width": float(x(columns - 0.5) - left), "height": float(y(rows - 0.5) - top)}
        return svg.tag(
            "image",
            x=float(left),
            y=float(top),
            href=_picture.paint(values, rows, columns, self.scale, self.low, self.high),
            preserveAspectRatio="none",
            style=self.style,
            **size,
        )
