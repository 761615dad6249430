"""Plant faults, one at a time, and see whether the tests that could know of each fail.

    python -m tests.mutants                     every fault
    python -m tests.mutants book "weight decay" these kinds, or names that have these words
    python -m tests.mutants -j 4                four at a time

Each runs in a throw-away copy of the project, never in the working tree, and each set of tests is
first shown to pass in a copy without a fault. Exit status 1: fewer than LEAST of the faults were
caught. Of sentences, which are counted apart, none may survive once their tests exist.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from book.sources import ROOT
from tests.mutants.faults import KINDS, load_faults, plant

LEAST = 0.95
APART = {"prose"}
LIMIT = 400  # seconds; a test that never ends has noticed, too
NOTHING = (0, 5)  # pytest's exit statuses: all passed, none found
TABLES = "tables"


def copy_tree(target: Path) -> Path:
    """Copy what git knows or would add: no build products, no environment."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def run(root: Path, *arguments: str) -> int:
    """Run a Python module in a copy; return its exit status."""
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", *arguments]
    process = subprocess.Popen(
        command, cwd=root, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        return process.wait()


def run_tests(root: Path, tests: list[str]) -> bool:
    """Whether all of these tests pass in a copy."""
    return run(root, "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", *tests) in NOTHING


def derive(fault: dict, root: Path) -> bool:
    """Confirm and derive as an author would after an edit; return whether nothing stopped it."""
    slug = fault.get("derive")
    if slug is None:
        return True
    chapters = [] if slug == TABLES else [slug]
    how = [] if fault.get("execute") else ["--prose"]
    return all(run(root, "book.notebooks", *each, *chapters) == 0 for each in (["--confirm"], how))


def try_fault(pristine: Path, fault: dict) -> tuple[bool, float]:
    """Plant a fault in a copy of its own; return whether it was caught, and the seconds."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=pristine.parent) as folder:
        root = shutil.copytree(pristine, Path(folder, "course"))
        plant(fault, root)
        caught = not derive(fault, root) or not run_tests(root, fault["tests"])
    return caught, time.perf_counter() - start


def try_tests(pristine: Path, tests: tuple) -> bool:
    """Whether a set of tests passes in a copy without a fault."""
    with tempfile.TemporaryDirectory(dir=pristine.parent) as folder:
        return run_tests(shutil.copytree(pristine, Path(folder, "course")), list(tests))


def choose(words: list[str]) -> list[dict]:
    """Choose the faults of some kinds or names; all without words."""
    faults = [fault for kind in KINDS for fault in load_faults(kind)]
    return [f for f in faults if not words or any(w == f["kind"] or w in f["name"] for w in words)]


def report(tried: list[tuple[dict, bool]]) -> bool:
    """Print a table by kind and the survivors; return whether enough were caught."""
    planted = Counter(fault["kind"] for fault, _ in tried)
    found = Counter(fault["kind"] for fault, is_caught in tried if is_caught)
    counted = [kind for kind in planted if kind not in APART]
    total, held = (sum(count[kind] for kind in counted) for count in (planted, found))
    print(f"\n{'kind':12} caught planted")
    for kind in [*counted, *(APART & set(planted))]:
        print(f"{kind:12} {found[kind]:6} {planted[kind]:7}{'  apart' * (kind in APART)}")
    share = held / total if total else 1.0
    print(f"{'all':12} {held:6} {total:7}  {100 * share:.1f} %, wanted {100 * LEAST:.0f} %")
    for fault, is_caught in tried:
        if not is_caught:
            print(f"survived: {fault['kind']}: {fault['name']}")
    return share >= LEAST and all(found[kind] == planted[kind] for kind in APART)


def try_all(faults: list[dict], pristine: Path, pool: ThreadPoolExecutor) -> list:
    """Show the tests green, then try every fault: [(fault, whether it was caught)]."""
    sets = sorted({tuple(fault["tests"]) for fault in faults})
    for tests, passed in zip(sets, pool.map(partial(try_tests, pristine), sets), strict=True):
        if not passed:
            sys.exit(f"expected tests that pass without a fault, got red: {' '.join(tests)}")
    print(f"{len(sets)} sets of tests pass without a fault", flush=True)
    tried = []
    for fault, found in zip(faults, pool.map(partial(try_fault, pristine), faults), strict=True):
        tried.append((fault, found[0]))
        word = "caught" if found[0] else "SURVIVED"
        print(f"{word:9}{found[1]:4.0f} s  {fault['kind']}: {fault['name']}", flush=True)
    return tried


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", help="kinds, or words of names; all without any")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="how many at a time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        pristine = copy_tree(Path(folder, "pristine"))
        faults = choose(chosen.words)
        there = [all((pristine / t.split("::")[0]).exists() for t in f["tests"]) for f in faults]
        if not all(there):
            print(f"{there.count(False)} faults wait for tests that are not written yet")
        with ThreadPoolExecutor(chosen.j) as pool:
            ready = [fault for fault, is_there in zip(faults, there, strict=True) if is_there]
            tried = try_all(ready, pristine, pool)
    return 0 if report(tried) else 1


if __name__ == "__main__":
    sys.exit(main())
