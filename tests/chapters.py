"""What several tests share: reading stored notebooks."""

import re
from functools import cache

import nbformat

from book.course import CHAPTERS, LANGUAGES, list_pages, list_slugs

NOTEBOOKS = [(language, slug) for slug in list_slugs() for language in LANGUAGES]
NAMES = [f"{language}/{slug}" for language, slug in NOTEBOOKS]
PAGES = [(language, name) for name in list_pages() for language in LANGUAGES]  # all of the book
PAGE_NAMES = [f"{language}/{name}" for language, name in PAGES]


@cache
def read_notebook(language: str, slug: str):
    return nbformat.read(CHAPTERS / language / f"{slug}.ipynb", as_version=4)


def get_cell(slug: str, cell_id: str, language: str = "ko"):
    """Return a stored cell by its id."""
    for cell in read_notebook(language, slug).cells:
        if cell.id == cell_id:
            return cell
    raise KeyError(f"expected a cell of {language}/{slug}, got {cell_id!r}")


def read_output(slug: str, cell_id: str, language: str = "ko") -> str:
    """The text that a cell's stored outputs show; for an error, its name and message."""
    texts = []
    for output in get_cell(slug, cell_id, language).outputs:
        if output.output_type == "stream":
            texts.append(output.text.rstrip("\n"))
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append(output.data.get("text/plain", ""))
    return "\n".join(texts).rstrip("\n")


def strip_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
