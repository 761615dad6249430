"""Compare the chapters under the lowest supported releases and the newest: `make matrix`.

    python -m tests.matrix [NN_slug … messages] [--lowest PYTHON] [--newest PYTHON] [--record]

Two environments, in _build/matrix: the lower bounds of pyproject.toml with the lowest Python on the
PATH, the newest of all with the newest Python. What differs from the stored outputs is traced to a
release by exchanging one package after another for the release in tests/releases.txt, the last set
with which nothing new differed. Tables go to _build/matrix.md and .json; exit code 1 on news.
"""

import argparse
import json
import sys

from book.course import ROOT
from tests.matrix.causes import find_causes
from tests.matrix.environments import exchange, find_pythons, install, pin_lowest, read_requirements
from tests.matrix.report import list_new, write_report

RELEASES = ROOT / "tests/releases.txt"


def read_good() -> dict[str, str]:
    lines = RELEASES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def record(releases: dict[str, str]) -> None:
    """Write down the releases with which nothing differs."""
    head = [line for line in RELEASES.read_text(encoding="utf-8").splitlines() if "==" not in line]
    RELEASES.write_text(
        "\n".join([*head, *(f"{n}=={releases[n]}" for n in read_good())]) + "\n", encoding="utf-8"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("chapters", nargs="*", metavar="NN_slug", help="all, or these alone")
    for name in ("lowest", "newest"):
        words = f"the Python of this environment; without it the {name} on the PATH"
        parser.add_argument(f"--{name}", metavar="PYTHON", help=words)
    parser.add_argument(
        "--record", action="store_true", help="where nothing new differs, note the newest"
    )
    options = parser.parse_args()
    requirements, pythons = read_requirements(), find_pythons()
    newest = [str(r) if name == "pytest" else name for name, r in requirements.items()]
    environments = {
        "lowest": install("lowest", options.lowest or pythons[0], pin_lowest(requirements)),
        "newest": install("newest", options.newest or pythons[-1], newest),
    }
    reports = {
        name: environment.compare(options.chapters) for name, environment in environments.items()
    }
    good = read_good()

    def compare(name, packages, chapters):
        kept = reports[name]["releases"]
        exchanged = exchange(environments[name], packages, good, kept)
        return exchanged and exchanged.compare(chapters)

    find_causes(reports, good, compare)
    text, new = write_report(reports, list(good)), list_new(reports)
    (ROOT / "_build/matrix.md").write_text(text, encoding="utf-8")
    (ROOT / "_build/matrix.json").write_text(
        json.dumps({"reports": reports, "new": new, "text": text}), encoding="utf-8"
    )
    print(text)
    if options.record and not options.chapters and not list_new({"newest": reports["newest"]}):
        record(reports["newest"]["releases"])
    return bool(new)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    sys.exit(main())
