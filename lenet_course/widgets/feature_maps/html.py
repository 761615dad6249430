"""Maps as HTML: a picture with its number, name and scale; radio buttons that need no script."""

from collections.abc import Mapping
from html import escape

import torch

from lenet_course.pictures import MOST_NUMBERED, choose_columns, encode_maps
from lenet_course.widgets.registry import find_file

STYLE = " ".join(find_file("feature_maps", "css").read_text(encoding="utf-8").split())


def format_value(value: float) -> str:
    """Three digits, as the chapters print them."""
    return f"{value:.3g}".replace("-", "−")


def draw_picture(
    maps: torch.Tensor, limit: float, alt: str, mark: int | None = None, palette: str = "signed"
) -> str:
    """Draw maps of shape (C, H, W) side by side, numbered where they are 2 to MOST_NUMBERED."""
    count = len(maps)
    numbered = 1 < count <= MOST_NUMBERED
    picture = encode_maps(maps, limit, mark, palette, numbered)
    numbers = ""
    if numbered:
        columns = choose_columns(count)
        each = "".join(f"<span>{number}</span>" for number in range(count))
        grid = f"repeat({-(-count // columns)},1fr)/repeat({columns},1fr)"
        numbers = (
            f'<span class="numbers" aria-hidden="true" style="grid-template:{grid}">{each}</span>'
        )
    return (
        f'<span class="grid"><img alt="{escape(alt)}" src="data:image/png;base64,{picture}">'
        f"{numbers}</span>"
    )


def draw_figure(picture: str, name: str, width: int, limit: float | None = None) -> str:
    """Put a code name below a picture, and its colours' scale where a limit is given."""
    scale = ""
    if limit is not None:
        end = format_value(limit)
        scale = f' <span class="scale">−{end}<span class="ramp"></span>{end}</span>'
    caption = f"<figcaption><code>{escape(name)}</code>{scale}</figcaption>"
    return f'<figure style="width:{width}px">{picture}{caption}</figure>'


def make_radios(name: str, legend: str, choices: Mapping[int, str], chosen: int) -> str:
    """Make radio buttons for choices: value → HTML. Their name belongs to the form around them."""
    labels = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"'
        f"{' checked' if value == chosen else ''}>{content}</label>"
        for value, content in choices.items()
    )
    return f"<fieldset><legend>{escape(legend)}</legend>{labels}</fieldset>"


def make_rules(name: str, values) -> str:
    """CSS that hides what is not of the checked button; where :has() is unknown, all is shown."""
    return " ".join(
        f'.lenet-maps:has([name="{name}"][value="{value}"]:checked) '
        f'[data-{name}]:not([data-{name}="{value}"]) {{ display: none; }}'
        for value in values
    )
