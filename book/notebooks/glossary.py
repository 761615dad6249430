"""The glossary: one table, chapters/src/glossary.yml, and the two pages that are made of it.

A page is a notebook in each language: an entry a cell, whose id is the anchor in both.
"""

import re
from functools import cache
from pathlib import Path

import yaml

from book.course import CHAPTERS, LANGUAGES, number_chapter
from book.notebooks.marks import take_marks
from book.notebooks.sources import find_sections

NAME = "glossary"
INITIALS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"  # doubled ones stand with the single
LATIN = "A – Z"  # on the Korean page, after ㅎ
TITLES = {"ko": "용어집", "en": "Glossary"}
ABOUT = {
    "ko": (
        "이 책에 나오는 말을 가나다순으로 모았습니다. 이 책은 한 가지를 한 낱말로 부릅니다. "
        "다른 글에서는 다르게 부르기도 하므로, 그런 말도 함께 적었습니다.\n\n"
        "항목 끝의 링크는 그 말을 설명하는 절로 이어집니다."
    ),
    "en": (
        "The words of this book in alphabetical order, with what each is called in Korean. The "
        "book uses one word for one idea; where other texts use another, the entry names it too."
        "\n\n"
        "The links below an entry lead to the sections that explain it."
    ),
}
WORDS = {
    "ko": {"where": "{}장", "also": "다른 글에서는 {}", "see": "함께 볼 말: {}"},
    "en": {"where": "Chapter {}", "also": "Elsewhere: {}", "see": "See also: {}"},
}


def load_glossary(chapters: Path = CHAPTERS) -> list[dict]:
    """Load the table; a folder without one has no terms.

    Raises:
        ValueError: it is no YAML.
    """
    path = chapters / "src" / f"{NAME}.yml"
    try:
        return _parse(path.read_text(encoding="utf-8")) if path.exists() else []
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from error


@cache
def _parse(text: str) -> list[dict]:
    """The table's entries; the marks of their texts (marks.py) stand apart, by language."""
    terms = yaml.safe_load(text)
    for term in terms:
        taken = {language: take_marks(words) for language, words in term["text"].items()}
        term["text"] = {language: shown for language, (shown, _) in taken.items()}
        term["marks"] = {language: marks for language, (_, marks) in taken.items()}
    return terms


def list_forms(term: dict, language: str) -> list[str]:
    """List the forms of a term in which a language's text has it, the longest first."""
    forms = [term[language], *term.get("forms", [])]
    hangul = [form for form in forms if re.search("[가-힣]", form)]
    latin = [form for form in forms if form not in hangul]
    own = (hangul or latin) if language == "ko" else latin
    return sorted(own, key=len, reverse=True)


def list_other_names(term: dict, language: str) -> list[str]:
    """List what a term is called elsewhere, each name once."""
    also = term.get("also", {}).get(language, [])
    return list(dict.fromkeys([*also, *(term.get("not", []) if language == "ko" else [])]))


def write_page(terms: list[dict], language: str, chapters: Path = CHAPTERS) -> list[dict]:
    """Write the page as cells, {"id", "text"}: the title, then letters and their terms."""
    cells = [{"id": "title", "text": f"# {TITLES[language]}\n\n{ABOUT[language]}"}]
    by_id = {term["id"]: term for term in terms}
    sections = find_sections({place for term in terms for place in term["where"]}, chapters)
    letter = None
    for term in sorted(terms, key=lambda term: make_sort_key(term[language])):
        if find_letter(term[language], language) != letter:
            letter = find_letter(term[language], language)
            name = f"letter-{ord(letter[0].lower()):x}"
            cells.append({"id": name, "text": f"## {letter}"})
        cells.append({"id": term["id"], "text": write_entry(term, by_id, language, sections)})
    return cells


def make_sort_key(word: str) -> tuple:
    """Sort Hangul before Latin, as Korean dictionaries do, and Latin without regard to case."""
    return not re.match("[가-힣]", word), word.casefold()


def find_letter(word: str, language: str) -> str:
    """Find the letter under which a word stands; on the Korean page Latin words stand together."""
    if "가" <= word[0] <= "힣":
        return INITIALS[(ord(word[0]) - ord("가")) // 588]
    return LATIN if language == "ko" else word[0].upper()


def write_entry(term: dict, by_id: dict, language: str, sections: dict) -> str:
    """Write one entry in Markdown: the word, what it means, where it is taught, its other names."""
    words = WORDS[language]
    heading = term[language]
    if language == "ko" and term["en"] != term["ko"]:
        heading += f"({term['en']})"
    first = {}  # of each chapter
    for place in term["where"]:
        first.setdefault(place.split("/")[0], sections[place])
    notes = [
        f"[{words['where'].format(number_chapter(slug))}]({slug}.ipynb#{section})"
        for slug, section in sorted(first.items())
    ]
    if language == "en" and term["ko"] != term["en"]:
        notes.append(f"Korean: {term['ko']}")
    if also := list_other_names(term, language):
        notes.append(words["also"].format(", ".join(also)))
    if "see" in term:
        links = [f"[{by_id[name][language]}]({NAME}.ipynb#{name})" for name in term["see"]]
        notes.append(words["see"].format(", ".join(links)))
    return f"### {heading}\n\n{term['text'][language].strip()}\n\n{' · '.join(notes)}"


def find_problems(chapters: Path = CHAPTERS) -> list[str]:
    """Name what is wrong in the table: an id twice, a chapter or an entry that is not there."""
    problems = []
    terms = load_glossary(chapters)
    ids = [term["id"] for term in terms]
    sections = find_sections({place for term in terms for place in term["where"]}, chapters)
    for term in terms:
        name = f"{NAME}.yml:{term['id']}"
        if ids.count(term["id"]) > 1:
            problems.append(f"{name}: a second entry with this id")
        missing = [other for other in term.get("see", []) if other not in ids]
        problems += [f"{name}: no entry {other!r}" for other in missing]
        problems += [f"{name}: no text in {lang}" for lang in LANGUAGES if lang not in term["text"]]
        problems += [f"{name}: no cell {place!r}" for place in term["where"] if not sections[place]]
    return problems
