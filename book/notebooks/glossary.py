"""The glossary: one table, chapters/src/glossary.yml, and what is made of it.

Two pages, a notebook in each language: an entry a cell, whose id is the anchor in both. And links
in the chapters: a term's first use, where a chapter writes `변화도(gradient)`, as it does once,
leads to its entry, and so does the same word in the English twin. A term that is not written so,
since it has one name in both languages (ReLU, MNIST), is linked where the table says that the
course introduces it. Only running prose is linked: no heading, code, formula or question.
"""

import re
from functools import cache
from pathlib import Path

import yaml

from book.course import CHAPTERS, LANGUAGES, number_chapter
from book.notebooks.marks import take_marks
from book.notebooks.sources import find_sections

NAME = "glossary"
RECAP = "what-you-did"  # a chapter's last cell introduces nothing
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
NOT_PROSE = re.compile(
    r"^```.*?^```"  # code
    r'|^<div class="question">.*?^</div>'
    r"|^#+ .*?$"  # headings
    r"|^\|[^\n]*\n\|[-|: ]+\|$"  # a table's header
    r"|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`"
    r"|!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+"
    r"|<!--.*?-->|</?[a-zA-Z][^>]*>",
    re.MULTILINE | re.DOTALL,
)


def load_glossary(chapters: Path = CHAPTERS) -> list[dict]:
    """Load the table; a folder without one has no terms."""
    path = chapters / "src" / f"{NAME}.yml"
    return _parse(path.read_text(encoding="utf-8")) if path.exists() else []


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


def blank(match: re.Match) -> str:
    """Stand in for what is not to be read: as long, and no letter."""
    return "\0" * len(match[0])


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


def link_first_uses(slug: str, cells: list[dict], terms: list[dict]) -> list[dict]:
    """Return a chapter's cells with links from the first uses of terms to the glossary."""
    uses = find_first_uses(slug, cells, terms) if terms else {}
    linked = []
    for number, cell in enumerate(cells):
        text = cell["text"]
        for start, end, name in sorted(uses.get(number, []), reverse=True):
            text = f"{text[:start]}[{text[start:end]}]({NAME}.ipynb#{name}){text[end:]}"
        linked.append({**cell, "text": text})
    return linked


def find_first_uses(slug: str, cells: list[dict], terms: list[dict]) -> dict[int, list[tuple]]:
    """Find what to link: number of the cell → [(start, end, term's id)]."""
    texts = [NOT_PROSE.sub(blank, cell["text"]) for cell in cells]
    english = list_english_uses(cells, texts, terms)
    uses = {}
    for term in terms:
        found, place = find_korean_use(slug, cells, texts, term)
        if found is None:
            continue
        uses.setdefault(found, []).append((*place, term["id"]))
        # in the twin, which stands below it, or else further down
        for number, start, end, name in english:
            if number > found and name == term["id"]:
                uses.setdefault(number, []).append((start, end, name))
                break
    return uses


def find_korean_use(slug, cells, texts, term):
    """Find `변화도(gradient)`; or the bare word, in the cell that introduces it to the course."""
    words = "|".join(map(re.escape, list_forms(term, "ko")))
    latin = {form.lower() for form in list_forms(term, "en")}
    for number, cell in enumerate(cells):
        if cell["lang"] == "ko":
            pattern = rf"(?<![가-힣])({words})\*{{0,2}}\(([A-Za-z][^)]*)\)"
            for match in re.finditer(pattern, texts[number]):
                if latin & {part.strip().lower() for part in match[2].split(",")}:
                    return number, match.span(1)
    for number, cell in enumerate(cells):
        if cell["lang"] == "ko" and f"{slug}/{cell['id']}" == term["where"][0]:
            match = re.search(rf"(?<![가-힣A-Za-z])({words})(?![A-Za-z-])", texts[number])
            if match:
                return number, match.span(1)
    return None, None


def list_english_uses(cells, texts, terms) -> list[tuple]:
    """List every use of a term in the English text, in order: (cell's number, start, end, id)."""
    names = {form.lower(): term["id"] for term in terms for form in list_forms(term, "en")}
    # longer ones first: the "loss" of "loss function" is no use of "loss"
    forms = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w-])({forms})(?:s|es)?(?![\w-])", re.IGNORECASE)
    return [
        (number, *match.span(), names[match[1].lower()])
        for number, cell in enumerate(cells)
        if cell["lang"] == "en" and cell["id"] != RECAP
        for match in pattern.finditer(texts[number])
    ]


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
