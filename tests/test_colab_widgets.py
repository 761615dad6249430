"""The widgets under Colab's notebook stack and under the newest one: shown, and answering.

Colab-like, not Colab: its ipywidgets, anywidget, IPython, ipykernel and traitlets in an
environment of their own, above this environment's torch.
"""

import json
import os
import subprocess
import sys
import venv

import nbformat
import pytest

from book.course import ROOT

STACK = ROOT / "tests/colab_notebook.txt"
# what ipywidgets says to arguments that it does not know, which a later release will refuse
STRICT = "error:Passing unrecognized arguments:DeprecationWarning"
VIEW = "application/vnd.jupyter.widget-view+json"

START = """
import ipywidgets, torch
from lenet_course import load_digits, load_trained, prepare_images, set_language
from lenet_course.widgets import FeatureMapBrowser, GraphExplorer, LeNetExplorer, StepByStep
set_language("ko")
net, test = load_trained(), load_digits("test")
images = prepare_images(test.images)
print(ipywidgets.__version__)
"""
BROWSER = "browser = FeatureMapBrowser(net, images)\nbrowser"
EXPLORER = "explorer = LeNetExplorer(net, index=3)\nexplorer"
STEP = "StepByStep(net)"
GRAPH = "loss = net(images[:1]).sum()\nGraphExplorer(loss, net)"
EVENTS = """
seen = [browser.maps]
for state in [{"index": 7}, {"layer": "conv2", "channel": 0}, {"channel": 12}]:
    browser.set_state(state)  # as the message of a slider does
    seen.append(browser.maps)
with torch.no_grad():
    net.conv1.weight.neg_()
browser.set_state({"runs": 1})
seen.append(browser.maps)
print(browser.index, browser.layer, browser.channel, len(set(seen)))
before = explorer.drawing
explorer.set_state({"index": 8})
print(torch.equal(explorer.drawing, before), explorer.labels[explorer.index])
"""
UNKNOWN = "ipywidgets.IntSlider(unknown=1)"

RUN = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
nbformat.write(notebook, sys.argv[1])
"""


@pytest.fixture(scope="module", params=["colab", "newest"])
def run(request, tmp_path_factory):
    """Execute cells under one of the stacks; return the version's line and each cell's outputs."""
    folder = tmp_path_factory.mktemp(request.param)
    python = sys.executable
    if request.param == "colab":
        venv.create(folder / "lane", with_pip=False)
        python = str(folder / "lane/bin/python")
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps"]
        subprocess.run([*pip, "-r", STACK], check=True, capture_output=True)
        (own,) = (folder / "lane/lib").glob("python*/site-packages")
        shared = next(path for path in sys.path if path.endswith("site-packages"))
        (own / "shared.pth").write_text(
            f"{shared}\n{ROOT}\n", encoding="utf-8"
        )  # after its own packages
    kernel = folder / "share/jupyter/kernels/python3"
    kernel.mkdir(parents=True)
    start = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    specification = {"argv": start, "display_name": request.param, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(specification), encoding="utf-8")
    left_out = ("PYTHONPATH", "LENET_BOOK")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"JUPYTER_PATH": str(folder / "share/jupyter"), "PYTHONWARNINGS": STRICT}

    def run(*cells):
        path = folder / "cells.ipynb"
        cells = [nbformat.v4.new_code_cell(cell) for cell in (START, *cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        subprocess.run(
            [sys.executable, "-c", RUN, path], env=environment, check=True, capture_output=True
        )
        first, *others = (cell.outputs for cell in nbformat.read(path, as_version=4).cells)
        assert first[0].get("name") == "stdout", first
        assert (first[0].text == "7.7.1\n") == (request.param == "colab")
        return others

    return run


def test_every_widget_is_shown_and_answers(run):
    *shown, answers, (error,) = run(BROWSER, EXPLORER, STEP, GRAPH, EVENTS, UNKNOWN)
    for (output,) in shown:
        assert VIEW in output.get("data", {}), output
    said = "".join(output.get("text", "") for output in answers)  # one stream may come in parts
    assert said == "7 conv2 12 5\nFalse 8\n", answers
    assert error.get("ename") in ("DeprecationWarning", "TypeError"), error  # or STRICT is idle
