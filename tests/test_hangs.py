"""A test of a browser that hangs once is tried again and said; one that hangs again has failed."""

import os
import subprocess
import sys

import pytest

from book.course import ROOT

ENVIRONMENT = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
SETTINGS = """
[pytest]
addopts = -p xdist.plugin -p tests.hangs -n 1 --dist loadscope
  --no-loadscope-reorder --max-worker-restart=1
faulthandler_timeout = 1
faulthandler_exit_on_timeout = true
"""
FIRST = """
def test_long_done():
    pass
"""
TEST = """
import time
from pathlib import Path

def test_before():
    pass

def test_wait():
    tried = Path(__file__).with_name("tried.txt")
    times = tried.stat().st_size if tried.exists() else 0
    tried.write_bytes(bytes(times + 1))
    time.sleep({} * (times < {}))
"""


@pytest.mark.parametrize(
    ("folder", "hangs", "code", "said"),
    [
        ("tests/browser", 1, 0, "3 passed, 1 hung, tried once more"),
        ("tests/browser", 2, 1, "1 failed, 2 passed, 1 hung, tried once more"),
        ("tests", 1, 1, "1 failed, 3 passed"),
    ],
    ids=["once", "twice", "elsewhere"],
)
def test_a_test_that_hangs_ends(tmp_path, folder, hangs, code, said):
    place = tmp_path / folder
    place.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    before = tmp_path / "first/test_done.py"  # in the order of names
    before.parent.mkdir()
    before.write_text(FIRST, encoding="utf-8")
    (place / "test_it.py").write_text(TEST.format(60, hangs), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert said in done.stdout and done.returncode == code, done.stdout + done.stderr
    assert 'test_it.py", line 12 in test_wait' in done.stderr  # where it waited
    assert (f"{folder}/test_it.py::test_wait hung, tried once more" in done.stdout) == (
        "hung" in said
    )


def test_a_test_of_this_project_that_hangs_ends_too(pytestconfig):
    assert 0 < float(pytestconfig.getini("faulthandler_timeout")) <= 600  # seconds
    assert pytestconfig.getini("faulthandler_exit_on_timeout")
