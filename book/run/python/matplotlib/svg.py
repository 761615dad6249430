"""SVG, part by part. Lengths are points, of which an inch has 72."""

DASHES = {"--": "5 2.5", "-.": "6 2 1.2 2", ":": "1.2 2"}
ANCHORS = {"left": "start", "center": "middle", "right": "end"}


def escape(text):
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(letter, name)
    return text


def tag(name, content="", **attributes):
    """An element; an attribute's _ stands for -, and None leaves it out."""
    parts = []
    for key in sorted(attributes):
        value = attributes[key]
        if value is not None:
            value = f"{value:.6g}" if isinstance(value, float) else escape(str(value))
            parts.append(f' {key.replace("_", "-")}="{value}"')
    head = f"<{name}{''.join(parts)}"
    return f"{head}>{content}</{name}>" if content else f"{head}/>"


def line(points, colour, width=1.5, style="-", opacity=None, **more):
    path = "M" + "L".join([f"{x:.6g} {y:.6g}" for x, y in points])
    dash = DASHES.get(style)
    more = {"stroke_opacity": opacity, "stroke_linejoin": "round", **more}
    more = {"stroke": colour, "stroke_width": width, "stroke_dasharray": dash, **more}
    return tag("path", d=path, fill="none", **more)


def rectangle(x, y, width, height, fill, stroke="none", stroke_width=0.6, **more):
    return tag("rect", x=x, y=y, width=width, height=height, fill=fill,
               stroke=stroke, stroke_width=stroke_width, **more)  # fmt: skip


def text(
    words, x, y, size=10, ha="left", va="baseline", colour="black", family=None, turn=None, box=None
):
    """Words, each line of them at its place; `box` is what stands around them."""
    rows = str(words).split("\n")
    high = 1.2 * size
    drop = {"center": 0.36 * size - high * (len(rows) - 1) / 2, "top": 0.8 * size}.get(
        va, -high * (len(rows) - 1)
    )
    family = "monospace" if family == "monospace" else "sans-serif"
    parts = []
    if box:
        wide = 0.62 * size * max(map(len, rows)) + 0.7 * size
        tall = high * len(rows) + 0.4 * size
        left = {"left": 0.35 * size, "center": wide / 2, "right": wide - 0.35 * size}[ha]
        edge = box.get("edgecolor", "black")
        parts.append(
            rectangle(
                x - left,
                y - tall / 2,
                wide,
                tall,
                box.get("facecolor", "white"),
                edge,
                0.8,
                rx=0.35 * size,
            )
        )
    for number, row in enumerate(rows):
        how = {"transform": f"rotate(-90 {x:.6g} {y:.6g})"} if turn else {}
        how |= {"text_anchor": ANCHORS[ha], "font_size": size, "font_family": family}
        place = {"x": float(x), "y": float(y + drop + high * number)}
        parts.append(tag("text", escape(row), fill=colour, **place, **how))
    return "".join(parts)


def marker(kind, x, y, colour, face=None, size=6):
    half = size / 2
    if kind == "s":
        return rectangle(x - half, y - half, size, size, face or colour, colour, 1)
    return tag("circle", cx=x, cy=y, r=half, fill=face or colour, stroke=colour, stroke_width=1)


def arrow(start, end, colour, cut=(0, 0)):
    """An arrow, cut by so many points at its ends."""
    (x0, y0), (x1, y1) = start, end
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    x0, y0, x1, y1 = x0 + ux * cut[0], y0 + uy * cut[0], x1 - ux * cut[1], y1 - uy * cut[1]
    sides = [(x1 - 4 * ux + s * 2.2 * uy, y1 - 4 * uy - s * 2.2 * ux) for s in (1, -1)]
    head = line([sides[0], (x1, y1), sides[1]], colour, 1)
    return line([(x0, y0), (x1, y1)], colour, 1) + head
