"""The place where Korean chapters run: the course is not there before the set-up cell."""

import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from book.course import CHAPTERS, list_slugs
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


def test_a_setup_cell_that_cannot_install_stops_there(place):
    (path,) = place.work.iterdir()
    missing = Path("/nowhere/lenet_course-0-py3-none-any.whl")
    setup = redirect_setup(nbformat.read(path, as_version=4), missing)
    kernel = place.start_kernel(60)
    reply = kernel.kc.execute_interactive(setup.source, output_hook=lambda message: None)["content"]
    kernel.stop()
    assert reply["status"] == "error"
    assert reply["ename"] == "ModuleNotFoundError"
    assert reply["evalue"] == "No module named 'lenet_course'"
