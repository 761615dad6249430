"""Name what is stale: cells, twins, confirmations, tables, lists of chapters. Executes nothing."""

from pathlib import Path

import nbformat

from book.course import CHAPTERS, LANGUAGES, TABLES, list_slugs
from book.notebooks import front_pages, glossary, hints, needs, references
from book.notebooks.build import derive_chapter, derive_tables
from book.notebooks.derive import METADATA
from book.notebooks.sources import find_source_problems, find_unconfirmed, read_cells, read_source


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Name every cell whose notebook, twin or confirmation is not in step with the source."""
    problems = []
    slugs = list_slugs(chapters)
    for slug in slugs:
        cells = read_cells(slug, chapters)
        broken = find_source_problems(slug, cells)
        problems += broken or find_unconfirmed(slug, cells, chapters)
        for language in LANGUAGES:
            expected = derive_chapter(slug, language, read_source(slug, chapters), chapters)
            problems += _compare_notebook(f"{language}/{slug}", expected, chapters)
    for module in (glossary, references, front_pages, hints, needs):
        problems += module.find_problems(chapters)
    if not any(problem.split(":")[0] in TABLES.values() for problem in problems):
        for name, expected in derive_tables(chapters).items():
            problems += _compare_notebook(name, expected, chapters)
    for language in LANGUAGES:
        for path in sorted((chapters / language).glob("*.ipynb")):
            source = TABLES.get(path.stem, f"{path.stem}.md")
            if not (chapters / "src" / source).exists():
                problems.append(f"{language}/{path.name}: no source chapters/src/{source}")
    return problems


def _compare_notebook(name, expected, chapters) -> list[str]:
    path = chapters / f"{name}.ipynb"
    if not path.exists():
        return [f"{name}: no notebook; run make notebooks"]
    stored = nbformat.read(path, as_version=4)
    problems = []
    if [cell.id for cell in stored.cells] != [cell.id for cell in expected.cells]:
        ids = {cell.id for cell in stored.cells} ^ {cell.id for cell in expected.cells}
        problems.append(
            f"{name}: other cells, or another order, than the source: {sorted(ids)}; "
            "run make notebooks, or make prose where no code changed"
        )
    stored_cells = {cell.id: cell for cell in stored.cells}
    for cell in expected.cells:
        found = stored_cells.get(cell.id)
        if found is None:
            continue
        if found.cell_type != cell.cell_type or found.source != cell.source:
            problems.append(f"{name}:{cell.id}: not what the source gives; run make notebooks")
        elif found.metadata != cell.metadata:
            problems.append(f"{name}:{cell.id}: other metadata than the source gives")
        elif cell.cell_type == "code" and found.execution_count is None:
            problems.append(f"{name}:{cell.id}: never executed; run make notebooks")
    if stored.metadata != METADATA:
        problems.append(
            f"{name}: notebook metadata is {sorted(stored.metadata)}, wanted {sorted(METADATA)}"
        )
    return problems
