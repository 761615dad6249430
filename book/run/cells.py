"""Which cells of a chapter run in the page.

All but the set-up cell, which installs what the page has, those that show a widget, which is there,
and those that elsewhere.json names, each with its reason.
"""

import json
from pathlib import Path

import nbformat
from docutils import nodes

REASONS = Path(__file__).parent / "elsewhere.json"  # chapter → cell → why it does not run here


def list_elsewhere(path: Path) -> set[int]:
    """List the cells of a chapter's notebook that do not run in the page, by their places in it."""
    reasons = json.loads(REASONS.read_text(encoding="utf-8")).get(path.stem, {})
    return {
        place
        for place, cell in enumerate(nbformat.read(path, as_version=4).cells)
        if cell.cell_type == "code"
        and (cell.id == "setup" or cell.id in reasons or "lenet-widget" in str(cell.outputs))
    }


def mark_cells(app, doctree):
    """Give those cells the class "elsewhere"; static/run.js gives buttons to the others."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    elsewhere = list_elsewhere(path)
    for cell in doctree.findall(nodes.container):
        if cell.get("cell_index") in elsewhere and cell.get("nb_element") == "cell_code":
            cell["classes"].append("elsewhere")


def setup(app):
    app.connect("doctree-read", mark_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
