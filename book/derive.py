"""From one chapter's source to one language's notebook, without outputs: always the same bytes."""

from pathlib import Path

import nbformat
import yaml

from book.sources import ROOT

COURSE = "course"  # the branch that moves only when its tests were green: publish.yml
TITLES = {"ko": "준비: 이 셀을 먼저 실행합니다", "en": "Set-up: run this cell first"}
PROMPTS = {
    "ko": ("준비 셀 펼치기", "준비 셀 접기"),
    "en": ("Show the set-up cell", "Hide the set-up cell"),
}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def get_repository_url(root: Path = ROOT) -> str:
    """Return `repository.url` of _config.yml, the one place that names it."""
    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def write_setup(language: str, url: str) -> nbformat.NotebookNode:
    """Write the set-up cell, the only code that differs between the languages.

    A failed %pip does not stop a cell, so the second import is what reports it.
    """
    source = (
        f"# @title {TITLES[language]}\n"
        "try:\n"
        "    import lenet_course\n"
        "except ModuleNotFoundError:\n"
        f'    %pip install -q "lenet-course @ git+{url}@{COURSE}"\n'
        "    import lenet_course\n"
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


def derive_notebook(cells: list[dict], language: str, url: str) -> nbformat.NotebookNode:
    """Derive one language's notebook, without outputs. Same cells, same bytes."""
    derived = [write_setup(language, url)]
    for cell in cells:
        if cell["kind"] == "markdown":
            if cell["lang"] == language:
                derived.append(nbformat.v4.new_markdown_cell(cell["text"], id=cell["id"]))
            continue
        metadata = {key: value for key, value in cell["metadata"].items() if key != "alt"}
        if "alt" in cell["metadata"]:
            metadata["mystnb"] = {"image": {"alt": cell["metadata"]["alt"][language]}}
        derived.append(nbformat.v4.new_code_cell(cell["text"], metadata=metadata, id=cell["id"]))
    return nbformat.v4.new_notebook(cells=derived, metadata=METADATA)


def keep_outputs(notebook: nbformat.NotebookNode, stored: nbformat.NotebookNode) -> None:
    """Copy the stored outputs onto a derived notebook, cell by cell."""
    by_id = {cell.id: cell for cell in stored.cells}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id in by_id:
            cell.outputs = by_id[cell.id].get("outputs", [])
            cell.execution_count = by_id[cell.id].get("execution_count")
