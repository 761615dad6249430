"""Two pages with the widgets alone, to look at without a book: python -m book.widget_demo FOLDER"""

import os
import subprocess
import sys
from pathlib import Path

from book.page_widgets import SCRIPT, load_language_words, write_page_widgets

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


def write_demo(folder: Path) -> None:
    """Write ko.html and en.html, each with two explorers, and their _static."""
    words = load_language_words()
    write_page_widgets(folder / "_static", words)
    for language in words:
        widgets = "\n".join(make_mounts(language, (3, 8)))
        title = words[language]["title"]
        page = PAGE.format(language=language, title=title, widgets=widgets, script=SCRIPT)
        (folder / f"{language}.html").write_text(page, encoding="utf-8")


def make_mounts(language: str, indices: tuple[int, ...]) -> list[str]:
    """What the book stores of an explorer's output, for each digit."""
    code = f"""
from lenet_course import load_trained, set_language
from lenet_course.widgets import LeNetExplorer
set_language({language!r})
for index in {indices}:
    print(LeNetExplorer(load_trained(), index=index)._repr_mimebundle_()["text/html"])
"""
    environment = {**os.environ, "LENET_BOOK": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]))
