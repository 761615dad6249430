"""What the checkers may answer: written under each exercise, derived into a file of the package.

Below an exercise's code stand twins with {"hints": true}, a list of `- key: sentence`. The key
`right` is what a right answer is told, every other key names a mistake.
"""

import itertools
import json
import re
from pathlib import Path

from book.course import CHAPTERS, LANGUAGES, list_slugs
from book.notebooks.sources import read_cells

LINE = re.compile(r"- (\w+): (.+)")


def locate(chapters: Path = CHAPTERS) -> Path:
    return chapters.parent / "lenet_course/exercises/hints.json"


def read_hints(chapters: Path = CHAPTERS) -> dict[str, dict[str, dict[str, str]]]:
    """Read the hints of all chapters: {checker: {key: {"ko", "en"}}}.

    Raises:
        ValueError: a line that is no hint, hints that follow no exercise, or a key that one of the
            languages lacks.
    """
    found = {}
    for slug in list_slugs(chapters):
        checker = None
        for cell in read_cells(slug, chapters):
            if cell["metadata"].get("exercise"):
                checker = re.findall(r"^(check_\w+)\(", cell["text"], re.M)[-1]
            elif "hints" not in cell["metadata"]:
                checker = None
            elif checker is None:
                raise ValueError(f"{slug}:{cell['id']}: expected hints below an exercise's code")
            else:
                for line in cell["text"].splitlines():
                    if not (match := LINE.fullmatch(line)):
                        raise ValueError(f"{slug}:{cell['id']}: expected '- key: …', got {line!r}")
                    words = found.setdefault(checker, {}).setdefault(match[1], {})
                    words[cell["lang"]] = match[2]
    for checker, table in found.items():
        if alone := [key for key, words in table.items() if len(words) != 2]:
            raise ValueError(f"{checker}: expected hints in ko and en, got one for {alone}")
    return found


def derive_hints(chapters: Path = CHAPTERS) -> str:
    """Derive the package's file. Same sources, same bytes."""
    return json.dumps(read_hints(chapters), ensure_ascii=False, indent=1) + "\n"


def write_hints(chapters: Path = CHAPTERS) -> None:
    """Write the package's file.

    Raises:
        ValueError: a sentence that stood under one key stands under another, though both are left.
    """
    path = locate(chapters)
    if not path.parent.exists():  # chapters of a test have no package beside them
        return
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if moved := find_moved(before, read_hints(chapters)):
        raise ValueError(
            f"expected each hint under its own key, got others' under {moved}; "
            f"if that is meant, delete {path.name} first"
        )
    path.write_text(derive_hints(chapters), encoding="utf-8")


def find_moved(before: dict, after: dict) -> list[str]:
    """Find the keys, "checker:key:language", that have a sentence which another one had before."""
    moved = []
    for checker in before.keys() & after.keys():
        kept = before[checker].keys() & after[checker].keys()
        for key, language in itertools.product(sorted(kept), LANGUAGES):
            others = [before[checker][other][language] for other in kept - {key}]
            if after[checker][key][language] in others:
                moved.append(f"{checker}:{key}:{language}")
    return moved


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Say whether the package's file is not what the sources give."""
    path = locate(chapters)
    if not path.parent.exists() or path.read_text(encoding="utf-8") == derive_hints(chapters):
        return []
    return [f"{path.name}: not what the sources give; run make prose"]
