"""What the course consists of and where it lives. Needs Python's standard library alone."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
LANGUAGES = {"ko": "한국어", "en": "English"}  # what each calls itself
TABLES = {"glossary": "glossary.yml", "references": "references.bib"}  # pages made from a table
COURSE = "course"  # the branch that moves only when its tests were green: publish.yml


def list_slugs(chapters: Path = CHAPTERS) -> list[str]:
    """Return the chapters' slugs in order."""
    return sorted(path.stem for path in (chapters / "src").glob("[0-9]*.md"))


def list_pages(chapters: Path = CHAPTERS) -> list[str]:
    """Return the names of a language's pages in order: the chapters, and those made from tables."""
    return [*list_slugs(chapters), *TABLES]


def list_paths(chapters: Path = CHAPTERS) -> list[str]:
    """Return the pages of both languages as paths without an ending, chapters/ko/00_welcome."""
    return [
        f"chapters/{language}/{name}" for language in LANGUAGES for name in list_pages(chapters)
    ]


def name_source(page: str) -> str:
    """Return the path of what a page is made from, for 00_welcome chapters/src/00_welcome.md."""
    return f"chapters/src/{TABLES.get(page, f'{page}.md')}"


def number_chapter(slug: str) -> int:
    """Return a chapter's number."""
    return int(slug[:2])


def get_repository_url(root: Path = ROOT) -> str:
    """Return `repository.url` of _config.yml, the one place that names it; "" until it does."""
    config = (root / "_config.yml").read_text(encoding="utf-8")
    return re.search(r'^  url: "?([^"\s]*)', config, re.M)[1]


def derive_address(repository_url: str) -> str:
    """Derive the address that GitHub Pages gives a repository's site."""
    owner, name = repository_url.rstrip("/").split("/")[-2:]
    host = f"{owner}.github.io".lower()
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
