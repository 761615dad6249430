"""One trial: a copy of the project, a fault in it or none, and tests that pass there or fail."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Queue

from book.course import ROOT
from book.notebooks.environment import FIXED
from tests.mutants.faults import plant

LIMIT = 400  # seconds; a test that never ends has noticed, too
PASSED, NOTHING = 0, 5  # pytest's exit statuses: all passed, none found
STOPPED = -1  # an author could not have derived this
TABLES = "tables"
SLOW = """
    torch torch.nn.functional torch.overrides torch.fx numpy matplotlib.figure matplotlib.pyplot
    anywidget IPython jupytext nbformat pybtex.database yaml nbval.plugin pytest PIL.Image
    playwright.sync_api bs4 tqdm.auto
""".split()


def copy_tree(target: Path) -> Path:
    """Copy what git knows or would add: no build products, no environment."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


class Warm:
    """A process of warm.py, which runs pytest in a copy without importing torch each time."""

    def __init__(self, imports=SLOW):
        environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        environment.pop("PYTHONPATH", None)
        command = [sys.executable, str(Path(__file__).with_name("warm.py")), *imports]
        self.environment = environment | FIXED
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=self.environment,
        )

    def run_tests(self, root: Path, tests: list[str]) -> int:
        """Run tests in a copy; return pytest's exit status."""
        options = ["-n", "0", "-x", "-q", "-p", "no:cacheprovider"]
        asked = {"root": str(root), "arguments": [*options, *tests], "limit": LIMIT}
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def derive(fault: dict, root: Path, environment: dict) -> bool:
    """Confirm and derive as an author would after an edit; return whether nothing stopped it."""
    slug = fault.get("derive")
    chapters = [] if slug == TABLES else [slug]
    how = [] if fault.get("execute") else ["--prose"]
    for option in (["--confirm"], how) if slug else ():
        command = [sys.executable, "-m", "book.notebooks", *option, *chapters]
        if subprocess.run(command, cwd=root, env=environment, capture_output=True).returncode:
            return False
    return True


def try_one(pristine: Path, tests: list[str], warm: Queue, fault: dict | None = None) -> tuple:
    """Run tests in a copy of their own, with a fault or without: (pytest's status, seconds)."""
    start, runner = time.perf_counter(), warm.get()
    try:
        with tempfile.TemporaryDirectory(dir=pristine.parent) as folder:
            root = shutil.copytree(pristine, Path(folder, "course"))
            if fault:
                plant(fault, root)
            is_derived = not fault or derive(fault, root, runner.environment)
            status = runner.run_tests(root, tests) if is_derived else STOPPED
    finally:  # else the others wait for it, and nobody reads what went wrong
        warm.put(runner)
    return status, time.perf_counter() - start
