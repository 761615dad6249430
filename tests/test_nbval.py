"""nbval must fail when a stored number, a stored picture or a line of Net is changed."""

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

from book.sources import CHAPTERS, ROOT
from tests.pictures import compare_pictures, decode_picture, find_picture_problems

SLUG = "01_define_the_net"


@pytest.fixture
def project(tmp_path):
    """A copy of what nbval needs to compare one chapter."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("lenet_course", "tests", "book"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "chapters/ko").mkdir(parents=True)
    shutil.copy(CHAPTERS / f"ko/{SLUG}.ipynb", tmp_path / "chapters/ko")
    return tmp_path


def run_nbval(project):
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", f"chapters/ko/{SLUG}.ipynb"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment["PYTHONPATH"] = str(project)
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def list_failures(result):
    return re.findall(r"^FAILED (\S+)", result.stdout, flags=re.M)


def edit_cell(project, cell_id, edit):
    path = project / f"chapters/ko/{SLUG}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(next(cell for cell in notebook.cells if cell.id == cell_id))
    nbformat.write(notebook, path)


def test_the_copy_passes_as_it_stands(project):
    result = run_nbval(project)
    assert result.returncode == 0, result.stdout


def test_a_changed_number_fails(project):
    def edit(cell):
        data = cell.outputs[0].data
        data["text/plain"] = data["text/plain"].replace("28, 28", "28, 27")

    edit_cell(project, "conv1-shape", edit)
    result = run_nbval(project)
    assert result.returncode == 1
    assert len(list_failures(result)) == 1, result.stdout


def test_a_changed_picture_fails(project):
    def edit(cell):
        picture = decode_picture(cell.outputs[0].data["image/png"])
        ImageDraw.Draw(picture).rectangle((300, 140, 340, 180), fill="white")
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        cell.outputs[0].data["image/png"] = base64.b64encode(buffer.getvalue()).decode()

    edit_cell(project, "network-figure", edit)
    result = run_nbval(project)
    assert result.returncode == 1
    assert len(list_failures(result)) == 1, result.stdout
    assert "the picture differs from the stored one" in result.stdout


def test_a_changed_line_of_net_fails(project):
    def edit(cell):
        cell.source = cell.source.replace("nn.Linear(120, 84)", "nn.Linear(120, 80)")
        cell.source = cell.source.replace("nn.Linear(84, 10)", "nn.Linear(80, 10)")

    edit_cell(project, "define-net", edit)
    result = run_nbval(project)
    assert result.returncode == 1
    assert len(list_failures(result)) >= 3, result.stdout  # print(net), every shape, the figure


def test_a_changed_line_of_the_packaged_net_fails(project):
    path = project / "lenet_course/model.py"
    text = path.read_text()
    line = "        x = F.relu(self.fc2(x))\n"
    assert text.count(line) == 1
    path.write_text(text.replace(line, "        x = self.fc2(x)\n"))
    result = run_nbval(project)
    assert result.returncode == 1
    assert len(list_failures(result)) == 1, result.stdout  # torch.equal(packaged(blank), output)


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
