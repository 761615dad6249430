"""What the chapters need of lenet_course, and the number by which their set-up cells ask for it.

Who opens a notebook today may have installed lenet_course last month. So the set-up cell asks for
VERSION of lenet_course/version.py, or a later one. The number is raised here, whenever the chapters
use a name of the package, or an argument, that they did not use before, or an exercise has another
solution.
"""

import ast
import hashlib
import re
from pathlib import Path

from book.course import CHAPTERS, list_slugs
from book.notebooks.sources import read_source

PACKAGE = "lenet_course"
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
LINES = re.compile(r'^VERSION = (\d+)$|^NEEDS = "(\w*)"', re.MULTILINE)


def find_file(chapters: Path = CHAPTERS) -> Path:
    """Return where the number stands; a folder of chapters alone has none."""
    return chapters.parent / PACKAGE / "version.py"


def get_version(chapters: Path = CHAPTERS) -> int:
    """Return the number that set-up cells ask for; 1, which every lenet_course has, without one."""
    path = find_file(chapters)
    return _read(path)[0] if path.exists() else 1


def list_needs(chapters: Path = CHAPTERS) -> list[str]:
    """List what the chapters need: names, the forms of their calls, the exercises' solutions."""
    needs = set()
    for slug in list_slugs(chapters):
        cells = [cell for cell in read_source(slug, chapters) if cell["kind"] == "code"]
        needs |= find_needs([cell["text"] for cell in cells])
        needs |= {cell["text"] for cell in cells if cell["metadata"].get("exercise")}
    return sorted(needs)


def find_needs(codes: list[str]) -> set[str]:
    """Find what a chapter's code needs.

    `lenet_course.draw_curves(1 xlabel)` has one argument by place and one by name; of programs that
    a cell starts, the lines are told.
    """
    nodes = [node for code in codes for node in ast.walk(_parse(code))]
    names = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    needs = {*names.values()}
    for node in nodes:
        if isinstance(node, ast.Call) and (name := names.get(ast.unparse(node.func))):
            words = [str(len(node.args)), *sorted(str(word.arg) for word in node.keywords)]
            needs.add(f"{name}({' '.join(words)})")
    lines = "\n".join(codes).splitlines()
    return needs | {line.strip() for line in lines if re.match(rf"\s*[%!].*\b{PACKAGE}\b", line)}


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Say whether the chapters need something else than when the number was last raised."""
    path = find_file(chapters)
    if not path.exists() or _read(path)[1] == _hash(chapters):
        return []
    return [f"{path.name}: the chapters need other things of {PACKAGE}; run make prose"]


def raise_version(chapters: Path = CHAPTERS) -> bool:
    """Raise the number if the chapters need something else; return whether they do."""
    if not find_problems(chapters):
        return False
    path = find_file(chapters)
    version = _read(path)[0] + 1
    lines = iter((f"VERSION = {version}", f'NEEDS = "{_hash(chapters)}"'))
    text = LINES.sub(lambda line: next(lines), path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    print(f"{PACKAGE} is {version} now: the chapters need other things of it than before")
    return True


def _read(path: Path) -> tuple[int, str]:
    (version, _), (_, needs) = LINES.findall(path.read_text(encoding="utf-8"))
    return int(version), needs


def _hash(chapters: Path) -> str:
    return hashlib.sha256("\n".join(list_needs(chapters)).encode()).hexdigest()[:12]


def _parse(code: str) -> ast.Module:
    try:
        return ast.parse(MAGIC.sub(r"\1pass", code))
    except SyntaxError:  # a shell's lines, or meant to fail
        return ast.Module([], [])
