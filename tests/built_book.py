"""The book, built as `make book` builds it, and what stands on its pages."""

import os
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser


def run_build(source, output, *flags):
    """Build where neither torch nor jupytext can be imported: the book must not need them."""
    blocked = output / "blocked"
    blocked.mkdir(parents=True, exist_ok=True)
    for name in ("torch", "jupytext"):
        text = f"raise ImportError('the book must not need {name}')\n"
        (blocked / f"{name}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(blocked)}
    tool = os.path.join(os.path.dirname(sys.executable), "jupyter-book")
    command = [tool, "build", str(source), "--path-output", str(output), *flags]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")


class Page(HTMLParser):
    """The tags and the ids of one page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.ids = [], set()
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if attributes.get("id"):
            self.ids.add(attributes["id"])

    def list_attributes(self, tag, name):
        return [a[name] for t, a in self.tags if t == tag and a.get(name) is not None]


read_once = cache(Page)  # of a book that is not built again
