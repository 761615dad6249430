"""Derive the notebooks of both languages from chapters/src, and execute them."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat

from book.course import CHAPTERS, LANGUAGES, get_repository_url
from book.notebooks import front_pages, glossary, hints, needs, references
from book.notebooks.derive import CodeChanged, derive_notebook, derive_page, keep_outputs
from book.notebooks.execute import execute_notebook
from book.notebooks.first_uses import link_first_uses
from book.notebooks.sources import read_source


def build_notebook(
    slug: str, language: str, execute: bool = True, chapters: Path = CHAPTERS
) -> str:
    """Derive, execute and write one notebook; return its name.

    Raises:
        CodeChanged: it was not to be executed, and its code is not what was executed before.
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
    linked = link_first_uses(slug, cells, glossary.load_glossary(chapters))
    url, version = get_repository_url(chapters.parent), needs.get_version(chapters)
    return derive_notebook(linked, language, url, version)


def derive_all(slugs: list[str], chapters: Path = CHAPTERS) -> None:
    """Derive and write the notebooks of these chapters, whose outputs stay; exit on other code."""
    for slug in slugs:
        for language in LANGUAGES:
            try:
                build_notebook(slug, language, execute=False, chapters=chapters)
            except CodeChanged as change:
                sys.exit(f"{language}/{slug}: {change}; run make notebooks")


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
    """Derive and write the glossary, bibliography, lists of chapters and the exercises' hints."""
    for name, notebook in derive_tables(chapters).items():
        write_notebook(notebook, chapters / f"{name}.ipynb")
    front_pages.write_front_pages(chapters)
    hints.write_hints(chapters)


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> str:
    """Write a notebook in one move, if it is not there as it is; return its name."""
    path.parent.mkdir(exist_ok=True)
    text = nbformat.writes(notebook) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:  # else built anew for nothing
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return f"{path.parent.name}/{path.stem}"


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
