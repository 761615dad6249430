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
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutants.faults import KINDS, load_faults
from tests.mutants.trial import NOTHING, PASSED, Warm, copy_tree, try_one

LEAST = 0.95
APART = {"prose"}


def choose(words: list[str]) -> list[dict]:
    """Choose the faults of some kinds or names; all without words."""
    faults = [fault for kind in KINDS for fault in load_faults(kind)]
    return [f for f in faults if not words or any(w == f["kind"] or w in f["name"] for w in words)]


def list_paths(fault: dict) -> list[str]:
    """List the files whose tests could know of a fault."""
    return [test.split("::")[0] for test in fault["tests"] if "/" in test]


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


def try_all(faults: list[dict], pristine: Path, jobs: int) -> list[tuple[dict, bool]]:
    """Show the tests green, then try every fault: [(fault, whether it was caught)]."""
    warm, tried = Queue(), []
    for runner in (runners := [Warm() for _ in range(jobs)]):
        warm.put(runner)
    sets = sorted({tuple(fault["tests"]) for fault in faults})
    with ThreadPoolExecutor(jobs) as pool:
        found = pool.map(lambda tests: try_one(pristine, list(tests), warm), sets)
        for tests, (status, _) in zip(sets, found, strict=True):
            if status != PASSED:  # nor may a set be empty
                sys.exit(f"expected tests that pass without a fault, got red: {' '.join(tests)}")
        print(f"{len(sets)} sets of tests pass without a fault", flush=True)
        found = pool.map(lambda fault: try_one(pristine, fault["tests"], warm, fault), faults)
        for fault, (status, seconds) in zip(faults, found, strict=True):
            tried.append((fault, status not in (PASSED, NOTHING)))
            word = "caught" if tried[-1][1] else "SURVIVED"
            print(f"{word:9}{seconds:4.0f} s  {fault['kind']}: {fault['name']}", flush=True)
    for runner in runners:
        runner.close()
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
        ready = [
            fault for fault in faults if all((pristine / p).exists() for p in list_paths(fault))
        ]
        if waiting := len(faults) - len(ready):
            print(f"{waiting} faults wait for tests that are not written yet")
        tried = try_all(ready, pristine, chosen.j)
    return 0 if report(tried) else 1


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    sys.exit(main())
