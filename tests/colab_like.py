"""A place that has what Colab has, but not the course: Colab-like, not Colab.

A bare Python sees this environment's torch, numpy, matplotlib and Jupyter, yet not `lenet_course`:
the set-up cell installs it, here from a wheel made of this checkout in place of the repository's
address. The Korean chapters run in such a place under nbval, each in one of its own.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbFile

from book.course import ROOT, get_repository_url
from book.repository import write_requirement

LICENCES = ("LICENSE", "LICENSE-text.md")


class Place:
    """A folder with a bare Python, its kernel, and a working folder that holds one notebook alone.

    Attributes:
        python: the bare Python.
        settings: the environment variables that it needs, beside those of this process.
        work: the working folder.
    """

    def __init__(self, notebook: Path):
        self._folder = tempfile.TemporaryDirectory(prefix="colab-like-")
        bare, self.work = Path(self._folder.name) / "bare", Path(self._folder.name) / "work"
        venv.create(bare)
        self.python = bare / "bin/python"
        # through PYTHONPATH, where no .pth adds the checkout; pip asks no registry
        libraries = next(path for path in sys.path if path.endswith("site-packages"))
        self.settings = {"PYTHONPATH": libraries, "PIP_NO_INDEX": "1"}
        # nor does a person's pip.conf reach it, where packages may have another place
        self.settings |= {"PIP_CONFIG_FILE": os.devnull, "PIP_USER": "0"}
        if not notebook.name.startswith("00_"):  # all set-up cells ask the same; one lets pip look
            self.settings["PIP_NO_DEPS"] = "1"
        self.work.mkdir()
        shutil.copy(notebook, self.work)
        self._before = sorted(os.listdir(self.work))

    def start_kernel(self, timeout: float) -> RunningKernel:
        """Start the bare Python as a kernel in the working folder."""
        argv = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "env": self.settings, "display_name": "bare", "language": "python"}
        kernel = Path(self._folder.name) / "jupyter/kernels/bare"
        kernel.mkdir(parents=True)
        (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_PATH", str(kernel.parent.parent))
            return RunningKernel("bare", cwd=str(self.work), startup_timeout=timeout)

    def list_installed(self) -> set[str]:
        """Name the packages that were installed here."""
        (libraries,) = self.python.parent.parent.glob("lib/python*/site-packages")
        return {found.name for found in distributions(path=[str(libraries)])}

    def find_traces(self) -> list[str]:
        """Say what a chapter changed here that it should not: files left, packages installed."""
        files = sorted(set(os.listdir(self.work)) - set(self._before))
        problems = [f"expected the notebook alone in its folder, got {files} too"] if files else []
        installed = self.list_installed()
        if installed != {"lenet-course"}:
            problems.append(f"expected lenet-course alone to be installed, got {sorted(installed)}")
        return problems

    def close(self) -> None:
        self._folder.cleanup()


@cache
def build_wheel() -> Path:
    """Build the package's wheel from this checkout, once a process."""
    folder = Path(tempfile.mkdtemp(prefix="wheel-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # setuptools leaves a build/ beside what it builds
    for name in ("pyproject.toml", "README.md", *LICENCES):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "lenet_course", folder / "lenet_course")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, folder], check=True)
    (path,) = folder.glob("*.whl")
    return path


def redirect_setup(notebook, wheel: Path):
    """Let a notebook's set-up cell install the wheel in place of the repository; return it."""
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    requirement = write_requirement(get_repository_url())
    assert f'"{requirement}"' in setup.source, setup.source
    setup.source = setup.source.replace(requirement, wheel.as_uri())
    return setup


class ColabLikeFile(IPyNbFile):
    """A notebook whose kernel starts in a place of its own without the course."""

    place = None

    def setup(self):
        redirect_setup(self.nb, build_wheel())
        self.place = Place(self.path)
        self.kernel = self.place.start_kernel(self.config.option.nbval_kernel_startup_timeout)
        self.setup_sanitize_files()

    def teardown(self):
        super().teardown()
        if self.place is not None:
            problems = self.place.find_traces()
            self.place.close()
            assert not problems, problems
