"""Solutions stand folded under their exercise on the screen, and at the chapter's end on paper.

Exercises' solutions are folded whole (tagged hide-cell). Other folded cells hide their code alone,
and stay where they are. Paper gets a second copy of each solution, so that no script is needed;
static/print.css shows each where it belongs.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode

from book.site.language import get_language

WORDS = {
    "ko": ("풀이", "{}번 풀이", "{}번 풀이는 이 장 끝에 있습니다."),
    "en": ("Solutions", "Solution {}", "Solution {} is at the end of this chapter."),
}
ON_PAPER = "onlyprint"  # the theme's class


def list_solutions(doctree: nodes.document) -> list[nodes.container]:
    """List the solutions of a chapter's exercises; not its other folded cells."""
    cells = [c for c in doctree.findall(nodes.container) if c.get("nb_element") == "cell_code"]
    return [cell for cell in cells if "tag_hide-cell" in cell["classes"]]


def copy_open(cell: nodes.container) -> nodes.container:
    """Copy a cell, unfolded, and without the names that may stand only once on a page."""
    copy = cell.deepcopy()
    for fold in list(copy.findall(HideCodeCellNode)):
        fold.parent.replace(fold, fold.children)
    for element in copy.findall(nodes.Element):
        element["ids"] = []
    return copy


def print_solutions_last(app, doctree, docname):
    """Add the section of solutions, for paper alone, and lead to it from each solution's place."""
    language = get_language(docname)
    solutions = list_solutions(doctree) if language and app.builder.format == "html" else []
    if not solutions:
        return
    title, name, pointer = WORDS[language]
    section = nodes.section("", nodes.title(title, title), classes=["solutions", ON_PAPER])
    section["ids"] = ["solutions"]
    for number, cell in enumerate(solutions, 1):
        heading = nodes.strong("", name.format(number))
        section += [nodes.paragraph("", "", heading), copy_open(cell)]
        cell["classes"].append("solution")
        link = nodes.reference("", pointer.format(number), refid="solutions", internal=True)
        cell.insert(0, nodes.paragraph("", "", link, classes=[ON_PAPER]))
    next(doctree.findall(nodes.section)).append(section)


def setup(app):
    app.connect("doctree-resolved", print_solutions_last)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
