"""Cells give in the page's engine what the notebooks have stored, but for those of a list."""

import json

import pytest

from tests.run import cells

LISTED = json.loads((cells.ROOT / "tests/run/differing.json").read_text(encoding="utf-8"))
EQUAL = 200  # plain cells, at least, of the chapters that run here
SHARE = 0.9  # of the plain cells of chapters 0 to 6
# the later ones train for minutes: `python -m tests.run.cells` runs them too
CHAPTERS = [name for name in cells.list_chapters() if name < "08"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_gives_its_outputs(chapter):
    plain = [cell for cell in cells.read_cells(chapter) if cell.is_plain]
    differing = cells.compare([chapter]).get(chapter, {})
    listed = set(LISTED.get(chapter, {}))
    assert set(differing) == listed, {name: differing[name] for name in set(differing) - listed}
    if chapter < "07":
        assert len(plain) - len(listed) >= SHARE * len(plain)


def test_each_cell_needs_what_runs_above_it():
    rows = [cells.read_cells(chapter) for chapter in CHAPTERS]
    for row, found in zip(rows, cells.press_cells(rows, "alone"), strict=True):
        for cell, gave in zip(row, found, strict=True):
            if gave:
                outputs = cells.describe(gave)
                assert outputs == (cell.text, cell.result, cell.error), (cell.chapter, cell.name)


def test_the_list_leaves_enough_equal():
    every = [cell for chapter in cells.list_chapters() for cell in cells.read_cells(chapter)]
    plain = {(cell.chapter, cell.name) for cell in every if cell.is_plain}
    listed = {(chapter, name) for chapter, names in LISTED.items() for name in names}
    assert listed <= plain
    assert sum(chapter in CHAPTERS for chapter, _ in plain - listed) >= EQUAL
    assert all(reason.strip() for names in LISTED.values() for reason in names.values())
