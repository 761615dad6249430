"""Which cells of a chapter run in the page.

All but those that are "ready" (the set-up, which installs what the page has, and widgets, which
are there) and those "elsewhere", in the notebook: elsewhere.json names them, each with its reason.
"""

import json
from pathlib import Path

import nbformat
from docutils import nodes

REASONS = Path(__file__).parent / "elsewhere.json"  # chapter → cell → why it does not run here


def find_classes(path: Path) -> list[str | None]:
    """Find the class of each cell of a chapter's notebook; one that runs in the page has none."""
    reasons = json.loads(REASONS.read_text(encoding="utf-8")).get(path.stem, {})

    def classify(cell):
        if cell.id in reasons:
            return "elsewhere"
        return "ready" if cell.id == "setup" or "lenet-widget" in str(cell.get("outputs")) else None

    return [classify(cell) for cell in nbformat.read(path, as_version=4).cells]


def mark_cells(app, doctree):
    """Give those cells their class; static/run.js gives buttons to the others."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    app.env.note_dependency(str(REASONS))
    classes = find_classes(path)
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and classes[cell["cell_index"]]:
            cell["classes"].append(classes[cell["cell_index"]])


def setup(app):
    app.connect("doctree-read", mark_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
