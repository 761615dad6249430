"""The lists of chapters in _toc.yml, index.md and both READMEs, from the sources.

A chapter's title comes from its source, its number from the source's name. Around their lists the
pages are written by hand.
"""

import re
from pathlib import Path

from book.course import (
    CHAPTERS,
    COURSE,
    LANGUAGES,
    get_repository_url,
    list_pages,
    list_slugs,
    number_chapter,
)
from book.notebooks.sources import read_source

COLAB = "https://colab.research.google.com/github"
BADGES = {"ko": "Colab에서 열기", "en": "Open in Colab"}
BESIDE = re.compile(
    r"(?P<title>\((?P<notebook>chapters/(?P<language>\w+)/\w+\.ipynb)\) \|)[^|\n]*\|"
)


def read_title(slug: str, language: str, chapters: Path = CHAPTERS) -> str:
    """Read a chapter's title, the heading of its first cell."""
    title = next(c for c in read_source(slug, chapters) if c["lang"] == language)
    return title["text"].splitlines()[0].removeprefix("# ")


def derive_toc(_: str, chapters: Path) -> str:
    """Derive Jupyter Book's table of contents, all of it: every page of both languages."""
    lines = ["format: jb-book", "root: index", "parts:"]
    for language, name in LANGUAGES.items():
        lines += [f"  - caption: {name}", "    chapters:"]
        lines += [f"      - file: chapters/{language}/{page}" for page in list_pages(chapters)]
    return "\n".join([*lines, ""])


def derive_index(text: str, chapters: Path) -> str:
    """Derive the landing page's two lists, numbered as the chapters are."""
    for language in LANGUAGES:
        items = [
            f"{number_chapter(slug)}. [{read_title(slug, language, chapters)}]"
            f"(chapters/{language}/{slug})\n"
            for slug in list_slugs(chapters)
        ]
        text = replace_lines(text, rf"\d+\. \[.*\]\(chapters/{language}/.*\)", items)
    return text


def derive_readme(text: str, chapters: Path) -> str:
    """Derive a README's table: a chapter's number and, in either language, its title and Colab."""
    rows = []
    for slug in list_slugs(chapters):
        row = f"| {number_chapter(slug)} |"
        for language in LANGUAGES:
            row += (
                f" [{read_title(slug, language, chapters)}](chapters/{language}/{slug}.ipynb) | |"
            )
        rows.append(f"{row}\n")
    table = replace_lines(text, r"\| \d+ \| .*", rows)
    return readdress_badges(table, get_repository_url(chapters.parent))


def readdress_badges(readme: str, url: str) -> str:
    """Let the badges beside a README's notebooks open those of a repository; no badge without."""

    def write_badge(beside: re.Match) -> str:
        path = f"{url.removeprefix('https://github.com')}/blob/{COURSE}/{beside['notebook']}"
        badge = f" [![{BADGES[beside['language']]}][colab]]({COLAB}{path})" if url else ""
        return f"{beside['title']}{badge} |"

    return BESIDE.sub(write_badge, readme)


def replace_lines(text: str, pattern: str, lines: list[str]) -> str:
    """Replace the one run of lines that a pattern matches.

    Raises:
        ValueError: there is none, or more than one.
    """
    runs = list(re.finditer(rf"(?:^{pattern}\n)+", text, re.MULTILINE))
    if len(runs) != 1:
        raise ValueError(f"expected one list of chapters, got {len(runs)} of {pattern}")
    return text[: runs[0].start()] + "".join(lines) + text[runs[0].end() :]


READMES = ("README.md", "README.ko.md")
FRONT_PAGES = {
    "_toc.yml": derive_toc,
    "index.md": derive_index,
    **dict.fromkeys(READMES, derive_readme),
}


def write_front_pages(chapters: Path = CHAPTERS) -> None:
    """Bring the lists of the front pages that are there up to date."""
    for name, derive in FRONT_PAGES.items():
        path = chapters.parent / name
        if path.exists():
            before = path.read_text(encoding="utf-8")
            if (text := derive(before, chapters)) != before:
                path.write_text(text, encoding="utf-8")


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Name the front pages whose list is not what the sources give."""
    problems = []
    for name, derive in FRONT_PAGES.items():
        path = chapters.parent / name
        text = path.read_text(encoding="utf-8") if path.exists() else None
        try:
            if text is not None and derive(text, chapters) != text:
                problems.append(f"{name}: not what the sources give; run make prose")
        except ValueError as error:
            problems.append(f"{name}: {error}")
    return problems
