"""The place where Korean chapters run: the course is not there before the set-up cell."""

import os
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pytest

from book.course import CHAPTERS, list_slugs
from book.notebooks.derive import STALE
from lenet_course.version import VERSION
from tests.colab_like import Place, redirect_setup


@pytest.fixture
def place():
    place = Place(CHAPTERS / "ko" / f"{list_slugs()[0]}.ipynb")
    yield place
    place.close()


def test_the_course_is_not_there_before_the_setup_cell(place):
    code = (
        "import torch\n"
        "try:\n    import lenet_course\nexcept ModuleNotFoundError:\n    print('absent')"
    )
    environment = os.environ | place.settings
    command = [place.python, "-c", code]
    result = subprocess.run(
        command, cwd=place.work, env=environment, capture_output=True, encoding="utf-8"
    )
    assert result.stdout.strip() == "absent", result.stderr
    assert place.list_installed() == set()


OLD = "def setup(language):\n    print('Ready.')\n"  # lenet_course 0.1.0


def write_wheel(folder, files):
    """Write a small wheel of lenet_course, by hand: a build takes seconds."""
    path = folder / "lenet_course-9-py3-none-any.whl"
    about = {"METADATA": "Name: lenet-course\nVersion: 9\n", "RECORD": ""}
    about["WHEEL"] = "Root-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(f"lenet_course/{name}", text)
        for name, text in about.items():
            first = "Metadata-Version: 2.1\n" if name == "METADATA" else "Wheel-Version: 1.0\n"
            wheel.writestr(f"lenet_course-9.dist-info/{name}", (first if text else "") + text)
    return path


def test_a_setup_cell_is_ready_only_with_the_package_that_the_notebook_needs(place, tmp_path):
    """None, and none to be had; an old one, and none to be had; a new one, in the same kernel."""
    (path,) = place.work.iterdir()
    missing = Path("/nowhere/lenet_course-0-py3-none-any.whl")
    notebook = nbformat.read(path, as_version=4)
    source = notebook.cells[0].source
    nowhere = redirect_setup(notebook, missing).source
    notebook.cells[0].source = source
    new = write_wheel(tmp_path, {"__init__.py": f"{OLD}VERSION = {VERSION}\n"})
    there = redirect_setup(notebook, new).source
    kernel = place.start_kernel(60)

    def run(code):
        texts = []
        hook = lambda message: texts.append(message["content"].get("text", ""))  # noqa: E731
        reply = kernel.kc.execute_interactive(code, output_hook=hook)["content"]
        return reply.get("ename"), reply.get("evalue"), "Ready." in "".join(texts)

    assert run(nowhere) == ("ModuleNotFoundError", "No module named 'lenet_course'", False)
    (libraries,) = place.python.parent.parent.glob("lib/python*/site-packages")
    (libraries / "lenet_course").mkdir()
    (libraries / "lenet_course/__init__.py").write_text(OLD, encoding="utf-8")
    assert run(nowhere) == ("AssertionError", STALE["ko"], False)
    assert run(there) == (None, None, True)
    assert run(f"assert lenet_course.VERSION == {VERSION}") == (None, None, False)
    kernel.stop()
