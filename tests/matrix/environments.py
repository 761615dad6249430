"""The environments of the matrix: which Python, which releases, and one package exchanged."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import Requirement

from book.course import CHAPTERS, ROOT
from book.set_up import find_sources, make_environment

FOLDER = ROOT / "_build/matrix"
TOOLS = ("ipykernel", "nbclient", "jupytext", "pytest")  # that run a chapter and compare it


@dataclass(frozen=True)
class Environment:
    """A Python with the course's requirements; folders that come before its own packages."""

    name: str
    python: str
    before: tuple[Path, ...] = ()

    def compare(self, slugs: Iterable[str] = (), chapters: Path = CHAPTERS / "ko") -> dict:
        """Run tests.matrix.compare here, over all or these chapters, and return its report."""
        path = os.pathsep.join(map(str, (*self.before, ROOT)))
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "report.json"
            command = [self.python, "-m", "tests.matrix.compare", output, chapters, *slugs]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, check=True)
            return json.loads(output.read_text(encoding="utf-8"))


def find_pythons() -> list[str]:
    """Find the Pythons on the PATH that run, from the lowest supported one to the newest."""
    names = [f"python3.{minor}" for minor in range(10, 30)]
    found = filter(None, map(shutil.which, names))
    working = [
        p for p in found if not subprocess.run([p, "-c", ""], capture_output=True).returncode
    ]
    return working or [sys.executable]


def read_requirements() -> dict[str, Requirement]:
    """Read the package's requirements off pyproject.toml and those of the tools."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'"(.*)"', re.search(r"\ndependencies = \[(.*?)\]", project, re.S)[1])
    for name in ("requirements.txt", "requirements-book.txt"):
        tool = re.compile(rf"^(?:{'|'.join(TOOLS)})[<>=][^#\s]*", re.M)
        lines += tool.findall((ROOT / name).read_text(encoding="utf-8"))
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def pin_lowest(requirements: dict[str, Requirement]) -> list[str]:
    """Pin what the course imports to its lower bound; the tools may be any that go with it."""
    lowest = []
    for name, requirement in requirements.items():
        (bound,) = [part.version for part in requirement.specifier if part.operator == ">="]
        lowest.append(str(requirement) if name in TOOLS else f"{name}=={bound}")
    return lowest


def install(name: str, python: str, requirements: list[str]) -> Environment:
    """Make an environment, or bring the one of this Python up to date; exit where pip cannot."""
    own = FOLDER / name / "bin/python"
    if own.exists() and ask_version(own) != ask_version(python):
        shutil.rmtree(FOLDER / name)
    own = make_environment(FOLDER / name, python)
    pip = [own, "-m", "pip", "install", "--quiet", "--upgrade", "--upgrade-strategy=eager"]
    if subprocess.run([*pip, *requirements], env=find_sources(own)).returncode:
        wanted = ", ".join(requirements)
        sys.exit(f"{name}: expected {python} to install {wanted}, got pip's error; see --{name}")
    return Environment(name, str(own))


def ask_version(python: str | Path) -> bytes:
    return subprocess.run([python, "--version"], stdout=subprocess.PIPE).stdout


def exchange(
    environment: Environment, names: tuple[str, ...], others: dict[str, str], kept: dict[str, str]
) -> Environment | None:
    """Return the environment with the other release of these packages, all else kept as it is.

    Where its Python has no such release, the nearest one below; None where pip finds none at all.
    """
    folder = FOLDER / "exchanged" / environment.name / names[0]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    constraints = folder.with_suffix(".txt")
    lines = [f"{name}=={kept[name]}" for name in others if name in kept and name not in names]
    constraints.write_text(
        "\n".join(line for line in lines if not line.startswith("python==")), encoding="utf-8"
    )
    own = environment.python
    pip = [own, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", folder]
    wanted = ["-c", constraints, *(f"{name}<={others[name]}" for name in names)]
    done = subprocess.run([*pip, *wanted], env=find_sources(Path(own)))
    before = (folder, *environment.before)
    return None if done.returncode else replace(environment, before=before)
