"""MicroPython as its makers publish it, and what the pages' Run buttons make of it and weigh."""

import ast
import gzip
import hashlib
import re

import pytest

from book.course import CHAPTERS, ROOT
from book.run import bundle
from book.run.cells import find_classes
from book.run.shrink import list_docstrings, shrink_python
from tests.chapters import read_notebook

FOLDER = bundle.FOLDER / "micropython"
MOST = 350_000  # bytes of a first press, with gzip


def test_the_committed_files_are_the_published_ones():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in ("micropython.mjs", "micropython.wasm"):
        digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        assert re.search(rf"^\| `{re.escape(name)}` \|.*\| `{digest}` \|$", readme, re.M), name
    assert (FOLDER / "LICENSE").read_text(encoding="utf-8").startswith("The MIT License (MIT)\n")


def test_the_module_becomes_a_script_s_expression():
    script = bundle.make_classic()
    assert not re.search(r"import\.meta|;export |table mirror is out of date", script)
    assert "wasmBinary:options.wasm" in script


def test_another_module_stops_the_build(monkeypatch):
    words = (("export default somethingElse;", ""),)
    monkeypatch.setattr(bundle, "MODULE_WORDS", words)
    with pytest.raises(ValueError, match="expected 'export default somethingElse;'"):
        bundle.make_classic()


def test_a_first_press_weighs_little():
    scripts = bundle.make_page_script(), bundle.make_worker_script()
    assert sum(len(gzip.compress(script.encode(), 9)) for script in scripts) <= MOST


def test_no_script_of_the_page_makes_code_of_text():
    ours = bundle.make_page_script() + bundle.join("worker.js")
    makers = r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write"
    assert re.findall(makers, ours) == []


def test_the_set_up_and_widgets_are_ready_and_processes_start_elsewhere():
    def classify(slug):
        classes = find_classes(CHAPTERS / "en" / f"{slug}.ipynb")
        cells = read_notebook("en", slug).cells
        return {cell.id: kind for cell, kind in zip(cells, classes, strict=True)}

    welcome = classify("00_welcome")
    assert welcome["setup"] == welcome["your-own-digit-cell"] == "ready"
    assert welcome["logits"] is None
    assert classify("11_many_machines")["run-cell"] == "elsewhere"


SAMPLE = '''"""Docs."""
def f(x: "가" = 1, *, y: int) -> dict[str, int]:  # a comment
    """Docs: # none."""

    text = """
# kept

"""
    return x, "# kept", text  # another


class Empty:
    """All there is."""


def g():
    """Docs."""
    # why
    return (  # here
        1,

        2,
    )
'''


def parse(source):
    """Dump the syntax tree without docstrings that other statements follow, and annotations."""
    tree = ast.parse(source)
    dropped = {id(each) for each in list_docstrings(tree)}
    for node in ast.walk(tree):
        if hasattr(node, "body") and isinstance(node.body, list):
            node.body = [each for each in node.body if id(each) not in dropped]
        if isinstance(node, ast.arg):
            node.annotation = None
        elif hasattr(node, "returns"):
            node.returns = None
    return ast.dump(tree)


def test_python_without_what_a_page_does_not_read_is_the_same_program():
    own = sorted((bundle.FOLDER / "python").rglob("*.py"))
    paths = own + sorted(ROOT.glob("lenet_course/**/*.py"))
    sources = [path.read_text(encoding="utf-8") for path in paths]
    assert len(sources) > 50
    for source in (SAMPLE, *sources):
        assert ast.dump(ast.parse(shrink_python(source))) == parse(source)
    short = shrink_python(SAMPLE)
    assert short.count("# kept") == 2 and short.count("#") == 2 and "All there is" in short
    assert len(short.splitlines()) == 10 and short.endswith("\n return(1,2,)\n")
