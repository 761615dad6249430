"""A real browser, for pages opened as files: no request leaves their folder.

    STORAGE=blocked python -m pytest tests/browser

runs these tests where a page can store nothing.
"""

import os
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from bench.serve import serve
from book.browser import open_browser
from book.site.widget_demo import write_demo
from tests.browser.cells import CHAPTER, FIRST, Cell

TIMEOUT = 30_000  # ms, for a machine that has other work; only a test that fails waits so long
# what a browser does that refuses cookies, or in a frame of no origin
BLOCK_STORAGE = """{
  const refuse = () => { throw new DOMException("nothing can be stored", "SecurityError"); };
  const all = { get: refuse, set: refuse, configurable: true };
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, all);
  Object.defineProperty(Document.prototype, "cookie", all);
}"""
IS_BLOCKED = os.environ.get("STORAGE") == "blocked"
needs_storage = pytest.mark.skipif(IS_BLOCKED, reason="about what is stored")


@pytest.fixture(scope="package")
def browser():
    """One Chromium for all; after these tests Playwright's event loop is out of others' way."""
    with open_browser() as chromium:
        if IS_BLOCKED:
            chromium.new_context = partial(open_blocked, chromium.new_context)
        yield chromium


def open_blocked(open_context, **options):
    """Open a context whose pages can store nothing."""
    context = open_context(**options)
    context.add_init_script(BLOCK_STORAGE)
    return context


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """A page a language with two explorers, of a 3 and of an 8."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture
def open_file(browser):
    """Open a page of a folder; in the end no request has left it, and the console has no error.

    A test that wants an error takes it out of `open_file.problems`.
    """
    problems, contexts = [], []

    def open_file(folder, name="en.html", **options):
        options = {"viewport": {"width": 1200, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)

        def guard(route):
            url = route.request.url
            if url.startswith((folder.as_uri(), "data:")):
                return route.continue_()
            problems.append(f"request to {url}")
            return route.abort()

        context.route("**/*", guard)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("console", lambda m: m.type in ("error", "warning") and problems.append(m.text))
        page.goto((folder / name).as_uri())
        return page

    open_file.problems = problems
    yield open_file
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def open_cell(open_file, html):
    """Open a chapter and return a cell of it."""

    def open_cell(code=FIRST, language="en", slug=CHAPTER, **options):
        page = open_file(html, f"chapters/{language}/{slug}.html", **options)
        return Cell(page, code, language)

    return open_cell


@pytest.fixture(scope="session")
def site(html):
    """The book's address while a server of this machine alone shows it."""
    with serve(html) as address:
        yield address


@contextmanager
def open_guarded(browser, site, problems, **options):
    """Open a blank page; note what it asks of others than the site, and the console's errors."""
    with browser.new_context(**options) as context:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("console", lambda m: m.type == "error" and problems.append(describe(m)))
        yield page
        foreign = (url for url in page.requests if not url.startswith((site, "data:", "blob:")))
        problems.extend(f"request to {url}" for url in foreign)


@pytest.fixture
def visit(browser, site):
    """Open a page of the site; in the end nothing else was asked, and the console has no error."""
    problems = []
    with ExitStack() as stack:

        def visit(name, **options):
            page = stack.enter_context(open_guarded(browser, site, problems, **options))
            page.goto(site + name)
            return page

        yield visit
    assert problems == []


def describe(message):
    return f"{message.location['url']}: {message.text}"
