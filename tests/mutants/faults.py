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
row has a `script` of Python in place of an edit, which runs in the copy. A sentence is written as
readers see it; marks such as [78.0]{share-of-each:7} stay around what is replaced.
"""

import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
PROSE = (".md", ".yml")
MARKED = re.compile(  # a mark, whose words are its first group; or code, in which there are none
    r"\[((?:`[^`\n]*`|[^\[\]\n]|\[[^\[\]\n]*\])+)\]\{[^{}\n]+\}|`[^`\n]+`"
)
KINDS = sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_faults(kind: str) -> list[dict]:
    """Load a kind's table."""
    rows = yaml.safe_load((FOLDER / f"{kind}.yml").read_text(encoding="utf-8"))
    return [{**row, "kind": kind} for row in rows]


def list_edits(fault: dict) -> list[dict]:
    """List what a fault changes: {"file", "old", "new"}, and "regex" where `old` is one."""
    return fault.get("edits") or [fault][: "file" in fault]


def list_shown(text: str) -> list[int]:
    """List where each letter that a reader sees stands: those of a mark's brackets are left out."""
    hidden = set()
    for match in MARKED.finditer(text):
        if match[1] is not None:
            hidden |= {match.start(), *range(match.end(1), match.end())}
    return [place for place in range(len(text)) if place not in hidden]


def replace_shown(text: str, old: str, new: str, places: list[int]) -> tuple[str, int]:
    """Replace what is shown, marks stay where they are; return the text, and how often it was."""
    shown = "".join(text[place] for place in places)
    if shown.count(old) != 1:
        return text, shown.count(old)
    letters, places = list(text), places[shown.index(old) :]
    for tag, start, end, *part in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            for place in places[start:end]:
                letters[place] = ""
            letters[places[start]] = new[slice(*part)] + letters[places[start]]
    return "".join(letters), 1


def plant(fault: dict, root: Path) -> None:
    """Plant a fault in a copy of the project.

    Raises:
        ValueError: the text to be replaced does not stand in the file exactly once.
    """
    for edit in list_edits(fault):
        path, old, new = root / edit["file"], edit["old"], edit["new"]
        text = path.read_text(encoding="utf-8")
        if edit.get("regex"):
            planted, count = re.subn(old, new, text, flags=re.MULTILINE)
        else:
            places = list_shown(text) if path.suffix in PROSE else list(range(len(text)))
            planted, count = replace_shown(text, old, new, places)
        if count != 1 or planted == text:
            raise ValueError(
                f"{fault['kind']}, {fault['name']}: expected {old!r} once in "
                f"{edit['file']}, got {count}"
            )
        path.write_text(planted, encoding="utf-8")
    if "script" in fault:
        subprocess.run([sys.executable, "-c", fault["script"]], cwd=root, check=True)
