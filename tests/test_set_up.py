"""The environment that `make` sets up: whole or made again, once, whatever a person's settings.

The Pythons here are shell scripts that write down what they are asked.
"""

import os
import shutil
import subprocess
import sys

import pytest

from book import set_up
from book.course import ROOT

PYTHON = """#!/bin/sh
here=$(dirname "$0")
case "$*" in
*"import os, pip"*) [ -e "$here/pip" ] ;;
*version_info*) echo {version} ;;
"-m venv --clear "*)
    rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
    [ {lacks} = venv ] && exit 1
    touch "$4/bin/pip" ;;
"-m pip config list")
    echo "global.index-url='https://mirror.example/simple'"
    echo "install.user='yes'"
    echo "install.target='/elsewhere'" ;;
"-m pip install "*)
    {{ echo "> $*"; env; }} >> "{log}"
    sleep {slow} ;;
esac
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project's folder, and what sets its environment up with such a Python."""

    class Project:
        root, log = tmp_path / "project", tmp_path / "log"

        def use(self, version="3.12", lacks="nothing", slow=0):
            python = tmp_path / f"python{version}"
            text = PYTHON.format(version=version, lacks=lacks, slow=slow, log=self.log)
            python.write_text(text, encoding="utf-8")
            python.chmod(0o755)
            monkeypatch.setattr(sys, "executable", str(python))
            return self

        def set_up(self, wanted="book"):
            set_up.set_up(wanted, self.root)
            return self.list_installed()

        def list_installed(self):
            log = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
            return [line.split()[-1] for line in log.splitlines() if line.startswith("> ")]

    for name in set_up.FILES["all"]:
        (tmp_path / "project").mkdir(exist_ok=True)
        (tmp_path / "project" / name).write_text(f"# {name}\n", encoding="utf-8")
    return Project().use()


def test_what_is_there_is_not_installed_again_and_what_changed_is(project):
    assert project.set_up() == project.set_up() == ["requirements-book.txt"]
    whole = ["requirements-book.txt", "requirements.txt"]
    assert project.set_up("all") == project.set_up("all") == project.set_up() == whole
    for name in set_up.FILES["all"]:
        (project.root / name).write_text("other\n", encoding="utf-8")
        whole.append("requirements.txt")
        assert project.set_up("all") == project.set_up("all") == whole


def test_half_an_environment_is_made_again(project, capfd):
    (project.root / ".venv/bin").mkdir(parents=True)
    (project.root / ".venv/bin/python").symlink_to(sys.executable)  # and no pip
    (project.root / ".venv/all").write_text("as if all were there", encoding="utf-8")
    assert project.set_up() == ["requirements-book.txt"]
    assert "got half of one: making it again" in capfd.readouterr().out
    (project.root / ".venv/bin/pip").unlink()  # as of a Python that was replaced by the next
    assert len(project.set_up()) == 2


def test_without_debian_s_venv_its_package_is_named_and_nothing_is_left(project):
    said = r"on Debian and Ubuntu: apt-get install python3\.13-venv$"
    for _ in range(2):
        with pytest.raises(SystemExit, match=said):
            project.use("3.13", lacks="venv").set_up()
        assert not (project.root / ".venv").exists()
    assert project.use("3.13").set_up() == ["requirements-book.txt"]


def test_in_a_folder_that_was_moved_all_is_installed_again(project):
    project.set_up("all")
    project.root = project.root.rename(project.root.with_name("moved"))
    assert project.set_up("all") == ["requirements.txt"] * 2
    assert project.set_up("all") == ["requirements.txt"] * 2


def test_in_an_environment_that_two_clones_share_all_is_installed_for_the_one_that_asks(project):
    project.set_up("all")
    other = project.root.with_name("other")
    shutil.copytree(project.root, other, ignore=shutil.ignore_patterns(".venv"))
    (other / ".venv").symlink_to(project.root / ".venv")
    for count, root in enumerate((other, project.root), start=2):
        project.root = root  # `-e .` installs the course of one folder alone
        assert project.set_up("all") == project.set_up("all") == ["requirements.txt"] * count


def test_an_installation_that_failed_or_was_stopped_is_done_again(project, monkeypatch):
    project.set_up()
    (project.root / "requirements-book.txt").write_text("other", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(set_up, "find_sources", lambda own: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            project.set_up()
    assert project.set_up() == ["requirements-book.txt"] * 2


def test_what_was_installed_before_another_installation_began_is_not_taken_for_there(
    project, monkeypatch
):
    project.set_up("all")
    file = project.root / "pyproject.toml"
    file.write_text("other", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(set_up, "find_sources", lambda own: 1 / 0)  # as Ctrl-C while pip replaces
        with pytest.raises(ZeroDivisionError):
            project.set_up("all")
    assert project.set_up() == ["requirements.txt", "requirements-book.txt"]


def test_back_from_a_branch_with_other_requirements_all_is_installed_again(project):
    file = project.root / "requirements-book.txt"
    ours = file.read_text(encoding="utf-8")
    project.set_up("all")
    file.write_text("other", encoding="utf-8")
    project.set_up()
    file.write_text(ours, encoding="utf-8")
    assert project.set_up("all")[1:] == ["requirements-book.txt", "requirements.txt"]


def test_a_person_s_own_settings_say_where_packages_come_from_not_where_they_go(
    project, monkeypatch
):
    wrong = {"PIP_USER": "1", "PIP_TARGET": "/x", "PYTHONHOME": "/x", "PYTHONPATH": "/x"}
    for name, value in {**wrong, "PIP_PROXY": "http://proxy.example"}.items():
        monkeypatch.setenv(name, value)
    project.set_up()
    seen = dict(
        line.split("=", 1)
        for line in project.log.read_text(encoding="utf-8").splitlines()
        if "=" in line
    )
    assert {name for name in seen if name.startswith(("PYTHON", "PIP_"))} <= {
        *("PIP_INDEX_URL", "PIP_PROXY", "PIP_CONFIG_FILE"),
        *(name for name in os.environ if name in set_up.SOURCES),
    }
    assert seen["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert seen["PIP_PROXY"] == "http://proxy.example"
    assert seen["PIP_CONFIG_FILE"] == os.devnull


@pytest.mark.parametrize(
    ("version", "goes_on", "said"),
    [
        ("3.9", False, "expected Python 3.10 to 3.14, got 3.9; try: make PYTHON="),
        ("3.10", True, ""),
        ("3.14", True, ""),
        ("3.15", True, "expected Python 3.10 to 3.14, got 3.15: going on, untested\n"),
        ("4.0", True, "expected Python 3.10 to 3.14, got 4.0: going on, untested\n"),
    ],
)
def test_an_older_python_is_refused_and_a_newer_one_is_warned_of(
    project, capfd, version, goes_on, said
):
    project.use(version)
    if goes_on:
        assert project.set_up() == ["requirements-book.txt"]
        assert capfd.readouterr().err == said
    else:
        with pytest.raises(SystemExit, match=said):
            project.set_up()


def test_several_at_once_take_turns(project):
    """Four `make book` in a fresh clone, as in four terminals."""
    project.use(slow=0.2)
    code = "import sys; sys.executable = sys.argv[1]; from pathlib import Path\n"
    code += "from book import set_up; set_up.set_up('book', Path(sys.argv[2]))"
    command = [sys.orig_argv[0], "-c", code, sys.executable, project.root]
    four = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [each.wait(60) for each in four] == [0] * 4
    assert project.list_installed() == ["requirements-book.txt"]


def test_books_that_are_built_at_once_into_one_folder_are_built_in_turn(tmp_path):
    builder, log = tmp_path / "jupyter_book/cli/main.py", tmp_path / "log"
    builder.parent.mkdir(parents=True)
    for folder in (builder.parent, builder.parent.parent):
        (folder / "__init__.py").touch()
    builder.write_text(
        "import time\ndef main(prog_name):\n    for sign in '<>':\n"
        f"        open({str(log)!r}, 'a').write(sign)\n        time.sleep(0.2)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "book", "build", "."]
    three = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(3)]
    assert [each.wait(60) for each in three] == [0] * 3
    assert log.read_text(encoding="utf-8") == "<><><>"
