"""Run the chapters in the environment of this Python and compare them with what is stored.

    python -m tests.matrix.compare OUT.json chapters/ko [NN_slug … messages]

OUT.json: {"releases": {name: version}, "differences": [{"chapter", "cell", "kind", "stored",
"fresh"}]}. The Korean notebooks stand for both languages: their code is equal.
"""

import configparser
import copy
import json
import platform
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import distributions
from itertools import takewhile, zip_longest
from pathlib import Path

import nbformat

from book.course import ROOT, list_slugs
from book.notebooks.execute import execute_notebook
from tests.pictures import find_picture_problems

MESSAGES = "messages"  # stands for tests/test_messages.py among the chapters
PYTEST = "-m pytest -c /dev/null --rootdir . --noconftest -q -p no:cacheprovider -rfE".split()


def read_releases() -> dict[str, str]:
    """Read the release of every package here, the first on the path where there are two."""
    found = [(part.metadata["Name"].lower(), part.version) for part in distributions()]
    return {**dict(reversed(found)), "python": platform.python_version()}


def compare_chapter(slug: str, chapters: Path) -> list[dict]:
    """Execute a chapter and return how each cell differs from its stored outputs."""
    if slug == MESSAGES:
        return run_message_tests()
    stored = nbformat.read(chapters / f"{slug}.ipynb", as_version=4)
    try:
        fresh = execute_notebook(copy.deepcopy(stored), allow_errors=True)
    except Exception as error:  # the kernel died, or a cell took too long
        return [describe(slug, slug, "execution", "ends", f"{type(error).__name__}: {error}"[:500])]
    pairs = zip(stored.cells, fresh.cells, strict=True)
    return [
        describe(slug, f"{slug}/{old.id}", *difference)
        for old, new in pairs
        if old.cell_type == "code"
        for difference in compare_cells(old, new)
    ]


def describe(*values: str) -> dict:
    return dict(zip(("chapter", "cell", "kind", "stored", "fresh"), values, strict=True))


def compare_cells(old, new) -> list[tuple[str, str, str]]:
    """Return (kind, stored, fresh) for each kind of output that differs, as nbval compares."""
    was, now = collect_texts(old.outputs), collect_texts(new.outputs)
    kinds = sorted(was.keys() | now.keys())
    ignored = "nbval-ignore-output" in old.metadata.get("tags", [])
    if ignored:  # its outputs vary from run to run, but it may not fail
        kinds = [kind for kind in kinds if kind == "error"]
    differences = [
        (kind, *pick_line(was.get(kind, ""), now.get(kind, "")))
        for kind in kinds
        if was.get(kind) != now.get(kind)
    ]
    problems = [] if ignored else find_picture_problems(old.outputs, new.outputs)
    return differences + [("picture", "", problem) for problem in problems]


def collect_texts(outputs: list) -> dict[str, str]:
    """Collect the texts of a cell's outputs by kind: stdout, stderr, text/plain, …, error."""
    texts: dict[str, list[str]] = {}
    for output in outputs:
        if output.output_type == "stream":
            texts.setdefault(output.name, []).append(output.text)
        elif output.output_type == "error":
            texts.setdefault("error", []).append(f"{output.ename}: {output.evalue}")
        for kind, text in output.get("data", {}).items():
            if kind.startswith("text/") and kind != "text/latex":
                texts.setdefault(kind, []).append(text)
    return {kind: sanitise("\n".join(parts)) for kind, parts in texts.items()}


def sanitise(text: str) -> str:
    """Take out what may differ: the rules of nbval_sanitize.cfg."""
    rules = configparser.RawConfigParser()
    rules.read(ROOT / "tests/nbval_sanitize.cfg")
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


def pick_line(stored: str, fresh: str, width: int = 200) -> tuple[str, str]:
    """Pick the first line that differs of two texts; of long lines, the part that differs."""
    pairs = zip_longest(stored.splitlines(), fresh.splitlines(), fillvalue="")
    was, now = next((pair for pair in pairs if pair[0] != pair[1]), (stored, fresh))
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False)))
    start = max(0, alike - width // 4)
    start = start if max(len(was), len(now)) > width else 0
    return was[start : start + width], now[start : start + width]


def run_message_tests() -> list[dict]:
    """Run tests/test_messages.py and return what failed."""
    command = [sys.executable, *PYTEST, "tests/test_messages.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)(?: - (.*))?", done.stdout, re.M)
    if done.returncode and not failed:
        failed = [("tests/test_messages.py", (done.stdout + done.stderr)[-300:])]
    return [describe(MESSAGES, name, "message test", "passes", problem) for name, problem in failed]


def main(output: str, chapters: str, *slugs: str) -> None:
    slugs = slugs or (*list_slugs(), MESSAGES)
    with ProcessPoolExecutor(2) as pool:  # two cores; the course's networks use one each
        found = pool.map(partial(compare_chapter, chapters=Path(chapters)), slugs)
        differences = [difference for chapter in found for difference in chapter]
    report = {"releases": read_releases(), "differences": differences}
    Path(output).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
