"""What `make` runs: every target's recipe, and nothing that a filled .venv hides."""

import os
import re
import subprocess

import pytest

from book.course import ROOT

BOOK = r"^\.venv/bin/python -m book build \. --all -n -W --keep-going$"
INSTALL_ALL = r"^python3 -m book\.set_up all$"  # tests/test_set_up.py holds what that does
INSTALL_BOOK = r"^python3 -m book\.set_up book$"
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
    "links": [INSTALL_BOOK, r"build \. --all --builder linkcheck --path-output _build/links$"],
    "bench": [INSTALL_ALL, r"-m book\.browser$", r"-m bench$"],
    "matrix": [INSTALL_BOOK, r"-m tests\.matrix$"],
    "mutants": [INSTALL_ALL, r"-m tests\.mutants$"],
    "repository": [INSTALL_BOOK, r'-m book\.notebooks --repository "https://github\.com/a/b"$'],
    "clean": [r"^rm -rf _build$"],
}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
TARGETS = re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.M)


def test_every_target_is_held_and_phony():
    assert sorted(TARGETS) == sorted(RECIPES)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    targets = {".venv/book", ".venv/all", *TARGETS}
    assert set(phony.split()) == targets  # else a file of that name would stop it


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A folder with the Makefile and no environment."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "Makefile").write_text(
        (ROOT / "Makefile").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize("target", RECIPES)
def test_a_target_does_what_it_says_in_order(bare, target):
    command = ["make", "-n", target, "URL=https://github.com/a/b"]
    said = subprocess.run(
        command, cwd=bare, capture_output=True, encoding="utf-8", check=True
    ).stdout
    lines = iter(said.splitlines())
    for wanted in RECIPES[target]:
        assert any(re.search(wanted, line) for line in lines), (wanted, said)


def test_a_failing_step_fails_its_target():
    recipes = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert not [line for line in recipes if re.match(r"\t@?-|.*\|\| *true|.*; *true", line)]
    assert not re.search(r"^\.IGNORE|MAKEFLAGS", MAKEFILE, re.M)


def test_two_jobs_at_once_are_done_one_after_the_other(bare):
    """pip for all and pip for the book, and a book that is built while packages are replaced."""
    (bare / ".venv").mkdir(exist_ok=True)
    python = bare / "python"
    python.write_text("#!/bin/sh\necho begin\nsleep 0.05\necho end\n", encoding="utf-8")
    python.chmod(0o755)
    command = ["make", "-j4", f"PYTHON={python}", f"PY={python}", "pdf", "book", "test"]
    said = subprocess.run(command, cwd=bare, capture_output=True, encoding="utf-8").stdout
    turns = [line for line in said.splitlines() if line in ("begin", "end")]
    assert turns == ["begin", "end"] * (len(turns) // 2) and len(turns) >= 12, said


def test_a_person_s_settings_do_not_reach_what_make_starts(bare):
    wrong = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    python = bare / "settings"
    python.write_text("#!/bin/sh\nenv\n", encoding="utf-8")
    python.chmod(0o755)
    command = ["make", f"PYTHON={python}", f"PY={python}", "check"]
    environment = {**os.environ, **dict.fromkeys(wrong, "/x"), "PIP_INDEX_URL": "/y"}
    said = subprocess.run(
        command, cwd=bare, env=environment, capture_output=True, encoding="utf-8"
    ).stdout
    assert not re.findall(rf"^(?:{'|'.join(wrong)})=.*", said, re.M)
    assert said.count("PIP_INDEX_URL=/y\n") == 2


def test_no_command_is_a_script_that_names_the_folder_in_which_it_was_installed():
    """A renamed or moved folder leaves `.venv/bin/…` with the old path in its first line."""
    texts = [ROOT / name for name in ("Makefile", ".ci/run", "README.md", "README.ko.md")]
    for path in [*texts, *(ROOT / ".github/workflows").glob("*.yml")]:
        assert set(re.findall(r"\.venv/bin/(\S+)", path.read_text(encoding="utf-8"))) <= {
            "python"
        }, path


def test_what_the_readme_tells_users_to_run_is_what_ci_runs():
    (last,) = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1:]
    assert re.fullmatch(r"(?:CI=\S+ )?exec make test", last)
