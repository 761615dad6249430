"""The bibliography: one table, chapters/src/references.bib, and the two pages made of it.

pybtex, which Sphinx's own extension for BibTeX is built on, reads the table and words the entries.
That extension's roles would stand raw in Colab and on GitHub, and its citations may stand only once
in a build, which holds two languages. So a chapter cites with a link, [LeCun 외, 1998](references.
ipynb#lecun1998), and the pages are notebooks, an entry a cell, whose id is the anchor.
"""

import re
from pathlib import Path

from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.plugin import find_plugin

from book.course import CHAPTERS, LANGUAGES, list_slugs, number_chapter
from book.notebooks.sources import find_sections, read_source

NAME = "references"
CITATION = re.compile(rf"\[([^\]]+)\]\({NAME}\.ipynb#([^)]+)\)")
TITLES = {"ko": "참고 문헌", "en": "References"}
ABOUT = {
    "ko": (
        "이 책이 기댄 논문과 문서입니다. 본문에서 지은이와 해를 누르면 여기로 옵니다. "
        "항목 끝의 링크는 인용한 절로 돌아갑니다."
    ),
    "en": (
        "The papers and documents that this book leans on. A click on author and year in the text "
        "leads here; the links below an entry lead back to the sections that cite it."
    ),
}
WORDS = {"ko": ("{} 외", "{}장"), "en": ("{} et al.", "Chapter {}")}


def load_references(chapters: Path = CHAPTERS) -> BibliographyData:
    """Load the table; a folder without one has no entries."""
    path = chapters / "src" / f"{NAME}.bib"
    return parse_file(path, bib_format="bibtex") if path.exists() else BibliographyData()


def name_authors(entry: Entry, language: str) -> str:
    """Name an entry's authors as a citation does: LeCun 외, Glorot and Bengio, CUDA guide."""
    if f"cited-{language}" in entry.fields:
        return entry.fields[f"cited-{language}"]
    last = [" ".join(person.last_names).strip("{}") for person in entry.persons["author"]]
    if len(last) > 2 or last[-1] == "others":
        return WORDS[language][0].format(last[0])
    return " and ".join(last)


def cite(entry: Entry, language: str) -> list[str]:
    """List the forms in which a text may cite an entry; the first heads it on the page."""
    authors = name_authors(entry, language)
    if "year" not in entry.fields:
        return [authors]
    year = entry.fields["year"]
    space = "" if language == "ko" else " "
    return [f"{authors}, {year}", f"{authors}{space}({year})"]


def write_page(data: BibliographyData, language: str, chapters: Path = CHAPTERS) -> list[dict]:
    """Write the page as cells, {"id", "text"}: the title, then the entries by author and year."""
    cells = [{"id": "title", "text": f"# {TITLES[language]}\n\n{ABOUT[language]}"}]
    places = find_citations(language, chapters)
    style = find_plugin("pybtex.style.formatting", "unsrt")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries = sorted(data.entries.items(), key=lambda item: cite(item[1], "en")[0].casefold())
    for key, entry in entries:  # in both languages in the same order
        (formatted,) = style.format_entries([entry])
        # the words that pybtex puts a backslash before would do without, but for * _ and brackets
        text = re.sub(r"\\([-.()+#!])", r"\1", formatted.text.render(backend)).replace("\n", " ")
        links = [
            f"[{WORDS[language][1].format(number_chapter(slug))}]({slug}.ipynb#{section})"
            for slug, section in places.get(key, [])
        ]
        notes = " ".join([entry.fields[language], " · ".join(links)])
        cells.append({"id": key, "text": f"## {cite(entry, language)[0]}\n\n{text}\n\n{notes}"})
    return cells


def list_citations(language: str, chapters: Path = CHAPTERS) -> list[tuple[str, str, str, str]]:
    """List every citation of the chapters' prose in order: (slug, cell, words, key)."""
    return [
        (slug, cell["id"], *found)
        for slug in list_slugs(chapters)
        for cell in read_source(slug, chapters)
        if cell["lang"] == language
        for found in CITATION.findall(cell["text"])
    ]


def find_citations(language: str, chapters: Path = CHAPTERS) -> dict[str, list[tuple[str, str]]]:
    """Find where each entry is cited: key → [(slug, section)], each chapter once."""
    cited = list_citations(language, chapters)
    sections = find_sections({f"{slug}/{cell}" for slug, cell, *_ in cited}, chapters)
    places = {}
    for slug, cell, _, key in cited:
        places.setdefault(key, {}).setdefault(slug, sections[f"{slug}/{cell}"])
    return {key: list(found.items()) for key, found in places.items()}


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Name citations that lead to no entry or word it otherwise, and entries that nobody cites."""
    problems = []
    data = load_references(chapters)
    if not data.entries:
        return []
    for language in LANGUAGES:
        cited = list_citations(language, chapters)
        for slug, cell, words, key in cited:
            if key not in data.entries:
                problems.append(f"{slug}:{cell}: no entry {key!r} in {NAME}.bib")
            elif words not in cite(data.entries[key], language):
                wanted = " or ".join(cite(data.entries[key], language))
                problems.append(f"{slug}:{cell}: {key} is cited as {words!r}, wanted {wanted}")
        missing = set(data.entries) - {key for *_, key in cited}
        problems += [f"{NAME}.bib:{key}: cited nowhere in {language}" for key in sorted(missing)]
    return problems
