"""*Run all* in a place that has what Colab has, but not the course: Colab-like, not Colab.

A bare Python sees this environment's torch, numpy, matplotlib and Jupyter, yet not `lenet_course`.
The set-up cell then really installs the package, here from a wheel made of this checkout in place
of the repository's address, and every chapter runs in a folder that holds the notebook alone.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from book.derive import get_repository_url
from book.sources import CHAPTERS, ROOT, list_slugs
from tests.chapters import strip_colours

RUN_ALL = """
import json, sys, nbformat, nbclient
notebook = nbformat.read("chapter.ipynb", as_version=4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
notebook.cells = notebook.cells[1:]
print(json.dumps([cell.get("outputs", []) for cell in notebook.cells]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source")  # setuptools leaves a build/ beside what it builds
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "lenet_course", source / "lenet_course")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source], check=True
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A Python that sees our libraries through PYTHONPATH, where no .pth adds the checkout."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=True)
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {"PYTHONPATH": libraries, "JUPYTER_PATH": str(folder / "share/jupyter")}
    python = folder / "bin/python"
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "bare", "language": "python"}  # fmt: skip
    kernel = folder / "share/jupyter/kernels/python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return python, environment


def run_all(bare, wheel, slug, language, folder):
    python, environment = bare
    notebook = nbformat.read(CHAPTERS / language / f"{slug}.ipynb", as_version=4)
    setup = notebook.cells[0]
    assert f'git+{get_repository_url()}@course"' in setup.source
    setup.source = setup.source.replace(f"git+{get_repository_url()}@course", wheel.as_uri())
    nbformat.write(notebook, folder / "chapter.ipynb")
    return subprocess.run(
        [python, "-c", RUN_ALL], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_the_course_is_not_there_before_the_setup_cell(bare, tmp_path):
    python, environment = bare
    code = (
        "import torch\n"
        "try:\n    import lenet_course\nexcept ModuleNotFoundError:\n    print('absent')"
    )
    result = subprocess.run([python, "-c", code], cwd=tmp_path, env=environment,
                            capture_output=True, text=True)  # fmt: skip
    assert result.stdout.strip() == "absent", result.stderr


def test_a_setup_cell_that_cannot_install_stops_there(bare, tmp_path):
    result = run_all(
        bare, Path("/nowhere/lenet_course-0-py3-none-any.whl"), list_slugs()[0], "en", tmp_path
    )
    assert result.returncode != 0
    assert "ModuleNotFoundError: No module named 'lenet_course'" in strip_colours(result.stderr)


def test_run_all_installs_the_course_alone_and_every_chapter_runs(bare, wheel, tmp_path):
    python, environment = bare
    for slug in list_slugs():
        folder = tmp_path / slug
        folder.mkdir()
        result = run_all(bare, wheel, slug, "ko", folder)
        assert result.returncode == 0, (slug, result.stderr[-3000:])
        assert os.listdir(folder) == ["chapter.ipynb"], "a chapter left files behind"
    (libraries,) = (python.parent.parent / "lib").glob("python*/site-packages")
    listing = [python, "-m", "pip", "list", "--format=json", "--path", libraries]
    installed = subprocess.run(listing, env=environment, capture_output=True, text=True, check=True)
    names = {package["name"] for package in json.loads(installed.stdout)}
    assert names - {"pip", "setuptools"} == {"lenet-course"}
