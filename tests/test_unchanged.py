"""What is unchanged since it was green is skipped, nothing else: tried on a small repository."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from book.course import ROOT
from tests.unchanged import describe_environment

CONFTEST = """
import json, pytest
pytest_plugins = ["tests.unchanged"]

class Notebook(pytest.File):
    def collect(self):
        names = {}
        for number, cell in enumerate(json.loads(self.path.read_text())["cells"]):
            item = Cell.from_parent(self, name=f"Cell {number}")
            item.source, item.names = "".join(cell["source"]), names
            yield item

class Cell(pytest.Item):
    def runtest(self):
        exec(self.source, self.names)

def pytest_collect_file(file_path, parent):
    return file_path.suffix == ".ipynb" and Notebook.from_parent(parent, path=file_path) or None
"""
BUILD = """
import pytest
from pathlib import Path

@pytest.fixture(scope="session")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("html")
    for path in (Path(__file__).parents[2] / "chapters/src").iterdir():
        (folder / f"{path.stem}.html").write_text(path.read_text())
    return folder
"""
LOOK = """
import os, pytest
from pathlib import Path

@pytest.fixture(scope="module")
def printed(html):
    Path(os.environ.get("PRINTED", os.devnull)).write_text("as PDFs")
    return html

@pytest.mark.parametrize("name", ["01.html", "02.html"])
def test_page(html, name):
    assert (html / name).read_text()

@pytest.mark.parametrize("name", ["01.html"])
def test_neighbour(html, name):
    assert (html / "02.html").read_text()

def test_all(printed):
    assert len(list(printed.iterdir())) == 2
"""
DATA = """
import importlib
from pathlib import Path

ROOT = Path(__file__).parent.parent

def test_positive():
    assert int(Path(__file__).with_name("data.txt").read_text()) > 0

def test_odd():
    assert int((ROOT / "tests" / "data.txt").read_text()) % 2 == 1

def test_begun():
    for word in ["one", "two"]:
        assert importlib.import_module(f"lenet_course.{word}")
"""
LAUNCH = """
import subprocess, sys
import pytest

def start(*program):
    assert subprocess.run(program).returncode == 0

@pytest.fixture(scope="module")
def started():
    start(sys.executable, "-c", "")

def test_starts():
    start(sys.executable, "-c", "")

def test_fixture_starts(started):
    assert started is None

def test_starts_a_stranger():
    start("git", "--version")
"""
SPELT = "from pathlib import Path\n\ndef test_{}():\n    Path(__file__).with_name({}).read_text()\n"
FILES = {
    "conftest.py": CONFTEST,
    "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests', 'chapters']\n",
    ".gitignore": "__pycache__/\n.pytest_cache/\n",
    "lenet_course/__init__.py": "from lenet_course.one import A\nfrom lenet_course.two import B\n",
    "lenet_course/one.py": "A = 1\n",
    "lenet_course/two.py": "B = 2\n",
    "lenet_course/parts/__init__.py": "from lenet_course.parts.red import *\n"
    "from lenet_course.parts.blue import *\n",
    "lenet_course/parts/red.py": "__all__ = ['RED']\nRED = 3\n",
    "lenet_course/parts/blue.py": "__all__ = ['BLUE']\nBLUE = 4\n",
    "lenet_course/widgets/pad.js": "0",
    "chapters/src/01.md": "one",
    "chapters/src/02.md": "two",
    "tests/__init__.py": "",
    "tests/data.txt": "3",
    "tests/test_data.py": DATA,
    "tests/test_hidden.py": SPELT.format("hidden", "'da' + 'ta.txt'"),
    "tests/test_launch.py": LAUNCH,
    "tests/test_one.py": "from lenet_course import A\n\ndef test_one():\n    assert A\n",
    "tests/test_red.py": "from lenet_course.parts import RED\n\ndef test_red():\n    assert RED\n",
    "tests/browser/__init__.py": "",
    "tests/browser/conftest.py": BUILD,
    "tests/browser/test_pages.py": LOOK,
}
PAGES = "tests/browser/test_pages.py::test_"
STARTING = {f"tests/test_launch.py::test_{name}" for name in ("starts", "fixture_starts")}
CODE = STARTING | {"tests/test_data.py::test_begun"}
RED = CODE | {"tests/test_red.py::test_red"}
ONE = CODE | {"tests/test_one.py::test_one"}
NUMBERS = {"tests/test_data.py::test_positive", "tests/test_data.py::test_odd"}
NOTEBOOK = {"chapters/ko/01.ipynb::Cell 0", "chapters/ko/01.ipynb::Cell 1"}
NEIGHBOUR = {f"{PAGES}neighbour[01.html]"}  # looks at another page than its own: at all, then
HIDDEN = {"tests/test_hidden.py::test_hidden"}  # opens a file whose name the code does not spell


@pytest.fixture(scope="module")
def green(tmp_path_factory):
    """A small repository whose tests were run once, all green."""
    project = tmp_path_factory.mktemp("green")
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    (project / "book").mkdir()
    for name in (
        *("tests/unchanged.py", "tests/dependencies.py"),
        *("book/__init__.py", "book/browser.py", "book/packages.py"),
    ):
        shutil.copy(ROOT / name, project / name)
    sources = ("from lenet_course import B", "assert B == 2")
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    (project / "chapters/ko").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), project / "chapters/ko/01.ipynb")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    found = run(project)
    assert set(found.values()) == {"PASSED"} and len(found) == 15
    return project


@pytest.fixture
def project(green, tmp_path):
    return shutil.copytree(green, tmp_path / "project")


def run(project, *arguments, **settings):
    """Run the tests; return {test: "PASSED", "FAILED" or "UNCHANGED"}."""
    given = {k: v for k, v in os.environ.items() if k not in ("CI", "ALL") and "PYTEST" not in k}
    plain = {"PYTHONPATH": str(project), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-rA", "-v", "--color=no", *arguments]
    done = subprocess.run(
        command, cwd=project, env=given | plain | settings, capture_output=True, encoding="utf-8"
    )
    words = "PASSED|FAILED|ERROR|UNCHANGED"  # before the test's name where two workers run
    lines = re.findall(
        rf"^(?:\[gw\d\] .*({words}) )?(\S+::.+?)(?: ({words}).*)?$", done.stdout, re.M
    )
    found = {test.strip(): one or other for one, test, other in lines if one or other}
    assert found, done.stdout + done.stderr
    return found


def list_run(found):
    return {test for test, word in found.items() if word != "UNCHANGED"}


def edit(project, name, text):
    assert (project / name).read_text(encoding="utf-8") != text
    (project / name).write_text(text, encoding="utf-8")


def test_nothing_changed_runs_nothing(project):
    assert list_run(run(project)) == set()
    assert list_run(run(project, "-p", "xdist", "-n", "2")) == set()


def test_a_new_file_runs_what_may_have_looked_for_it_once(project):
    (project / "more.txt").write_text("1", encoding="utf-8")
    assert list_run(run(project)) == HIDDEN | NEIGHBOUR  # all but code is the book's
    assert list_run(run(project)) == set()


@pytest.mark.parametrize(
    ("edits", "tests"),
    [
        ({"lenet_course/one.py": "A = 5\n"}, ONE),
        (
            {"lenet_course/two.py": "B = 1 + 1\n", "chapters/src/01.md": "1"},
            CODE | NOTEBOOK | NEIGHBOUR | {f"{PAGES}page[01.html]", f"{PAGES}all"},
        ),
        ({"lenet_course/parts/red.py": "__all__ = ['RED']\nRED = 5\n"}, RED),
        ({"lenet_course/parts/blue.py": "__all__ = ['BLUE']\nBLUE = 5\n"}, CODE),
        ({"lenet_course/widgets/pad.js": "1"}, STARTING | NEIGHBOUR),
        (
            {"tests/data.txt": "5", "chapters/src/02.md": "2"},
            STARTING | NUMBERS | HIDDEN | NEIGHBOUR | {f"{PAGES}page[02.html]", f"{PAGES}all"},
        ),
        (
            {"lenet_course/__init__.py": FILES["lenet_course/__init__.py"] + "#"},
            ONE | RED | NOTEBOOK,
        ),
    ],
)
def test_a_changed_file_runs_what_depends_on_it_once(project, edits, tests):
    for name, text in edits.items():
        edit(project, name, text)
    assert list_run(run(project)) == tests
    if len(edits) > 1:
        assert list_run(run(project)) == set()


def test_where_the_site_is_the_same_nothing_is_made_of_it(project, tmp_path):
    for file, is_made in {"lenet_course/two.py": False, "chapters/src/01.md": True}.items():
        edit(project, file, FILES[file] + "#")
        run(project, PRINTED=str(tmp_path / "printed"))
        assert (tmp_path / "printed").exists() == is_made


def test_a_conftest_changes_all_below_it(project):
    edit(project, "tests/browser/conftest.py", FILES["tests/browser/conftest.py"] + "#")
    found = run(project)
    below = {test for test in found if test.startswith("tests/browser")}
    assert list_run(found) == below | STARTING
    edit(project, "conftest.py", FILES["conftest.py"] + "#")
    assert "UNCHANGED" not in run(project).values()


def test_what_failed_is_never_remembered_and_a_notebook_only_whole(project):
    edit(project, "tests/data.txt", "4")
    edit(project, "lenet_course/two.py", "B = 3\n")
    for _ in range(2):
        found = run(project)
        failed = {test for test, word in found.items() if word == "FAILED"}
        assert failed == {"tests/test_data.py::test_odd", "chapters/ko/01.ipynb::Cell 1"}
        assert found["chapters/ko/01.ipynb::Cell 0"] == "PASSED"
    assert found["tests/test_data.py::test_positive"] == "UNCHANGED"
    edit(project, "tests/data.txt", "3")
    edit(project, "lenet_course/two.py", "B = 2\n")
    found = run(project)
    assert (
        found["tests/test_data.py::test_odd"] == found["chapters/ko/01.ipynb::Cell 1"] == "PASSED"
    )


def test_ci_a_named_test_and_all_ask_no_memory(project):
    for found in (run(project, "tests"), run(project, ALL="1")):
        assert set(found.values()) == {"PASSED"}
    shutil.rmtree(project / ".pytest_cache")
    assert set(run(project, CI="true").values()) == {"PASSED"}
    assert not (project / ".pytest_cache/v/lenet").exists()


def test_another_package_version_changes_everything(project):
    (project / "new-1.0.dist-info").mkdir()  # beside PYTHONPATH's modules, as in site-packages
    (project / "new-1.0.dist-info/METADATA").write_text(
        "Name: new\nVersion: 1.0\n", encoding="utf-8"
    )
    assert "UNCHANGED" not in run(project).values()


@pytest.mark.parametrize(
    "tool",
    [
        *("chromium-headless-shell", "chromium", "node", "hunspell"),
        "chromium_headless_shell-1200/linux/headless_shell",  # Playwright's own
    ],
)
def test_another_program_that_tests_start_changes_everything(tool, tmp_path, monkeypatch):
    for name in ("PATH", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    found = [describe_environment()]
    (tmp_path / tool).parent.mkdir(parents=True, exist_ok=True)
    for text in ("", "another"):
        (tmp_path / tool).write_text(text, encoding="utf-8")
        (tmp_path / tool).chmod(0o755)
        found.append(describe_environment())
    assert found[0] != found[1] != found[2]
