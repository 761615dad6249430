"""The bounds: what Colab has satisfies them, and every place names the same Pythons."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from book.sources import ROOT

COLAB = dict(
    line.split("==") for line in (ROOT / "tests/colab.txt").read_text().splitlines() if "==" in line
)
PYTHONS = re.findall(
    r'"Programming Language :: Python :: (.*)"', (ROOT / "pyproject.toml").read_text()
)


def read_requirements(name):
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return {
        requirement.name: requirement
        for requirement in (Requirement(line) for line in lines if line and line[0] != "-")
    }


def test_colab_has_everything_that_the_package_needs():
    needed = {r.name: r for r in map(Requirement, requires("lenet-course"))}
    assert set(needed) == set(COLAB)
    for name, requirement in needed.items():
        assert requirement.specifier.contains(COLAB[name]), (name, COLAB[name])


def test_requirements_txt_says_the_same_and_colab_satisfies_it():
    listed = read_requirements("requirements.txt")
    for requirement in map(Requirement, requires("lenet-course")):
        assert listed[requirement.name].specifier == requirement.specifier
    for name, version in COLAB.items():
        assert listed[name].specifier.contains(version)


def test_no_exact_pin_and_no_cap_on_torch_or_python():
    for name in ("requirements.txt", "requirements-book.txt", "pyproject.toml"):
        assert not re.search(r"[a-z]==\d", (ROOT / name).read_text()), name
    for name in ("torch", "torchvision", "numpy"):
        operators = {s.operator for s in read_requirements("requirements.txt")[name].specifier}
        assert operators == {">="}
    python = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    assert SpecifierSet(python) == SpecifierSet(">=3.10")


def test_every_line_gives_its_reason():
    for name in ("requirements.txt", "requirements-book.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith("#"):
                assert "# " in line, line


def test_the_book_s_requirements_are_included_and_hold_no_torch():
    assert "-r requirements-book.txt" in (ROOT / "requirements.txt").read_text()
    assert not {"torch", "torchvision", "lenet-course"} & set(
        read_requirements("requirements-book.txt")
    )
    assert read_requirements("requirements-book.txt")["jupyter-book"].specifier == SpecifierSet(
        ">=1.0.4,<2"
    )


def test_every_place_names_the_same_pythons():
    minors = [int(python.removeprefix("3.")) for python in PYTHONS]
    assert minors == list(range(minors[0], minors[-1] + 1))
    lowest, newest = PYTHONS[0], PYTHONS[-1]
    assert f'requires-python = ">={lowest}"' in (ROOT / "pyproject.toml").read_text()
    assert f"Python {lowest} to {newest}, git and make" in (ROOT / "README.md").read_text()
    assert f"Python {lowest}~{newest}, git, make" in (ROOT / "README.ko.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert set(re.findall(r"3\.\d+ to 3\.\d+", makefile)) == {f"{lowest} to {newest}"}
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for named in re.findall(r"\b3\.\d+\b", path.read_text()):
            assert named in PYTHONS, (path.name, named)
    colab = re.search(r"Python (3\.\d+)\.", (ROOT / "tests/colab.txt").read_text())[1]
    assert colab in PYTHONS


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readmes_say_that_an_intel_mac_has_no_torch_for_the_chapters(name):
    (specifier,) = read_requirements("requirements.txt")["torch"].specifier
    (line,) = re.findall(r"^(?:On Linux|리눅스).*\n.*$", (ROOT / name).read_text(), re.M)
    assert "Intel Mac" in line or "인텔 맥" in line
    assert re.findall(r"\d\.\d+(?:\.\d+)?", line)[2:] == ["2.2.2", specifier.version]
    assert not specifier.contains("2.2.2")  # the newest that was made for Intel Macs


PRETEND = """#!/bin/sh
# a Python that says it is {version}: `-c code` runs, anything else is written down
[ "$1" = -c ] || {{ echo "python $*"; exit; }}
exec {python} -c 'import sys; code = sys.argv[1]; sys.version_info = {version}; exec(code)' "$2"
"""


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
@pytest.mark.parametrize(
    ("version", "goes_on", "said"),
    [
        ((3, 9, 18), False, "expected Python 3.10 to 3.14, got 3.9; try: make PYTHON="),
        ((3, 10, 0), True, ""),
        ((3, 14, 8), True, ""),
        ((3, 15, 0), True, "expected Python 3.10 to 3.14, got 3.15: going on, untested\n"),
        ((4, 0, 0), True, "expected Python 3.10 to 3.14, got 4.0: going on, untested\n"),
    ],
)
def test_make_refuses_an_older_python_and_warns_of_a_newer_one(tmp_path, version, goes_on, said):
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"
    python.write_text(PRETEND.format(version=version, python=sys.executable))
    python.chmod(0o755)
    command = ["make", f"PYTHON={python}", ".venv/bin/python"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode == 0) == goes_on
    assert ("-m venv .venv" in done.stdout) == goes_on
    assert done.stderr.startswith(said) and len(done.stderr.splitlines()) == (
        0 if not said else 1 if goes_on else 2  # make adds a line of its own
    )
