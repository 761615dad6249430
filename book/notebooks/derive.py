"""From one chapter's source to one language's notebook, without outputs: always the same bytes."""

import re

import nbformat

from book.repository import write_requirement

TITLES = {"ko": "준비: 이 셀을 먼저 실행합니다", "en": "Set-up: run this cell first"}
STALE = {"ko": "lenet_course가 너무 오래되었습니다", "en": "lenet_course is too old"}
PROMPTS = {
    "ko": ("준비 셀 펼치기", "준비 셀 접기"),
    "en": ("Show the set-up cell", "Hide the set-up cell"),
}
FOLDED = {"ko": ("코드 펼치기", "코드 접기"), "en": ("Show the code", "Hide the code")}
SOLUTIONS = {
    "ko": ("풀이와 그 결과", "풀이 펼치기", "풀이 접기"),
    "en": ("A solution and its result", "Show the solution", "Hide the solution"),
}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # nbgrader's marks
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def write_setup(language: str, url: str, version: int = 1) -> nbformat.NotebookNode:
    """Write the set-up cell, the only code that differs between the languages.

    It installs lenet_course where there is none, or one older than `version`. A failed %pip does
    not stop a cell, so the second import is what reports it, or the assertion.
    """
    source = (
        f"# @title {TITLES[language]}\n"
        "import sys\n\n"
        "try:\n"
        "    import lenet_course\n"
        "except ImportError:\n"
        "    lenet_course = None\n"
        f'if getattr(lenet_course, "VERSION", 0) < {version}:  # none, or an old one\n'
        f'    %pip install -q "{write_requirement(url)}"\n'
        '    for old in [n for n in sys.modules if n.startswith("lenet_course")]:\n'
        "        del sys.modules[old]\n"
        "    import lenet_course\n"
        f'assert getattr(lenet_course, "VERSION", 0) >= {version}, "{STALE[language]}"\n'
        f'lenet_course.setup("{language}")'
    )
    metadata = {
        "tags": ["hide-input", "nbval-ignore-output"],
        "cellView": "form",  # Colab shows the title, not the code
        "mystnb": {
            "code_prompt_show": PROMPTS[language][0],
            "code_prompt_hide": PROMPTS[language][1],
        },
    }
    return nbformat.v4.new_code_cell(source, metadata=metadata, id="setup")


def write_stub(source: str) -> str:
    """Leave out what a reader is to write: of a block that ends in an assignment, all but its name.

    `answer = 6 * 26` becomes `answer = ...`; the body of a function becomes `...`.
    """
    lines, block = [], None
    for line in source.splitlines():
        if line.strip() == BEGIN:
            block = []
        elif line.strip() == END:
            indent = block[0][: len(block[0]) - len(block[0].lstrip())]
            assigned = re.match(r"(\w+(, \w+)*) = ", block[-1].strip())
            name = f"{assigned[1]} = " if assigned and not indent else ""
            lines.append(f"{indent}{name}...")
            block = None
        elif block is None:
            lines.append(line)
        else:
            block.append(line)
    return "\n".join(lines)


def write_exercise(cell: dict, language: str) -> list[nbformat.NotebookNode]:
    """Write an exercise's stub and, folded, its solution, from one cell of the source."""
    marks = [line.strip() for line in cell["text"].splitlines() if line.strip() in (BEGIN, END)]
    if not marks or marks != [BEGIN, END] * (len(marks) // 2):
        raise ValueError(f"{cell['id']}: expected pairs of {BEGIN!r} and {END!r}, got {marks}")
    # the page has no kernel, so "no answer yet" is of no use there
    stub = {"tags": ["remove-output"]}
    title, show, hide = SOLUTIONS[language]
    solved = [line for line in cell["text"].splitlines() if line.strip() not in (BEGIN, END)]
    solution = {
        "tags": ["hide-cell"],
        "cellView": "form",
        "jupyter": {"source_hidden": True, "outputs_hidden": True},
        "mystnb": {"code_prompt_show": show, "code_prompt_hide": hide},
    }
    return [
        nbformat.v4.new_code_cell(write_stub(cell["text"]), metadata=stub, id=cell["id"]),
        nbformat.v4.new_code_cell(
            "\n".join([f"# @title {title}", *solved]),
            metadata=solution,
            id=f"{cell['id']}-solution",
        ),
    ]


def derive_notebook(
    cells: list[dict], language: str, url: str, version: int = 1
) -> nbformat.NotebookNode:
    """Derive one language's notebook, without outputs. Same cells, same bytes."""
    derived = [write_setup(language, url, version)]
    for cell in cells:
        if cell["kind"] == "markdown":
            if cell["lang"] == language:
                derived.append(nbformat.v4.new_markdown_cell(cell["text"], id=cell["id"]))
            continue
        if cell["metadata"].get("exercise"):
            derived += write_exercise(cell, language)
            continue
        metadata = {key: value for key, value in cell["metadata"].items() if key != "alt"}
        if "alt" in cell["metadata"]:
            metadata["mystnb"] = {"image": {"alt": cell["metadata"]["alt"][language]}}
        if "hide-input" in metadata.get("tags", []):
            show, hide = FOLDED[language]
            metadata["mystnb"] = {"code_prompt_show": show, "code_prompt_hide": hide}
        derived.append(nbformat.v4.new_code_cell(cell["text"], metadata=metadata, id=cell["id"]))
    return nbformat.v4.new_notebook(cells=derived, metadata=METADATA)


def derive_page(cells: list[dict]) -> nbformat.NotebookNode:
    """Derive a notebook of prose alone, from cells {"id", "text"}."""
    derived = [nbformat.v4.new_markdown_cell(cell["text"], id=cell["id"]) for cell in cells]
    return nbformat.v4.new_notebook(cells=derived, metadata=METADATA)


class CodeChanged(ValueError):
    """A cell's code is not what put out its stored output: execute it."""


def keep_outputs(notebook: nbformat.NotebookNode, stored: nbformat.NotebookNode) -> None:
    """Copy the stored outputs onto a derived notebook, cell by cell.

    Raises:
        CodeChanged: a cell's code is new, or not what was executed. The set-up cell has no output.
    """
    by_id = {cell.id: cell for cell in stored.cells}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        before = by_id.get(cell.id)
        if cell.id != "setup" and (before is None or cell.source != before.source):
            raise CodeChanged(f"cell {cell.id} has other code than was executed")
        if before is not None:
            cell.outputs = before.get("outputs", [])
            cell.execution_count = before.get("execution_count")
