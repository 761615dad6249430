"""What several tests share: reading stored notebooks."""

import re
from functools import cache
from typing import NamedTuple

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


class Outputs(NamedTuple):
    """What a cell's stored outputs say.

    text: what it printed. result: the text of its result, "" without one. error: its last line.
    """

    text: str
    result: str
    error: str


def read_outputs(cell) -> Outputs:
    text = result = error = ""
    for output in cell.outputs:
        if output.output_type == "stream":
            text += output.text
        elif output.output_type == "error":
            error = f"{output.ename}: {output.evalue}"
        else:
            result = output.data.get("text/plain", "")
    return Outputs(text, result, error)


def read_output(slug: str, cell_id: str, language: str = "ko") -> str:
    """All of what a cell's stored outputs say."""
    said = read_outputs(get_cell(slug, cell_id, language))
    return "\n".join(part.rstrip("\n") for part in said if part)


def strip_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
