"""Open one issue about what `make matrix` found, or add to the one that is open.

    REPORT="$(python -m tests.matrix.shorten < _build/matrix.json)" \\
        python -m tests.matrix.issue RUN_URL

Needs GitHub's `gh` and Python's standard library alone. With an empty REPORT the matrix ended
without one, and the issue says that.
"""

import json
import os
import subprocess
import sys

LABEL = "matrix"


def write_issue(report: str, run: str) -> tuple[str, str]:
    """Write the issue's title and its text."""
    if not report.strip():
        return "make matrix ended without a report", f"See {run}\n"
    found = json.loads(report)
    return found["title"], f"{found['text']}\n{run}\n"


def run_gh(*arguments: str) -> str:
    done = subprocess.run(["gh", *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return done.stdout.strip()


def file_issue(title: str, text: str) -> None:
    """Open an issue with the label; where one is open, write below it instead."""
    listing = ("--label", LABEL, "--state", "open", "--json", "number", "--jq", ".[0].number")
    number = run_gh("issue", "list", *listing)
    if number:
        run_gh("issue", "comment", number, "--body", f"**{title}**\n\n{text}")
    else:
        run_gh("label", "create", LABEL, "--force", "--description", "what make matrix found")
        run_gh("issue", "create", "--title", title, "--label", LABEL, "--body", text)


if __name__ == "__main__":
    file_issue(*write_issue(os.environ["REPORT"], *sys.argv[1:]))
