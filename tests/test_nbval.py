"""nbval must fail when a stored number, a stored picture or a line of Net is changed.

The faults are planted in a few cells of chapter 1, with the outputs that the book shows, beside a
package whose Net lacks an activation.
"""

import base64
import io
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from PIL import ImageDraw

from book.course import CHAPTERS, ROOT
from tests.colab_like import LICENCES
from tests.pictures import compare_pictures, decode_picture, find_picture_problems

CELLS = tuple(
    "setup import-torch conv1-shape define-net print-net call-net every-shape-printed "
    "network-figure same-as-package".split()
)
PACKAGE = "same-as-package"  # shows that the notebook's net and the package's do the same


def copy_project(folder):
    """Copy what nbval needs, without a chapter."""
    for name in ("conftest.py", "pyproject.toml", "README.md", "_config.yml", *LICENCES):
        shutil.copy(ROOT / name, folder)
    for name in ("lenet_course", "tests", "book"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def write_notebook(project, name, **edits):
    """Write the cells of chapter 1 as chapters/NAME.ipynb, some of them edited."""
    path = project / f"chapters/{name}.ipynb"
    notebook = nbformat.read(CHAPTERS / path.parent.name / "01_define_the_net.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in CELLS]
    assert tuple(cell.id for cell in notebook.cells) == CELLS
    for cell in notebook.cells:
        edits.get(cell.id.replace("-", "_"), lambda cell: None)(cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def run_nbval(project):
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "--tb=short", "chapters"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment["PYTHONPATH"] = str(project)
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8"
    )


def list_failures(result, name, mark="FAILED"):
    """The ids of the cells of a notebook that failed."""
    lines = re.findall(rf"^{mark} chapters/{name}.ipynb::Cell (\d+)", result.stdout, flags=re.M)
    return [CELLS[int(number)] for number in lines]


def change_number(cell):
    data = cell.outputs[0].data
    assert "28, 28" in data["text/plain"]
    data["text/plain"] = data["text/plain"].replace("28, 28", "28, 27")


def change_picture(cell):
    picture = decode_picture(cell.outputs[0].data["image/png"])
    ImageDraw.Draw(picture).rectangle((300, 140, 340, 180), fill="white")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    cell.outputs[0].data["image/png"] = base64.b64encode(buffer.getvalue()).decode()


def change_net(cell):
    cell.source = cell.source.replace("nn.Linear(120, 84)", "nn.Linear(120, 80)")
    cell.source = cell.source.replace("nn.Linear(84, 10)", "nn.Linear(80, 10)")


def leave_a_file(cell):
    cell.source += "\nopen('left', 'w').close()"


def import_too_early(cell):
    cell.source = "import lenet_course\n" + cell.source


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """nbval's result over notebooks with faults of their own, and the package's fault in all."""
    project = copy_project(tmp_path_factory.mktemp("faults"))
    path = project / "lenet_course/model.py"
    text, line = path.read_text(encoding="utf-8"), "        x = F.relu(self.fc2(x))\n"
    assert text.count(line) == 1
    path.write_text(text.replace(line, "        x = self.fc2(x)\n"), encoding="utf-8")
    write_notebook(project, "en/outputs", conv1_shape=change_number, network_figure=change_picture)
    write_notebook(project, "en/net", define_net=change_net)
    write_notebook(project, "ko/place", conv1_shape=change_number, import_torch=leave_a_file)
    write_notebook(project, "ko/early", setup=import_too_early)
    result = run_nbval(project)
    assert result.returncode == 1, result.stdout
    return result


@pytest.mark.parametrize("name", ["en/outputs", "ko/place"])
def test_a_changed_number_fails_and_the_cells_as_they_stand_pass(result, name):
    found = set(list_failures(result, name))
    assert found - {"network-figure"} == {"conv1-shape", PACKAGE}, result.stdout


def test_a_changed_picture_fails(result):
    assert list_failures(result, "en/outputs") == ["conv1-shape", "network-figure", PACKAGE]
    assert "the picture differs from the stored one" in result.stdout


def test_a_changed_line_of_net_fails(result):
    found = list_failures(result, "en/net")
    assert found == ["print-net", "every-shape-printed", PACKAGE], result.stdout


def test_a_korean_notebook_that_leaves_a_file_behind_fails(result):
    assert list_failures(result, "ko/place", "ERROR") == [CELLS[-1]], result.stdout
    assert "expected the notebook alone in its folder, got ['left'] too" in result.stdout


def test_a_korean_notebook_finds_no_course_before_its_setup_cell(result):
    assert "setup" in list_failures(result, "ko/early"), result.stdout
    assert "No module named 'lenet_course'" in result.stdout
    assert "expected lenet-course alone to be installed, got []" in result.stdout


@pytest.mark.parametrize("name", ["en/outputs", "ko/place"])
def test_a_changed_line_of_the_packaged_net_fails_here_and_installed(result, name):
    assert PACKAGE in list_failures(result, name), result.stdout  # torch.equal(…, output)


def test_the_tolerance_lets_a_shifted_label_pass_and_stops_another_size():
    from matplotlib.figure import Figure

    def render(width, x):
        figure = Figure(figsize=(width, 2), dpi=100)
        figure.text(x, 0.5, "conv1 6×28×28", fontsize=9)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        return base64.b64encode(buffer.getvalue()).decode()

    stored = render(4, 0.5)
    assert compare_pictures(stored, stored) is None
    assert compare_pictures(stored, render(4, 0.501)) is None
    assert "pixels, as stored" in compare_pictures(stored, render(5, 0.5))
    assert "differs" in compare_pictures(stored, render(4, 0.1))

    def embed(picture):
        return [{"data": {"text/html": f'<img alt="" src="data:image/png;base64,{picture}">'}}]

    assert find_picture_problems(embed(stored), embed(stored)) == []
    (problem,) = find_picture_problems(embed(stored), embed(render(4, 0.1)))
    assert "differs" in problem
    assert "expected 1 pictures" in find_picture_problems(embed(stored), [])[0]


def test_the_tolerance_stops_one_other_digit_among_twenty_and_one_other_kernel():
    from lenet_course import draw_digits, draw_kernels, load_digits, load_trained

    def encode(figure):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        return base64.b64encode(buffer.getvalue()).decode()

    images = load_digits("test").images[:20].clone()
    stored = encode(draw_digits(images))
    images[7] = load_digits("test").images[21]
    assert "differs" in compare_pictures(stored, encode(draw_digits(images)))
    weight = load_trained().conv1.weight.detach().clone()
    stored = encode(draw_kernels(weight))
    weight[4] = -weight[4]
    assert "differs" in compare_pictures(stored, encode(draw_kernels(weight)))
