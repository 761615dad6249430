"""Widgets alone, without a book: python -m book.site.widget_demo FOLDER ["StepByStep()" …]"""

import os
import sys
from pathlib import Path
from unittest.mock import patch

from book.site.widgets import SCRIPT, load_language_words, registry, write_page_widgets

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 1000px; padding: 16px; background: #fff; }}
.row, .math {{ display: none; }} /* as unkind as a theme can be */
html[data-theme="dark"] body {{ background: #181a1e; color: #ddd; }}
@media (prefers-color-scheme: dark) {{
  html:not([data-theme]) body {{ background: #181a1e; color: #ddd; }}
}}
</style><script src="_static/{script}" defer></script></head>
<body><h1>{title}</h1>{widgets}</body></html>
"""
EXPLORERS = ("LeNetExplorer(load_trained(), index=3)", "LeNetExplorer(load_trained(), index=8)")


def write_demo(folder: Path, expressions: tuple[str, ...] = EXPLORERS) -> None:
    """Write ko.html and en.html, each with the same widgets, and their _static.

    Args:
        folder: where to.
        expressions: Python that makes a widget each, of names of lenet_course(.widgets).
    """
    language_words = load_language_words()
    write_page_widgets(folder / "_static", language_words)
    for language in language_words:
        write_page(folder / f"{language}.html", language, make_mounts(language, expressions))


def write_page(path: Path, language: str, mounts: list[str]) -> None:
    """Write one page around what the book stores of widgets' outputs."""
    widgets = "\n".join(mounts)
    page = PAGE.format(language=language, title="LeNet", widgets=widgets, script=SCRIPT)
    path.write_text(page, encoding="utf-8")


def make_mounts(language: str, expressions: tuple[str, ...]) -> list[str]:
    """What the book stores of each widget's output; the reader's own language stays."""
    import torch  # here: to build the book, which shares this package, takes no torch

    import lenet_course
    from lenet_course import text, widgets

    names = {"torch": torch, **vars(lenet_course), **vars(widgets)}
    before = text.get_language()
    text.set_language(language)
    try:
        with patch.dict(os.environ, registry.RECORDING), torch.random.fork_rng(devices=[]):
            made = [eval(expression, names) for expression in expressions]
            return [widget._repr_mimebundle_()["text/html"] for widget in made]
    finally:
        text.set_language(before)


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]), tuple(sys.argv[2:]) or EXPLORERS)
