"""The theme's icons, drawn here: a dozen outlines in place of 300 kB of Font Awesome's files.

    python -m book.site.icons    # writes static/icons.css

Each is a mask in the colour of the text, under the class name that the theme's templates give it.
"""

from pathlib import Path
from urllib.parse import quote

STROKES = {  # on a grid of 24 × 24
    "bars": "M3 6h18M3 12h18M3 18h18",
    "list": "M9 6h12M9 12h12M9 18h12M3.5 6h1M3.5 12h1M3.5 18h1",
    "magnifying-glass": "M15.5 15.5 21 21M17 10a7 7 0 1 1-14 0a7 7 0 0 1 14 0z",
    "angle-left": "M15 4 7 12l8 8",
    "angle-right": "M9 4l8 8-8 8",
    "arrow-up": "M12 21V4M5 11l7-7 7 7",
    "xmark": "M5 5l14 14M19 5 5 19",
    "download": "M12 3v12M6 10l6 6 6-6M4 21h16",
    "code": "M8 6l-6 6 6 6M16 6l6 6-6 6",
    "file": "M6 2.5h8l5 5v14H6zM14 2.5v5h5",
    "pencil-alt": "M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3",
    "lightbulb": "M9 18h6M10 21.5h4M12 2.5a6.5 6.5 0 0 0-3.5 12v1h7v-1a6.5 6.5 0 0 0-3.5-12z",
    "rocket": "M12 2c4 3 5 7 4.5 12h-9C7 9 8 5 12 2zM7.5 11 4 14v4l4-2M16.5 11l3.5 3v4l-4-2M12 17v5"
    "M12 8v2",
    "sun": "M16.5 12a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0z"
    "M12 1.5v2.5M12 20v2.5M1.5 12H4M20 12h2.5M4.6 4.6l1.8 1.8"
    "M17.6 17.6l1.8 1.8M19.4 4.6l-1.8 1.8M6.4 17.6l-1.8 1.8",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
    "circle-half-stroke": "M12 3a9 9 0 0 0 0 18zM12 3a9 9 0 0 1 0 18",
    "github": "M6 6v12M18 9v1a4 4 0 0 1-4 4H6M8.5 4.5a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z"
    "M8.5 19.5a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z"
    "M20.5 6.5a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z",
}
FILLED = {"moon", "circle-half-stroke"}  # the half's right side stays open

RULE = """[class*="fa-"]::before {
  content: ""; display: inline-block; width: 1em; height: 1em; vertical-align: -0.125em;
  background: currentColor; mask: var(--icon) center / contain no-repeat;
}
@media (forced-colors: active) { [class*="fa-"]::before { background: CanvasText; } }
.fa-lg { font-size: 1.25em; }
"""


def draw_icon(name: str) -> str:
    """Draw an icon as the text of an SVG file."""
    path = STROKES[name]
    parts = [f'<path d="{path}"/>']
    if name in FILLED:
        first, _, rest = path.partition("z")
        parts = [f'<path d="{first}z" fill="#000"/>'] + ([f'<path d="{rest}"/>'] if rest else [])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{"".join(parts)}</svg>'
    )


def make_css() -> str:
    """Make the style sheet: one rule for all, one line for each."""
    lines = ["/* Made by book/site/icons.py. */", RULE.rstrip()]
    for name in STROKES:
        picture = quote(draw_icon(name), safe=" =:/'<>\"")
        picture = picture.replace('"', "'").replace("<", "%3C").replace(">", "%3E")
        lines.append(f'.fa-{name} {{ --icon: url("data:image/svg+xml,{picture}"); }}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = Path(__file__).parent / "static" / "icons.css"
    path.write_text(make_css(), encoding="utf-8")
