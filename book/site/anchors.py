"""The same anchors in both languages: a section is named after the cell its heading stands in."""

from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.errors import ExtensionError

from book.notebooks.sources import list_headings
from book.site.language import is_chapter


def share_section_ids(app, doctree):
    """Name each section after the cell its heading stands in: the same anchor in both languages.

    A link such as 04_measure_the_loss.ipynb#mse leads there, and is a warning where nothing is.
    """
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    names = list_heading_cells(nbformat.read(path, as_version=4).cells)
    sections = list(doctree.findall(nodes.section))
    if len(names) != len(sections):
        raise ExtensionError(f"{path}: expected {len(names)} sections, got {len(sections)}")
    for name, section in zip(names, sections, strict=True):
        section["ids"] = [name]
    # where MyST looks a link's anchor up: name → line, id, words for a link that has none
    slugs = {
        name: (None, name, part[0].astext()) for name, part in zip(names, sections, strict=True)
    }
    app.env.metadata[app.env.docname]["myst_slugs"] = slugs
    if not is_chapter(app.env.docname):
        sections[0]["classes"].append("entries")


def list_heading_cells(cells) -> list[str]:
    """List the id of each heading's cell, in order; a cell's second heading gets -2."""
    names = []
    for cell in cells:
        count = len(list_headings(cell.source)) if cell.cell_type == "markdown" else 0
        names += [cell.id if n == 1 else f"{cell.id}-{n}" for n in range(1, count + 1)]
    return names


def setup(app):
    app.connect("doctree-read", share_section_ids, priority=1)  # before the contents are collected
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
