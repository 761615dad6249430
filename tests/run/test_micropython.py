"""MicroPython as its makers publish it, and what the pages' Run buttons make of it and weigh."""

import gzip
import hashlib
import re

import pytest

from book.course import ROOT
from book.run import bundle
from book.run.cells import list_elsewhere

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
    assert not re.search(r"import\.meta|\bexport ", script)
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


def test_the_set_up_cell_and_widgets_run_elsewhere():
    path = ROOT / "chapters" / "en" / "00_welcome.ipynb"
    assert 0 < len(list_elsewhere(path)) < 10
