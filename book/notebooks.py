"""Derive the notebooks of both languages from chapters/src, execute them, check them.

python -m book.notebooks [NN_slug ...]        derive and execute (all, or these)
python -m book.notebooks --prose [NN_slug]    derive alone: no code was changed, outputs stay
python -m book.notebooks --check              execute nothing; name what is stale; exit 1
python -m book.notebooks --confirm [NN_slug]  the twins say the same thing in both languages
python -m book.notebooks --repository URL     set the repository's address everywhere
"""

import argparse
import re
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat

from book import glossary, hints, references
from book.derive import METADATA, derive_notebook, derive_page, get_repository_url, keep_outputs
from book.execute import execute_notebook
from book.sources import (
    CHAPTERS,
    LANGUAGES,
    ROOT,
    TABLES,
    confirm_twins,
    find_source_problems,
    find_unconfirmed,
    list_slugs,
    read_cells,
    read_source,
)


def build_notebook(
    slug: str, language: str, execute: bool = True, chapters: Path = CHAPTERS
) -> str:
    """Derive, execute and write one notebook; return its name.

    Raises:
        ValueError: it was not to be executed, and its code is not what was executed before.
    """
    notebook = derive_chapter(slug, language, read_source(slug, chapters), chapters)
    path = chapters / language / f"{slug}.ipynb"
    if execute:
        execute_notebook(notebook)
    elif path.exists():
        keep_outputs(notebook, nbformat.read(path, as_version=4))
    return write_notebook(notebook, path)


def derive_chapter(
    slug: str, language: str, cells: list[dict], chapters: Path
) -> nbformat.NotebookNode:
    """Derive a chapter's notebook, its first uses of terms linked to the glossary."""
    linked = glossary.link_first_uses(slug, cells, glossary.load_glossary(chapters))
    return derive_notebook(linked, language, get_repository_url(chapters.parent))


def derive_tables(chapters: Path = CHAPTERS) -> dict[str, nbformat.NotebookNode]:
    """Derive the pages made from tables: language/name → notebook; none without its table."""
    pages = {}
    for language in LANGUAGES:
        if terms := glossary.load_glossary(chapters):
            cells = glossary.write_page(terms, language, chapters)
            pages[f"{language}/{glossary.NAME}"] = derive_page(cells)
        if (data := references.load_references(chapters)).entries:
            cells = references.write_page(data, language, chapters)
            pages[f"{language}/{references.NAME}"] = derive_page(cells)
    return pages


def build_tables(chapters: Path = CHAPTERS) -> None:
    """Derive and write the glossary, the bibliography and the exercises' hints."""
    hints.write_hints(chapters)
    for name, notebook in derive_tables(chapters).items():
        write_notebook(notebook, chapters / f"{name}.ipynb")


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> str:
    """Write a notebook in one move; return its name."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    part.replace(path)
    return f"{path.parent.name}/{path.stem}"


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
    for module in (glossary, references, hints):
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
        problems.append(f"{name}: other cells, or another order, than the source: {sorted(ids)}")
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


def set_repository(url: str, root: Path = ROOT) -> None:
    """Set the repository's address in _config.yml, the READMEs and the notebooks.

    Raises:
        ValueError: an address that Colab cannot open.
    """
    url = url.rstrip("/").removesuffix(".git")
    if not re.fullmatch(r"https://github\.com/[^/\s]+/[^/\s]+", url):
        raise ValueError(
            f"expected https://github.com/OWNER/NAME, the form Colab opens, got {url!r}"
        )
    old = get_repository_url(root).removeprefix("https://github.com/")
    new = url.removeprefix("https://github.com/")
    for name in ("_config.yml", "README.md", "README.ko.md", "index.md"):
        path = root / name
        if path.exists():
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    for slug in list_slugs(root / "chapters"):
        for language in LANGUAGES:
            build_notebook(slug, language, execute=False, chapters=root / "chapters")
    build_tables(root / "chapters")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m book.notebooks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("slugs", nargs="*", metavar="NN_slug", help="these chapters alone")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--prose", action="store_true", help="derive alone, keep the stored outputs")
    mode.add_argument("--check", action="store_true", help="execute nothing, name what is stale")
    mode.add_argument("--confirm", action="store_true", help="the twins are in step as they stand")
    mode.add_argument("--repository", metavar="URL", help="set the repository's address")
    arguments = parser.parse_args()
    slugs = arguments.slugs or list_slugs()
    unknown = sorted(set(slugs) - set(list_slugs()))
    if unknown:
        parser.error(f"expected chapters from {list_slugs()}, got {unknown}")
    if arguments.check:
        problems = find_problems()
        print("\n".join(problems) or f"{len(list_slugs())} chapters, both languages: in step")
        return 1 if problems else 0
    if arguments.confirm:
        print("\n".join(f"confirmed {name}" for name in confirm_twins(slugs)) or "nothing new")
        return 0
    if arguments.repository is not None:
        try:
            set_repository(arguments.repository)
        except ValueError as error:
            parser.error(str(error))
        return 0
    if arguments.prose:
        for slug in slugs:
            for language in LANGUAGES:
                build_notebook(slug, language, execute=False)
        build_tables()
        return 0
    return build_all(slugs)


def build_all(slugs: list[str]) -> int:
    """Execute the notebooks of both languages, two at a time; return how many failed."""
    from tqdm import tqdm

    build_tables()

    failed = 0
    with ProcessPoolExecutor(2) as pool:
        jobs = {
            pool.submit(build_notebook, s, lang): f"{lang}/{s}" for s in slugs for lang in LANGUAGES
        }
        with tqdm(as_completed(jobs), total=len(jobs), unit="notebook") as progress:
            for job in progress:
                progress.set_postfix_str(jobs[job])
                if job.exception():
                    failed += 1
                    progress.write(f"{jobs[job]}: {job.exception()}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
