"""The chapters' cells, run in the page's engine and compared with their stored outputs.

`python -m tests.run.cells [chapter …]` prints what differs, and the count.
"""

import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from book.browser import find_node
from book.course import list_slugs
from book.run.bundle import make_module, read_files
from tests.chapters import read_notebook, read_outputs
from tests.run.figures import compare_figures

ROOT = Path(__file__).parents[2]
RUN = ROOT / "book" / "run"
DRAWN = ROOT / "tests/run/python/_drawn.py"
SET_UP = 'import lenet_course\nlenet_course.setup("en")'
WIDGETS = ("LeNetExplorer", "FeatureMapBrowser", "GraphExplorer", "StepByStep")
ELSEWHERE = json.loads((RUN / "elsewhere.json").read_text(encoding="utf-8"))
MAGIC = re.compile(r"^\s*(?:%(?!%writefile)|!)", re.MULTILINE)


class Cell(NamedTuple):
    """A code cell of a chapter, such as "05_chain_rule", and what its stored outputs say."""

    chapter: str
    name: str
    tags: list[str]
    source: str
    text: str
    result: str
    error: str

    @property
    def is_plain(self) -> bool:
        """Whether it holds neither a magic nor the set-up, and does not show a widget."""
        is_widget = self.result in WIDGETS
        return not (self.name == "setup" or is_widget or MAGIC.search(self.source))

    @property
    def is_pressed(self) -> bool:
        """Whether it has a button on the page; a solution has none."""
        return self.is_plain and not self.is_elsewhere and "hide-cell" not in self.tags

    @property
    def above(self) -> str:
        """What of it a press below may run; nothing of an exercise, which a reader writes."""
        if self.name == "setup" or {"remove-output", "hide-cell"} & {*self.tags}:
            return ""
        if self.is_elsewhere:
            return "\n".join(re.findall(r"^(?:from|import) .*", self.source, re.MULTILINE))
        return "" if MAGIC.search(self.source) else self.source

    @property
    def is_elsewhere(self) -> bool:
        return self.name in ELSEWHERE.get(self.chapter, {})


def read_cells(chapter: str) -> list[Cell]:
    """Read the code cells of a chapter, in order."""
    cells = []
    for cell in read_notebook("en", chapter).cells:
        if cell.cell_type == "code":
            source = SET_UP if cell.id == "setup" else cell.source
            tags = cell.metadata.get("tags", [])
            cells.append(Cell(chapter, cell.id, tags, source, *read_outputs(cell)))
    return cells


def run_cells(chapters: list[list[str]], language: str = "en", files=None) -> list[list[dict]]:
    """Run each chapter's sources in order, in a boot of its own: what runtime.js returns."""
    return _run([[{"code": source} for source in row] for row in chapters], "down", language, files)


def press_cells(chapters: list[list[Cell]], order: str) -> list[list[dict | None]]:
    """Press each cell that has a button on the page; what it needs of those above runs first.

    Args:
        order: "up", from a chapter's last cell to its first, or "alone", each as the first press.
    """
    emptying = (ROOT / "tests/run/python/_emptying.py").read_text(encoding="utf-8")
    rows = [
        [{"code": cell.source, "above": cell.above, "isPressed": cell.is_pressed} for cell in row]
        for row in chapters
    ]
    return _run(rows, order, "en", {**read_files(), "_emptying.py": emptying})


def _run(chapters: list[list[dict]], order: str, language: str, files) -> list[list]:
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder, "micropython.mjs")
        module.write_text(make_module(), encoding="utf-8")
        job = {
            "root": str(ROOT),
            "micropython": module.as_uri(),
            "language": language,
            "files": files or read_files(),
            "digits": _unpack_digits(Path(folder)),
            "chapters": chapters,
            "order": order,
        }
        given, found = Path(folder, "job.json"), Path(folder, "found.json")
        given.write_text(json.dumps(job), encoding="utf-8")
        program = ROOT / "tests" / "run" / "run_cells.mjs"
        subprocess.run([find_node(), program, given, found], check=True)
        return json.loads(found.read_text(encoding="utf-8"))


def _unpack_digits(folder: Path) -> dict[str, dict]:
    found = {}
    with np.load(ROOT / "lenet_course" / "assets" / "digits.npz") as packed:
        for name in packed.files:
            packed[name].astype(np.uint8).tofile(folder / name)
            shape = list(packed[name].shape)
            found[name] = {"file": str(folder / name), "shape": shape, "dtype": "uint8"}
    return found


def describe(found: dict) -> tuple[str, str, str]:
    """What a run gave, as Cell tells it: text, result, error."""
    error = found["error"]
    result = found["result"] or ""
    for shown in found["displays"]:
        label = re.search(r'aria-label="([^"]*)"', shown["data"])
        result = html.unescape(label[1] if label else re.sub("<[^>]*>", "", shown["data"]))
    return found["text"], result, f"{error['name']}: {error['message']}" if error else ""


def compare(chapters: list[str]) -> dict[str, dict[str, tuple]]:
    """Run chapters; list the plain cells that differ: chapter → cell → what it gave.

    That is text, result, error, and where its figure differs from matplotlib's ("": nowhere).
    """
    cells = [read_cells(chapter) for chapter in chapters]
    files = {**read_files(), "_drawn.py": DRAWN.read_text(encoding="utf-8")}
    sources = [[_prepare(cell) for cell in row] for row in cells]
    command = [sys.executable, "-m", "tests.run.figures", *chapters]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as drawing:
        ran = run_cells(sources, files=files)
        figures = json.load(drawing.stdout)
    differing = {}
    for row, found in zip(cells, ran, strict=True):
        _tell_slow(row, found)
        for cell, result in zip(row, found, strict=True):
            drawn = compare_figures(figures[cell.chapter].get(cell.name), read_figure(result))
            gave = *describe(result), drawn
            if cell.is_plain and gave != (cell.text, cell.result, cell.error, ""):
                differing.setdefault(cell.chapter, {})[cell.name] = gave
    return differing


def _prepare(cell: Cell) -> str:
    if cell.name == "setup":
        return f"{cell.source}\nimport _drawn"
    return "" if MAGIC.search(cell.source) else cell.source


def read_figure(found: dict) -> dict | None:
    """The figure that a run showed, as _drawn.py describes it."""
    figures = [re.search("<!--(.*)-->", shown["data"]) for shown in found["displays"]]
    return next((json.loads(figure[1]) for figure in figures if figure), None)


def _tell_slow(cells: list[Cell], found: list[dict]) -> None:
    for cell, result in zip(cells, found, strict=True):
        if result["seconds"] > 2:
            print(f"{cell.chapter} {cell.name}: {result['seconds']:.1f} s", file=sys.stderr)


def main(names: list[str]) -> None:
    chapters = [name for name in list_slugs() if not names or name[:2] in names]
    differing = compare(chapters)
    for chapter in chapters:
        cells = [cell for cell in read_cells(chapter) if cell.is_plain]
        gave = differing.get(chapter, {})
        for cell in cells:
            if cell.name in gave:
                print(f"--- {chapter} {cell.name}")
                wants = cell.text, cell.result, cell.error, ""
                for wanted, got in zip(wants, gave[cell.name], strict=True):
                    if wanted != got:
                        print(f"  wanted {wanted[:400]!r}\n  got    {got[:400]!r}")
        print(f"{chapter}: {len(cells) - len(gave)} of {len(cells)} equal")
    total = sum(cell.is_plain for chapter in chapters for cell in read_cells(chapter))
    print(f"{total - sum(map(len, differing.values()))} of {total} equal")


if __name__ == "__main__":
    main(sys.argv[1:])
