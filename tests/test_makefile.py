"""What `make` runs: every target's recipe, and nothing that a filled .venv hides."""

import re
import subprocess

import pytest

from book.course import ROOT

BOOK = r"^\.venv/bin/jupyter-book build \. --all -n -W --keep-going$"
INSTALL_ALL = r"^\.venv/bin/python -m pip install --quiet --requirement requirements\.txt$"
INSTALL_BOOK = r"^\.venv/bin/python -m pip install --quiet --requirement requirements-book\.txt$"
PYTEST = (
    r"^\.venv/bin/python -m pytest(?!.*(?:ignore|deselect|maxfail| -k| -m| -x| tests/| chapters))"
)
RECIPES = {  # target → lines that `make -n` says, in this order
    "help": [r"^sed -n .* Makefile$"],
    "book": [INSTALL_BOOK, BOOK],
    "pdf": [INSTALL_ALL, BOOK, r"-m book\.browser$", r"-m book\.pdf$"],
    "test": [INSTALL_ALL, r"-m book\.browser$", r"-m tests\.spelling\.check$", PYTEST],
    "notebooks": [INSTALL_ALL, r"-m book\.notebooks$"],
    "prose": [INSTALL_BOOK, r"-m book\.notebooks --prose$"],
    "confirm": [INSTALL_ALL, r"-m book\.notebooks --confirm$"],
    "check": [INSTALL_BOOK, r"-m book\.notebooks --check$"],
    "live": [INSTALL_ALL, r"-m book\.live$"],
    "serve": [BOOK, r"-m http\.server 8000 --bind 127\.0\.0\.1 --directory _build/html$"],
    "lint": [INSTALL_ALL, r"-m ruff check \. && \.venv/bin/python -m ruff format --check \.$"],
    "links": [INSTALL_BOOK, r"^\.venv/bin/jupyter-book build \. --all --builder linkcheck$"],
    "bench": [INSTALL_ALL, r"-m bench$"],
    "matrix": [INSTALL_BOOK, r"-m tests\.matrix$"],
    "mutants": [INSTALL_ALL, r"-m tests\.mutants$"],
    "repository": [INSTALL_BOOK, r'-m book\.notebooks --repository "https://github\.com/a/b"$'],
    "clean": [r"^rm -rf _build$"],
}
MAKEFILE = (ROOT / "Makefile").read_text().replace("\\\n", " ")
TARGETS = re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.M)


def test_every_target_is_held_and_phony():
    assert sorted(TARGETS) == sorted(RECIPES)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert set(phony.split()) == set(TARGETS)  # else a file of that name would stop it


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A folder with the Makefile and what it looks at, and no environment."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("Makefile", "requirements.txt", "requirements-book.txt", "pyproject.toml"):
        (folder / name).write_text((ROOT / name).read_text())
    return folder


@pytest.mark.parametrize("target", RECIPES)
def test_a_target_does_what_it_says_in_order(bare, target):
    command = ["make", "-n", target, "URL=https://github.com/a/b"]
    said = subprocess.run(command, cwd=bare, capture_output=True, text=True, check=True).stdout
    lines = iter(said.splitlines())
    for wanted in RECIPES[target]:
        assert any(re.search(wanted, line) for line in lines), (wanted, said)


def test_a_failing_step_fails_its_target():
    recipes = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert not [line for line in recipes if re.match(r"\t@?-|.*\|\| *true|.*; *true", line)]
    assert not re.search(r"^\.IGNORE|MAKEFLAGS", MAKEFILE, re.M)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-book.txt", "pyproject.toml"])
def test_a_changed_requirement_is_installed_at_the_next_call(name):
    (wanted,) = re.findall(r"^\.venv/all: (.*?) \|", MAKEFILE, re.M)
    assert name in wanted.split()
    assert re.search(r"^\.venv/book: requirements-book\.txt \|", MAKEFILE, re.M)


def test_what_the_readme_tells_users_to_run_is_what_ci_runs():
    (last,) = (ROOT / ".ci/run").read_text().splitlines()[-1:]
    assert re.fullmatch(r"(?:CI=\S+ )?exec make test", last)
