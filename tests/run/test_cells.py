"""Cells give in the page's engine what the notebooks have stored, but for those of a list."""

import json

from book.course import list_slugs
from tests.run import cells, figures

LISTED = json.loads((cells.ROOT / "tests/run/differing.json").read_text(encoding="utf-8"))
EQUAL = 200  # plain cells, at least, of the chapters that run here
SHARE = 0.9  # of the plain cells of chapters 0 to 6
# the later ones train for minutes: `python -m tests.run.cells` runs them too
CHAPTERS = [name for name in list_slugs() if name < "08"]

DRAWN = (
    "import torch\nfrom lenet_course import draw_curves, draw_digits",
    'draw_curves({"a": [1.0, 2.0, 4.0], "b": [2.0, 3.0, 2.5]})',
    'draw_digits(torch.eye(28)[:, torch.arange(28) // 2][None], ["7"])',
)
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


def draw_on_the_page(files: dict[str, str]) -> list[dict]:
    begin, *codes = DRAWN
    sources = [f"{cells.SET_UP}\nimport _drawn\n{begin}", *codes]
    return [cells.read_figure(found) for found in cells.run_cells([sources], files=files)[0][1:]]


def test_faults_in_pictures_are_seen():
    begin, *codes = DRAWN
    names = {}
    exec(begin, names)
    wanted = [figures.describe(eval(code, names)) for code in codes]
    files = cells.collect_files() | {"_drawn.py": cells.DRAWN.read_text(encoding="utf-8")}
    assert not any(map(figures.compare_figures, wanted, draw_on_the_page(files)))
    path = "matplotlib/axes.py"
    for fault, (before, after) in FAULTS.items():
        assert before in files[path], fault
        faulty = files | {path: files[path].replace(before, after)}
        assert any(map(figures.compare_figures, wanted, draw_on_the_page(faulty))), fault


def test_the_list_leaves_enough_equal():
    every = [cell for chapter in list_slugs() for cell in cells.read_cells(chapter)]
    plain = {(cell.chapter, cell.name) for cell in every if cell.is_plain}
    listed = {(chapter, name) for chapter, names in LISTED.items() for name in names}
    assert listed <= plain
    assert sum(chapter in CHAPTERS for chapter, _ in plain - listed) >= EQUAL
    assert all(reason.strip() for names in LISTED.values() for reason in names.values())
