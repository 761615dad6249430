"""Links in the chapters: the first use of a term leads to its entry in the glossary.

A term's first use is where a chapter writes `변화도(gradient)`, as it does once, and the same word
in the English twin. A term that is not written so, since it has one name in both languages (ReLU,
MNIST), is linked where the table says that the course introduces it. Only running prose is linked:
no heading, code, formula or question.
"""

import re

from book.notebooks.glossary import NAME, list_forms

RECAP = "what-you-did"  # a chapter's last cell introduces nothing
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


BRACKETS = re.compile(r"\(([A-Za-z][^)]*)\)")


def blank(match: re.Match) -> str:
    """Stand in for what is not to be read: as long, and no letter."""
    return "\0" * len(match[0])


def link_first_uses(slug: str, cells: list[dict], terms: list[dict]) -> list[dict]:
    """Return a chapter's cells with links from the first uses of terms to the glossary."""
    uses = find_first_uses(slug, cells, terms) if terms else {}
    linked = []
    for number, cell in enumerate(cells):
        text = cell["text"]
        for start, end, name in sorted(uses.get(number, []), reverse=True):
            if text[start - 2 : start] == text[end : end + 2] == "**":
                start, end = start - 2, end + 2  # `)**은` would not end what is bold
            text = f"{text[:start]}[{text[start:end]}]({NAME}.ipynb#{name}){text[end:]}"
        linked.append({**cell, "text": text})
    return linked


def find_first_uses(slug: str, cells: list[dict], terms: list[dict]) -> dict[int, list[tuple]]:
    """Find what to link: number of the cell → [(start, end, term's id)]."""
    texts = [NOT_PROSE.sub(blank, cell["text"]) for cell in cells]
    english = list_english_uses(cells, texts, terms)
    bracketed = set().union(*(split(found) for found in BRACKETS.findall("\n".join(texts))))
    uses = {}
    for term in terms:
        found, place = find_korean_use(slug, cells, texts, term, bracketed)
        if found is None:
            continue
        uses.setdefault(found, []).append((*place, term["id"]))
        # in the twin, which stands below it, or else further down
        for number, start, end, name in english:
            if number > found and name == term["id"]:
                uses.setdefault(number, []).append((start, end, name))
                break
    return uses


def split(bracket: str) -> set[str]:
    """The names in a bracket, as `(kernel, filter)` has two."""
    return {part.strip().lower() for part in bracket.split(",")}


def find_korean_use(slug, cells, texts, term, bracketed):
    """Find `변화도(gradient)`; or the bare word, in the cell that introduces it to the course.

    Args:
        bracketed: the names that stand in brackets anywhere in the chapter; most terms' do not.
    """
    words = "|".join(map(re.escape, list_forms(term, "ko")))
    latin = {form.lower() for form in list_forms(term, "en")}
    pattern = rf"(?<![가-힣])({words})\*{{0,2}}{BRACKETS.pattern}"
    for number, cell in enumerate(cells if latin & bracketed else []):
        if cell["lang"] == "ko":
            for match in re.finditer(pattern, texts[number]):
                if latin & split(match[2]):
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
