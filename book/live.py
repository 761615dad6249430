"""The book while it is written: `make live` serves it and shows every source that is saved.

One process keeps Sphinx and all that it has read, so that a save costs the pages that it changes:
they are derived, executed where code changed, and built; then the browser shows them anew. What is
wrong with a source is said in the terminal and on the page, until a save mends it. Search is left
out: its index takes most of a build. Where the site's code or the list of chapters changes, all
starts anew.
"""

import io
import json
import logging
import os
import re
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from book.course import LANGUAGES, ROOT, list_slugs
from book.notebooks.build import build_notebook, build_tables
from book.notebooks.derive import CodeChanged
from book.notebooks.sources import find_source_problems, read_cells
from book.site.extension import write_widget_files

PORT = 8000
CHAPTER, TABLES = "chapters/src/[0-9]*.md", ("chapters/src/*.yml", "chapters/src/*.bib")
SHOWN = ("index.md", "book/site/static/[!.]*", "lenet_course/widgets/**/[!.]*.*s*")
NEEDED = ("_config.yml", "book/**/*.py", "book/site/*.js", "book/site/templates/**/*.html")
AGAIN = "--again"  # after a change of what is needed: the browser is there


class LiveBook:
    """A repository's book, built into a folder and kept warm."""

    def __init__(self, root: Path, folder: Path):
        given = {"external_toc_path": "_toc.yml", "latex_individualpages": False}
        settings = {"user_yaml": root / "_config.yml", "cli_config": given, "sourcedir": root}
        config = get_final_config(**settings)[0] | {"nitpicky": True}  # as `make book` is
        config["html_static_path"].append(str(Path(__file__).with_suffix(".js")))
        config["html_js_files"].append(["live.js", {"defer": "defer"}])
        self.root, self.folder, self.warnings, self.built = root, folder, io.StringIO(), 0
        nocolor()
        logging.getLogger("traitlets").setLevel(logging.WARNING)  # that a notebook starts
        doctrees, streams = folder.with_name("doctrees"), (None, self.warnings)
        self.app = Sphinx(root, None, folder, doctrees, "html", config, *streams, freshenv=True)
        self.app.builder.search = False
        self.scripts = list(self.app.registry.js_files)

    def update(self, slugs: list[str]) -> str:
        """Derive these chapters, build what is newer than its page; return what is wrong."""
        steps = [partial(self.derive, slug) for slug in slugs]
        if not slugs:  # a widget, or a style: one page is built, so that it is copied
            steps = [partial(write_widget_files, self.app)]
        only = [] if slugs else [str(self.root / "index.md")]
        said = self.attempt(*steps, partial(self.build, only))
        self.tell(said, built=True)
        said |= self.attempt(partial(build_tables, self.root / "chapters"))
        if any(self.app.builder.get_outdated_docs()):  # a table is
            said |= self.attempt(self.build)
            self.tell(said, built=True)
        return "\n".join(said)

    def build(self, only: list[str] | None = None) -> None:
        """Build these files' pages, or those that are older than their source."""
        self.app.registry.js_files[:] = self.scripts  # Sphinx keeps what was added to one page
        self.app.env._pickled_doctree_cache.clear()  # and pages as they were first read
        self.app.builder.init_js_files()
        self.app.build(filenames=only)

    def derive(self, slug: str) -> list[str]:
        """Derive a chapter's notebooks, execute them where its code changed; list its problems."""
        chapters = self.root / "chapters"
        derive = partial(build_notebook, slug, chapters=chapters)
        try:
            for language in LANGUAGES:
                derive(language, execute=False)
        except CodeChanged as change:
            self.tell({f"{slug}: {change}: running": None})
            with ThreadPoolExecutor(len(LANGUAGES)) as pool:
                list(pool.map(derive, LANGUAGES))
        return find_source_problems(slug, read_cells(slug, chapters))

    def attempt(self, *steps: Callable) -> dict[str, None]:
        """Take steps; collect what they return, raise and warn of, each once, in order."""
        said = []
        for step in steps:
            try:
                said += step() or []
            except Exception as error:  # whatever a half written source raises
                said.append(f"{type(error).__name__}: {error}")
        said += self.warnings.getvalue().splitlines()
        self.warnings.seek(self.warnings.truncate(0))
        return dict.fromkeys(re.sub(r"\x1b\[[0-9;]*m", "", text) for text in said)

    def tell(self, said: dict[str, None], built: bool = False) -> None:
        """Tell the terminal, and the page by live.js, what is wrong and whether all is built."""
        self.built = time.time() if built else self.built
        print(time.strftime("%X"), "\n  ".join(said) or "built", flush=True)
        path = self.folder / "_static/live.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        status = {"built": self.built, "said": "\n".join(said)}
        path.write_text(json.dumps(status), encoding="utf-8")


class Handler(SimpleHTTPRequestHandler):
    """Serves files that the browser is to ask for each time."""

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments):
        pass

    def copyfile(self, *files):
        with suppress(ConnectionError):  # the page was left
            super().copyfile(*files)


def list_times(root: Path, *patterns: str) -> dict[Path, int]:
    """List when each of these files was saved, in nanoseconds."""
    found = {}
    for pattern in patterns:
        for path in root.glob(pattern):
            with suppress(FileNotFoundError):  # an editor is putting another in its place
                found[path] = path.stat().st_mtime_ns
    return found


def list_needed(root: Path) -> tuple[dict[Path, int], list[str]]:
    """List what a book needs itself: files, each with its time, and chapters."""
    return list_times(root, *NEEDED), list_slugs(root / "chapters")


def list_saved(root: Path) -> dict[Path, int]:
    """List when each file was saved that its pages are made of."""
    return list_times(root, CHAPTER, *TABLES, *SHOWN)


def follow(book: LiveBook, root: Path, needed: tuple, saved: dict[Path, int]) -> None:
    """Update the book at every save after these, until something changes that it needs itself."""
    while needed == list_needed(root):
        time.sleep(0.1)
        now = list_saved(root)
        if changed := {path for path, when in now.items() if saved.get(path) != when}:
            saved = now
            tables = changed & {*list_times(root, *TABLES)}
            slugs = list_slugs(root / "chapters")
            book.update([slug for slug in slugs if tables or slug in {p.stem for p in changed}])


def main(root: Path = ROOT) -> None:
    folder = root / "_build/live/html"
    server = ThreadingHTTPServer(("127.0.0.1", PORT), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with patch_docutils(None), docutils_namespace():
        before = list_needed(root), list_saved(root)  # what is saved during the build counts, too
        book = LiveBook(root, folder)
        book.update(list_slugs(root / "chapters"))
        last = max(root.glob(CHAPTER), key=os.path.getmtime)
        address = f"http://127.0.0.1:{PORT}/chapters/{next(iter(LANGUAGES))}/{last.stem}.html"
        print(f"Open: {address} (Ctrl+C ends it)", flush=True)
        if AGAIN not in sys.argv:
            webbrowser.open(address)
        follow(book, root, *before)
    os.execv(sys.executable, [sys.executable, "-m", "book.live", AGAIN])


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
