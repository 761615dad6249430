"""A place that has what Colab has, but not the course: Colab-like, not Colab.

A bare Python sees this environment's torch, numpy, matplotlib and Jupyter, yet not `lenet_course`:
the set-up cell installs it, here from a wheel made of this checkout in place of the repository's
address. All Korean chapters have the same set-up cell: the first one's asks pip, the others find
what pip would unpack.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import nbformat
from filelock import FileLock
from nbval.kernel import RunningKernel

from book.course import ROOT, get_repository_url
from book.repository import write_requirement
from tests.warm_kernels import launch

LICENCES = ("LICENSE", "LICENSE-text.md")


class Place:
    """A folder with a bare Python, its kernel, and a working folder that holds one notebook alone.

    Attributes:
        python: the bare Python.
        settings: the environment variables that it needs, beside those of this process.
        work: the working folder.
    """

    def __init__(self, notebook: Path, bare: Path | None = None):
        """Make the place, with a bare Python of its own or the one that is given."""
        self._folder = tempfile.TemporaryDirectory(prefix="colab-like-")
        self.work = Path(self._folder.name) / "work"
        if bare is None:
            bare = Path(self._folder.name) / "bare"
            venv.create(bare)
        self.python = bare / "bin/python"
        # through PYTHONPATH, where no .pth adds the checkout; pip asks no registry
        libraries = next(path for path in sys.path if path.endswith("site-packages"))
        self.settings = {"PYTHONPATH": libraries, "PIP_NO_INDEX": "1"}
        # nor does a person's pip.conf reach it, where packages may have another place
        self.settings |= {"PIP_CONFIG_FILE": os.devnull, "PIP_USER": "0"}
        self.work.mkdir()
        shutil.copy(notebook, self.work)
        self._before = sorted(os.listdir(self.work))

    def start_kernel(self, timeout: float) -> RunningKernel:
        """Start the bare Python as a kernel in the working folder."""
        argv = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return launch(argv, self.settings, Path(self._folder.name), self.work, timeout)

    @property
    def libraries(self) -> Path:
        """Where the bare Python's packages are installed."""
        (path,) = self.python.parent.parent.glob("lib/python*/site-packages")
        return path

    def list_installed(self) -> set[str]:
        """Name the packages that were installed here."""
        return {found.name for found in distributions(path=[str(self.libraries)])}

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


def build_wheel(folder: Path) -> Path:
    """Build the package's wheel from this checkout, once a folder."""
    with FileLock(folder / "wheel.lock"):
        source = folder / "wheel"
        if not source.exists():
            # setuptools leaves a build/ beside what it builds
            shutil.copytree(ROOT / "lenet_course", source / "lenet_course")
            for name in ("pyproject.toml", "README.md", *LICENCES):
                shutil.copy(ROOT / name, source)
            command = "-m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir".split()
            subprocess.run([sys.executable, *command, source, source], check=True)
    (path,) = source.glob("*.whl")
    return path


def unpack(wheel: Path, folder: Path) -> Path:
    """Make a bare Python with what pip would unpack of the wheel, once a folder."""
    with FileLock(folder / "bare.lock"):
        bare = folder / "bare"
        if not bare.exists():
            venv.create(bare)
            (libraries,) = bare.glob("lib/python*/site-packages")
            with zipfile.ZipFile(wheel) as files:
                files.extractall(libraries)
    return bare


def find_setup(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def has_setup_of_a_chapter_before(path: Path, notebook) -> bool:
    """Whether the first notebook in the same folder has the same set-up cell, and is another."""
    first = min(path.parent.glob("*.ipynb"))
    if first == path:
        return False
    return find_setup(nbformat.read(first, as_version=4)).source == find_setup(notebook).source


def redirect_setup(notebook, wheel: Path):
    """Let a notebook's set-up cell install the wheel in place of the repository; return it."""
    setup = find_setup(notebook)
    requirement = write_requirement(get_repository_url())
    assert f'"{requirement}"' in setup.source, setup.source
    setup.source = setup.source.replace(requirement, wheel.as_uri())
    return setup
