"""What Colab has already satisfies every bound: the set-up cell reinstalls nothing there."""

import re
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from book.sources import ROOT

COLAB = dict(
    line.split("==") for line in (ROOT / "tests/colab.txt").read_text().splitlines() if "==" in line
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
