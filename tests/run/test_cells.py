"""Cells give in the page's engine what the notebooks have stored, but for those of a list."""

import ast
import json
import re

from book.course import list_slugs
from book.run.bundle import read_files
from tests.run import cells, figures

LISTED = json.loads((cells.ROOT / "tests/run/differing.json").read_text(encoding="utf-8"))
EQUAL = 200  # plain cells, at least, of the chapters that run here
SHARE = 0.9  # of the plain cells of chapters 0 to 6
# the later ones train for minutes: `python -m tests.run.cells` runs them too
CHAPTERS = [name for name in list_slugs() if name < "08"]

TORCH = re.compile(r"(torch|nn|F|optim)(\.\w+)+|from torch\b.*")
DRAWN = (
    "import torch\nfrom lenet_course import draw_curves, draw_digits",
    'draw_curves({"a": [1.0, 2.0, 4.0], "b": [2.0, 3.0, 2.5]})',
    'draw_digits(torch.eye(28)[:, torch.arange(28) // 2][None], ["7"])',
)
NO_PYTHON = ("def", "class", "for n", ".reshape(2)", "x = loss).backward()", "; x", "if : x")
LARGE = """import torch
from matplotlib.figure import Figure
figure = Figure()
figure.subplots().imshow(torch.zeros(300, 300))
figure"""
FAULTS = {  # in the page's matplotlib
    "a curve that is 0.1 % too high": ("float(y)) for", "1.001 * float(y)) for"),
    "a curve of another look": ("style = linestyle or", "style ="),
    "a missing legend": ("self.has_legend = True", "pass"),
    "a missing title": ("self.title = (title,", "self.title = ('',"),
    "an image upside down": (".detach().clone()", ".detach().flip(0)"),
    "an image of other colours": ("SCALES.get(cmap, cmap)", "SCALES['gray']"),
    "other limits": ("(-0.5, columns - 0.5)", "(0, columns)"),
}


def test_cells_give_their_outputs():
    differing = cells.compare(CHAPTERS)
    for chapter in CHAPTERS:
        plain = [cell for cell in cells.read_cells(chapter) if cell.is_plain]
        gave, listed = differing.get(chapter, {}), set(LISTED.get(chapter, {}))
        assert set(gave) == listed, {name: gave[name] for name in set(gave) - listed}
        if chapter < "07":
            assert len(plain) - len(listed) >= SHARE * len(plain)


def test_each_cell_needs_what_runs_above_it():
    rows = [cells.read_cells(chapter) for chapter in CHAPTERS]
    for row, found in zip(rows, cells.press_cells(rows, "alone"), strict=True):
        for cell, gave in zip(row, found, strict=True):
            if gave:
                outputs = cells.describe(gave)
                assert outputs == (cell.text, cell.result, cell.error), (cell.chapter, cell.name)


def test_a_line_that_is_no_python_is_told_by_python_and_hides_none_above_it():
    codes = ["x = 6", *NO_PYTHON, "7 * x"]
    row = [cells.Cell("", code, [], code, "", "", "") for code in codes]
    (_, *broken, last), *_ = cells.press_cells([row], "alone")
    assert [found["error"]["name"] for found in broken] == ["SyntaxError"] * len(NO_PYTHON)
    assert last["result"] == "42"


def list_names(source: str) -> set[str]:
    """List what code takes of torch by name, as code: "nn.Linear", "from torch import optim"."""
    nodes = list(ast.walk(ast.parse(source)))
    imports = {ast.unparse(node) for node in nodes if isinstance(node, ast.ImportFrom)}
    taken = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return {text for text in imports | taken if TORCH.fullmatch(text)}


def test_every_name_that_cells_take_of_torch_is_there():
    every = [cell for chapter in list_slugs() for cell in cells.read_cells(chapter)]
    run = [cell for cell in every if cell.is_plain and not cell.is_elsewhere]
    parts = [part for cell in run for part in [cell.source] if not part.startswith("%%")]
    names = sorted(set().union(*map(list_names, parts)))
    assert {"nn.BatchNorm1d", "torch.randn", "F.cross_entropy"} <= set(names)
    begin = "import torch\nfrom torch import nn, optim\nimport torch.nn.functional as F"
    _, *found = cells.run_cells([[begin, *names]])[0]
    missing = [name for name, gave in zip(names, found, strict=True) if gave["error"]]
    assert missing == []


def draw_on_the_page(files: dict[str, str]) -> list[dict]:
    begin, *codes = DRAWN
    sources = [f"{cells.SET_UP}\nimport _drawn\n{begin}", *codes]
    return [cells.read_figure(found) for found in cells.run_cells([sources], files=files)[0][1:]]


def test_faults_in_pictures_are_seen():
    begin, *codes = DRAWN
    names = {}
    exec(begin, names)
    wanted = [figures.describe(eval(code, names)) for code in codes]
    files = read_files() | {"_drawn.py": cells.DRAWN.read_text(encoding="utf-8")}
    assert not any(map(figures.compare_figures, wanted, draw_on_the_page(files)))
    path = "matplotlib/axes.py"
    axes = (cells.RUN / "python" / path).read_text(encoding="utf-8")
    for fault, (before, after) in FAULTS.items():
        assert before in axes, fault
        faulty = files | {path: axes.replace(before, after)}
        assert any(map(figures.compare_figures, wanted, draw_on_the_page(faulty))), fault


def test_a_large_picture_is_drawn():
    ((found,),) = cells.run_cells([[LARGE]])
    assert found["error"] is None and "image/png" in found["displays"][0]["data"]


def test_the_list_leaves_enough_equal():
    every = [cell for chapter in list_slugs() for cell in cells.read_cells(chapter)]
    plain = {(cell.chapter, cell.name) for cell in every if cell.is_plain}
    listed = {(chapter, name) for chapter, names in LISTED.items() for name in names}
    assert listed <= plain
    assert sum(chapter in CHAPTERS for chapter, _ in plain - listed) >= EQUAL
    assert all(reason.strip() for names in LISTED.values() for reason in names.values())
