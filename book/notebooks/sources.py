"""The chapters' sources: reading them, and keeping the two languages in step.

A source, chapters/src/NN_slug.md, is a MyST notebook. Prose cells carry {"lang", "id"} and come in
twins, Korean first; code cells carry an id and no language. Twins with {"hints": true} are no part
of the chapter: they say what the checker of the exercise above them may answer (hints.py).
chapters/src/twins.json remembers, for each pair, the text that someone last confirmed as saying the
same thing in both languages.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from book.course import CHAPTERS, LANGUAGES, list_slugs
from book.notebooks.marks import take_marks

PROSE = re.compile(r'^\+\+\+ \{.*?"lang": "(?P<lang>\w+)".*?"id": "(?P<id>[^"]+)"', re.MULTILINE)
ENTRY = re.compile(r"^(?:- id: |@\w+\{)(?P<id>[\w-]+)", re.MULTILINE)  # of glossary, bibliography


def find_sections(places: set[str], chapters: Path = CHAPTERS) -> dict[str, str | None]:
    """Find the section of each place, "slug/cell": the cell of the last heading up to there."""
    sections = dict.fromkeys(places)
    for slug in sorted({place.split("/")[0] for place in places} & set(list_slugs(chapters))):
        section = None
        for cell in read_source(slug, chapters):
            if cell["lang"] in LANGUAGES and list_headings(cell["text"]):
                section = cell["id"]
            if f"{slug}/{cell['id']}" in places:
                sections[f"{slug}/{cell['id']}"] = section
    return sections


def read_source(slug: str, chapters: Path = CHAPTERS) -> list[dict]:
    """Read a chapter's cells: {"id", "kind", "lang" (of prose), "text", "metadata", "marks"}.

    The text of prose and of alt texts is what readers see; `marks` holds the marks that stood in
    it (marks.py), by language: a prose cell's own, a code cell's of its two alt texts.
    """
    return [cell for cell in read_cells(slug, chapters) if "hints" not in cell["metadata"]]


def read_cells(slug: str, chapters: Path = CHAPTERS) -> list[dict]:
    """Read a source's cells, those with hints too."""
    text = (chapters / "src" / f"{slug}.md").read_text(encoding="utf-8")
    return [{**cell, "metadata": dict(cell["metadata"])} for cell in _parse(text)]


def read_marked(text: str, language: str, marks: dict) -> str:
    """Return what readers see of a text, and keep its marks under the language."""
    shown, marks[language] = take_marks(text)
    return shown


@cache
def _parse(text: str) -> list[dict]:
    import jupytext  # here: the site, which shares this module, is built without it

    cells = []
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        metadata = dict(cell.metadata)
        lang, text, marks = metadata.pop("lang", None), cell.source, {}
        if cell.cell_type == "markdown":
            text = read_marked(text, lang, marks)
        if "alt" in metadata:
            alts = metadata["alt"].items()
            metadata["alt"] = {name: read_marked(alt, name, marks) for name, alt in alts}
        cells.append(
            {
                "id": metadata.pop("id", ""),
                "kind": cell.cell_type,
                "lang": lang,
                "text": text,
                "metadata": metadata,
                "marks": marks,
            }
        )
    return cells


def find_lines(text: str, language: str) -> dict[str, int]:
    """Find the line, from 1, of a source on which each of a language's prose cells begins, by id.

    In a table, the line on which each entry begins, for both languages.
    """
    marks = [mark for mark in PROSE.finditer(text) if mark["lang"] == language]
    marks = marks or list(ENTRY.finditer(text))
    return {mark["id"]: text.count("\n", 0, mark.start()) + 1 for mark in marks}


def find_source_problems(slug: str, cells: list[dict]) -> list[str]:
    """Name every cell that breaks the source's rules: ids, twins, headings, alt texts."""
    problems = []
    seen = set()
    for cell in cells:
        name = f"{slug}:{cell['id'] or cell['text'][:30]!r}"
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", cell["id"]):
            problems.append(f"{name}: expected an id of a-z, 0-9 and '-', got {cell['id']!r}")
        if cell["kind"] == "markdown" and cell["lang"] not in LANGUAGES:
            problems.append(f"{name}: expected lang ko or en on a prose cell, got {cell['lang']!r}")
        if (cell["id"], cell["lang"]) in seen:
            problems.append(f"{name}: a second cell with this id and language")
        seen.add((cell["id"], cell["lang"]))
        alt = cell["metadata"].get("alt")
        if alt is not None and set(alt) != set(LANGUAGES):
            problems.append(f"{name}: expected an alt text in ko and en, got {sorted(alt)}")
    for number, cell in enumerate(cells):
        if cell["lang"] == "ko":
            follower = cells[number + 1] if number + 1 < len(cells) else {"id": "", "lang": None}
            if (follower["id"], follower["lang"]) != (cell["id"], "en"):
                problems.append(
                    f"{slug}:{cell['id']}: the Korean cell has no English twin after it"
                )
            elif list_headings(cell["text"]) != list_headings(follower["text"]):
                problems.append(
                    f"{slug}:{cell['id']}: the twins' headings differ in level or number"
                )
        elif cell["lang"] == "en":
            before = cells[number - 1] if number else {"id": "", "lang": None}
            if (before["id"], before["lang"]) != (cell["id"], "ko"):
                problems.append(
                    f"{slug}:{cell['id']}: the English cell has no Korean twin before it"
                )
    return problems


def hash_twins(cells: list[dict]) -> dict[str, dict[str, str]]:
    """Return {id: {"ko": hash, "en": hash}} for the prose of one source."""
    hashes: dict[str, dict[str, str]] = {}
    for cell in cells:
        if cell["lang"] in LANGUAGES:
            text = cell["text"].strip().encode()
            hashes.setdefault(cell["id"], {})[cell["lang"]] = hashlib.sha256(text).hexdigest()[:12]
    return hashes


def find_unconfirmed(slug: str, cells: list[dict], chapters: Path = CHAPTERS) -> list[str]:
    """Name every twin that was edited since the pair was last confirmed."""
    confirmed = load_confirmed(chapters).get(slug, {})
    problems = []
    for name, pair in hash_twins(cells).items():
        edited = [lang for lang in pair if confirmed.get(name, {}).get(lang) != pair[lang]]
        if edited:
            problems.append(
                f"{slug}:{name}: {' and '.join(edited)} edited since the twins were confirmed; "
                f"bring both in step, then: python -m book.notebooks --confirm {slug}"
            )
    return problems


def load_confirmed(chapters: Path = CHAPTERS) -> dict:
    """Load twins.json: {slug: {id: {"ko": hash, "en": hash}}}."""
    path = chapters / "src" / "twins.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def confirm_twins(slugs: list[str], chapters: Path = CHAPTERS) -> list[str]:
    """Remember the present texts of these chapters as in step; return what was new."""
    confirmed = load_confirmed(chapters)
    news = []
    for slug in slugs:
        cells = read_cells(slug, chapters)
        news += [line.split(": ")[0] for line in find_unconfirmed(slug, cells, chapters)]
        confirmed[slug] = hash_twins(cells)
    kept = {slug: confirmed[slug] for slug in sorted(confirmed) if slug in list_slugs(chapters)}
    text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
    (chapters / "src" / "twins.json").write_text(text, encoding="utf-8")
    return news


def list_headings(text: str) -> list[int]:
    """List the levels of the headings in a prose cell, outside fenced code."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [len(mark) for mark in re.findall(r"^(#+) ", outside, flags=re.MULTILINE)]
