"""The tables of faults: reading them, and planting one in a copy of the project.

A kind of fault has a table beside this file, KIND.yml, whose rows are

    - name: what is wrong, in words
      file: lenet_course/model.py
      old: text that stands there once
      new: what stands there instead
      tests: [tests/test_model.py]  # the arguments of pytest that could know

In place of file, old and new a row may hold `edits`, a list of such. With `regex: true`, `old` is a
regular expression and `new` its replacement. `derive: 00_welcome` names the chapter that an
inattentive author then confirms and derives, without executing it; `derive: tables` the glossary
and the bibliography; with `execute: true` the chapter is executed, too. Where a file is no text, a
row has a `script` of Python in place of an edit, which runs in the copy. In a sentence ‹ and ›
stand for the ends of a mark such as [78.0]{share-of-each:7}, which may be there and then stays.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
KINDS = sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_faults(kind: str) -> list[dict]:
    """Load a kind's table."""
    rows = yaml.safe_load((FOLDER / f"{kind}.yml").read_text(encoding="utf-8"))
    return [{**row, "kind": kind} for row in rows]


def list_edits(fault: dict) -> list[dict]:
    """List what a fault changes: {"file", "old", "new"}, and "regex" where `old` is one."""
    return fault.get("edits") or [fault][: "file" in fault]


def read_pattern(edit: dict) -> tuple[str, str]:
    """The regular expression of what is replaced, and the replacement."""
    old, new = edit["old"], edit["new"]
    if edit.get("regex"):
        return old, new
    pattern = re.escape(old).replace("‹", r"(\[?)").replace("›", r"((?:\]\{[^}]*\})?)")
    places = iter(range(1, 100))
    return pattern, re.sub("[‹›]", lambda _: rf"\g<{next(places)}>", new.replace("\\", r"\\"))


def plant(fault: dict, root: Path) -> None:
    """Plant a fault in a copy of the project.

    Raises:
        ValueError: the text to be replaced does not stand in the file exactly once.
    """
    for edit in list_edits(fault):
        path = root / edit["file"]
        text = path.read_text(encoding="utf-8")
        planted, count = re.subn(*read_pattern(edit), text, flags=re.MULTILINE)
        if count != 1 or planted == text:
            raise ValueError(
                f"{fault['kind']}, {fault['name']}: expected {edit['old']!r} once in "
                f"{edit['file']}, got {count}"
            )
        path.write_text(planted, encoding="utf-8")
    if "script" in fault:
        subprocess.run([sys.executable, "-c", fault["script"]], cwd=root, check=True)
