"""The book, built as `make book` builds it, and what stands on its pages."""

import os
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

from book.course import ROOT, get_repository_url

REPOSITORY = get_repository_url() or "https://github.com/someone/a-fork"
NAMES = "GITHUB_REPOSITORY", "SITE_ADDRESS"  # what a workflow that runs the tests may have set


def run_build(source, output, *flags, repository=""):
    """Build where neither torch nor jupytext can be imported: the book must not need them.

    As the workflow of a repository, OWNER/NAME, does, or where nobody knows of one.
    """
    blocked = output / "blocked"
    blocked.mkdir(parents=True, exist_ok=True)
    for name in ("torch", "jupytext"):
        text = f"raise ImportError('the book must not need {name}')\n"
        (blocked / f"{name}.py").write_text(text, encoding="utf-8")
    environment = {name: text for name, text in os.environ.items() if name not in NAMES}
    environment |= {"PYTHONPATH": str(blocked), "GITHUB_REPOSITORY": repository}
    tool = [sys.executable, "-m", "book"]
    command = [*tool, "build", str(source), "--path-output", str(output), *flags]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")


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


ASKED = ("href", "src", "action", "content", "data-content_root")


def list_outside(pages) -> set[str]:
    """List the addresses outside of the site that pages give, in links, tags and all."""
    given = {
        text or "" for page in pages for _, a in page.tags for n, text in a.items() if n in ASKED
    }
    return {text for text in given if urlsplit(text).netloc}
