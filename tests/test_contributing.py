"""CONTRIBUTING.md says what is: its commands, its paths, what is derived and by what it is held."""

import re

from book.course import ROOT
from book.site.icons import make_css
from tests.test_makefile import TARGETS

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", GUIDE)
FOLDERS = "lenet_course", "chapters", "book", "tests", "bench", ".github"


def list_derived() -> list[list[str]]:
    """The rows of the table of derived files: files, sources, commands, what holds them."""
    table = GUIDE.split("| file | from | command | held by |\n")[1].split("\n\n")[0]
    return [[part.strip() for part in row.split(" | ")] for row in table.splitlines()[1:]]


def test_at_most_80_lines():
    assert len(GUIDE.splitlines()) <= 80


def test_every_command_is_there():
    named = set(re.findall(r"\bmake ([a-z]+)", " ".join(CODE)))
    assert named <= set(TARGETS) and {"live", "check", "prose", "confirm", "test"} <= named
    for module in re.findall(r"python -m ([\w.]+)", GUIDE):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_path_is_there():
    """Those that begin in a folder of the repository, and every link."""
    paths = [part for code in CODE for part in code.split() if re.match(r"[\w.]+/|\w+\.\w+$", part)]
    paths = [
        path for path in paths if not re.search("NN|NAME", path) and path.split("/")[0] in FOLDERS
    ]
    paths += re.findall(r"\]\((?!http)([^)]+)\)", GUIDE)
    assert len(paths) > 30
    for path in paths:
        assert list(ROOT.glob(path)), path
    assert "../" not in GUIDE


def test_what_is_derived_is_held():
    rows = list_derived()
    assert len(rows) == 9
    for _, _, _, held in rows:
        (by,) = re.findall(r"`([^`]+)`", held)
        assert by == "make check" or (ROOT / by).exists(), by
    static = ROOT / "book/site/static/icons.css"
    assert static.read_text(encoding="utf-8") == make_css()
