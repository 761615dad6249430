"""Skip what was green before and has not changed since: in a run of everything here, never in CI.

A test is remembered, once it passed, with a digest of what it can depend on: the files of its
function and its fixtures (tests/dependencies.py), the conftests' above it and pytest's settings,
the Python, the installed packages, the machine, browsers, Node.js and hunspell. Where it or a
fixture of it started a program that may run the repository's code, all code; where that was `book`,
all that a book is made of. The cells of a notebook are remembered together. A test of the built
book depends on all that the book is made of and then, where that changed, on the site that was
built: one in tests/browser that is given a page, on that page and the files that all share. A test
that opened files which it does not name is remembered with them and, as it may have looked for
others, with the names of all files. `make test ALL=1` runs all; with the environment variable CI
all run and nothing is remembered.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache, partial
from importlib.metadata import distributions
from pathlib import Path

import pytest

from book.browser import NAMES, list_own_chromiums
from tests.dependencies import ALL, Repository, hash_file

REASON = "unchanged since green"
MEMORY = "lenet/green"
SETTINGS = ("pyproject.toml", "_config.yml", "tests/nbval_sanitize.cfg")
CONFTESTS = ("conftest.py", "tests/conftest.py", "tests/browser/conftest.py")
# run none of our Python; what Node.js is given to run, its test names
STRANGERS = re.compile(r"git|node|chrom.*|headless_shell|hunspell|uname|ldconfig.*|gcc|cc")
SHOWN = ("lenet_course/widgets", "lenet_course/assets")  # all that pages take of the package
CODE, BOOK = "code", "book"  # what a program that was started may depend on
STARTED = ((), (CODE,), (BOOK,), (BOOK, CODE))


def pytest_configure(config):
    given = getattr(config, "workerinput", None)
    green = recall(config) if given is None else given["green"]
    if green is None:
        return
    try:
        repository = Repository(config.rootpath)
    except (OSError, subprocess.CalledProcessError):  # a copy without Git: all tests run
        return
    if "conftest.py" in repository.hashes:
        config.pluginmanager.register(Unchanged(config, repository, green), "unchanged")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    plugin = node.config.pluginmanager.get_plugin("unchanged")
    node.workerinput["green"] = plugin.green if plugin else None


def recall(config) -> dict[str, str] | None:
    """Return what was green, {key: digest}; None where a run looks at less than everything."""
    narrowed = config.option.keyword or config.option.markexpr or config.option.collectonly
    whole = config.args_source is config.ArgsSource.TESTPATHS and not narrowed
    if os.environ.get("CI") or not whole or not hasattr(config, "cache"):
        return None
    return {} if os.environ.get("ALL") else config.cache.get(MEMORY, {})


class Unchanged:
    def __init__(self, config, repository, green):
        self.config, self.repository, self.green = config, repository, green
        self.environment = describe_environment()
        self.passed, self.failed, self.found = Counter(), set(), {}
        self.opened, self.wide = set(), set()
        self.started, self.started_by = set(), {}
        sys.addaudithook(self.note)

    def note(self, event, arguments):
        """Note which files are opened for reading, and whether programs are started."""
        if event == "open" and isinstance(arguments[0], (str, Path)):
            if arguments[1] is None or set("r+") & set(arguments[1]):
                self.opened.add(Path(arguments[0]).absolute())
        elif event == "subprocess.Popen":
            self.started |= list_started(*arguments[:2])

    # --- where tests run

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        sizes = Counter(item.path for item in items)
        for item in items:
            notebook = item.path.suffix == ".ipynb"
            key = str(item.path.relative_to(self.config.rootpath)) if notebook else item.nodeid
            name = item.path.relative_to(self.config.rootpath).as_posix()
            fixtures = tuple(sorted(getattr(item, "fixturenames", ())))
            own = not notebook and item.function.__code__.co_filename == str(item.path)
            function = item.originalname if own else ALL  # ALL where it was imported
            item.knows = partial(self.find_known, name, function, fixtures)
            item.reads = partial(item.knows, also=(BOOK,) if "html" in fixtures else ())
            item.unnamed = tuple(self.green.get(f"{key}@opened", ()))
            item.green = {"key": key, "count": sizes[item.path] if notebook else 1}
            if "html" in fixtures:
                item.setup = partial(self.set_up, item, item.setup)

    @cache  # noqa: B019  one a run
    def find_known(self, name, function, fixtures, started=(), also=()):
        """What a test depends on that has such fixtures and started such programs."""
        found = {*SETTINGS, "tests/unchanged.py", "tests/dependencies.py"}
        found |= self.repository.find_dependencies(name, function)
        for conftest in {*CONFTESTS} & {*self.repository.hashes}:
            if Path(conftest).parent in Path(name).parents:
                own = self.repository.list_defined(conftest) & {*fixtures}
                found.update(*(self.repository.find_dependencies(conftest, each) for each in own))
                found |= self.repository.find_dependencies(conftest, "", data=False)
        if CODE in started:
            found |= self.repository.list_code()
        if BOOK in (*started, *also):
            beside = ("bench/", "tests/", "lenet_course/")
            found |= {name for name in self.repository.hashes if not name.startswith(beside)}
            found |= self.repository.list_below(*SHOWN)
        return frozenset(found & set(self.repository.hashes))

    @cache  # noqa: B019
    def hash_all(self, names, unnamed):
        """Hash files that a test names and others that it opened, with what it may look for."""
        files = [(n, self.repository.hashes.get(n)) for n in sorted({*names, *unnamed})]
        return hash_text([self.environment, files, sorted(self.repository.hashes) * bool(unnamed)])

    def digest(self, item, started):
        files = self.hash_all(item.reads(started), item.unnamed)
        return hash_text([item.green["key"], started, files])

    def digest_shown(self, item, started, site, page):
        """The digest that a test of the site has whatever the site was made of."""
        known = item.knows(started)
        names = [name for name in known if not page or not name.startswith("chapters/")]
        files = self.hash_all(frozenset(names), item.unnamed)
        return hash_text([item.nodeid, files, hash_site(site, page)])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.opened.clear()
        self.started.clear()
        before = self.green.get(item.green["key"])
        if before and before in [self.digest(item, started) for started in STARTED]:
            pytest.skip(REASON)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        outer, self.started = self.started, set()
        value = yield
        self.started_by[fixturedef] = set() if fixturedef.argname == "html" else self.started
        self.started = outer
        return value

    def set_up(self, item, set_up_all):
        """Set up the built site and, where that changed, what else a test needs: two PDFs, say."""
        item.funcargs["html"] = item._request.getfixturevalue("html")
        if self.find_shown_before(item) is None:
            set_up_all()

    def find_shown_before(self, item):
        """What a test started when it was green on the same site; None where it was not."""
        site, page = find_page(item)
        before = site and self.green.get(f"{item.nodeid}@site")
        if not before:
            return None
        same = (s for s in STARTED if before == self.digest_shown(item, s, site, page))
        return next(same, None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item):
        item.prepared = self.list_opened()
        started = self.find_shown_before(item)
        if started is not None:
            self.started.update(started)  # as when it ran
            pytest.skip(REASON)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when == "call":
            started = self.list_started(item)
            if item.path.suffix == ".py" and report.passed:  # a notebook's kernel opens its own
                item.unnamed = tuple(sorted(self.list_opened() - item.reads(started)))
            item.green |= {"opened": item.unnamed, "digest": self.digest(item, started)}
            site, page = find_page(item)
            if page and self.opens_more(item, site, page):
                self.wide.add(page)  # tests of this page may share what was seen there
            if site and page not in self.wide:
                item.green["site"] = self.digest_shown(item, started, site, page)
        report.green = item.green
        return report

    def list_started(self, item):
        """What was started by a test, and by its fixtures when they were set up."""
        if item.path.suffix == ".ipynb":
            return ()  # its kernel, whose code is read
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        found = [self.started_by.get(each, set()) for several in fixtures for each in several]
        return tuple(sorted(self.started.union(*found)))

    def list_opened(self):
        """The files of the repository that were opened since this test began."""
        root, opened = self.config.rootpath, self.opened.copy()  # a server's threads go on adding
        names = {path.relative_to(root).as_posix() for path in opened if root in path.parents}
        return names & set(self.repository.hashes)

    def opens_more(self, item, site, page):
        """Whether a test that is given a page looked at more than this page."""
        others = self.opened.copy() - {*list_shown(site, page)}
        opened = self.list_opened() - item.prepared
        sources = {name for name in opened if name.startswith("chapters/")}
        return bool(sources) or any(site in path.parents for path in others)

    # --- where their reports arrive

    def pytest_runtest_logreport(self, report):
        key = getattr(report, "green", {"key": report.nodeid})["key"]  # none where a worker crashed
        if report.failed:
            self.failed.add(key)
        elif report.when != "call" or hasattr(report, "wasxfail"):
            return
        elif report.passed or is_unchanged(report):
            self.passed[key] += 1
            self.found[key] = report.green

    def pytest_report_teststatus(self, report):
        if is_unchanged(report):
            return REASON, "u", "UNCHANGED"

    def pytest_sessionfinish(self):
        if hasattr(self.config, "workerinput"):
            return
        memory = {**self.config.cache.get(MEMORY, {})}
        for key in (*self.found, *self.failed):
            for kind in ("", "@site", "@opened"):
                memory.pop(f"{key}{kind}", None)
        for key, green in self.found.items():
            if self.passed[key] == green["count"] and key not in self.failed:
                memory[key] = green["digest"]
                memory |= {
                    f"{key}@{kind}": green[kind] for kind in ("site", "opened") if green.get(kind)
                }
        self.config.cache.set(MEMORY, memory)

    def pytest_terminal_summary(self, terminalreporter):
        if terminalreporter.stats.get(REASON):
            terminalreporter.line("make test ALL=1 runs what is unchanged too")


def list_started(program, arguments) -> set[str]:
    """What a program that is started may depend on."""
    path = Path(os.fsdecode(program or arguments[0]))
    if "playwright" in path.parts or STRANGERS.fullmatch(path.name) or "--version" in arguments:
        return set()
    if "book" in arguments:  # python -m book build …
        return {BOOK}
    return {BOOK, CODE} if path.name == "make" else {CODE}


def is_unchanged(report) -> bool:
    return report.skipped and isinstance(report.longrepr, tuple) and REASON in report.longrepr[2]


def find_page(item) -> tuple[Path | None, Path | None]:
    """The built site that a browser's test looks at, and the one page of it that it is given."""
    site = getattr(item, "funcargs", {}).get("html")
    if not isinstance(site, Path):
        return None, None
    if item.path.parent.name != "browser" or not hasattr(item, "callspec"):
        return site, None
    given = [value for value in item.callspec.params.values() if str(value).endswith(".html")]
    pages = [site / value for value in given]
    return site, pages[0] if len(pages) == 1 and pages[0].is_file() else None


@cache
def list_shown(site: Path, page: Path | None) -> list[Path]:
    """The files that a page shows or runs: itself, all of _static, the pictures that it names.

    Without a page, all of the site.
    """
    files = [path for path in sorted(site.rglob("*")) if path.is_file()]
    if page is None:
        return files
    text = page.read_text(encoding="utf-8")
    static, images = site / "_static", site / "_images"
    pictures = [path for path in files if images in path.parents and path.name in text]
    return [page, *pictures, *(path for path in files if static in path.parents)]


@cache
def hash_site(site: Path, page: Path | None) -> str:
    shown = list_shown(site, page)
    return hash_text([(str(path.relative_to(site)), hash_file(path)) for path in shown])


def hash_text(values: list) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def describe_environment() -> list:
    packages = sorted(f"{found.name} {found.version}" for found in distributions())
    tools = [*map(shutil.which, (*NAMES, "node", "hunspell")), *list_own_chromiums()]
    stats = [(tool, os.stat(tool).st_size, os.stat(tool).st_mtime_ns) for tool in tools if tool]
    return [sys.version, platform.uname(), packages, stats]
