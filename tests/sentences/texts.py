"""The texts that the tests of sentences read: prose cells, alt texts, entries of the glossary."""

import re
from typing import NamedTuple

from book.course import LANGUAGES, list_slugs
from book.notebooks.glossary import load_glossary
from book.notebooks.marks import Mark
from book.notebooks.sources import read_cells, read_source

GLOSSARY = "glossary"
# what is a name in the plain text of a hint: with a dot, brackets, an underscore, or torch's own
NAMED = re.compile(
    r"[A-Za-z_]\w*(?:[.(][\w.()]*[\w)])|[A-Za-z]*_\w+|\b(?:AccumulateGrad|Addmm|LayerNorm|amax"
    r"|keepdim|nn|eps)\b|\{\w+(?::[^}]*)?\}|conv\d|//?(?=[가-힣])"
)


class Text(NamedTuple):
    """A text in one language: what readers see, its marks, and the chapter it belongs to."""

    slug: str
    name: str  # the cell, "cell.alt", or the glossary's entry
    language: str
    text: str
    marks: list[Mark]


def list_texts(slug: str) -> list[Text]:
    """List the texts of a chapter, or of the glossary, in both languages."""
    if slug == GLOSSARY:
        return [
            Text(slug, term["id"], language, term["text"][language], term["marks"][language])
            for term in load_glossary()
            for language in LANGUAGES
        ]
    texts = []
    for cell in read_source(slug):
        if cell["kind"] == "markdown":
            marks = cell["marks"][cell["lang"]]
            texts.append(Text(slug, cell["id"], cell["lang"], cell["text"], marks))
        for language, alt in cell["metadata"].get("alt", {}).items():
            marks = cell["marks"][language]
            texts.append(Text(slug, f"{cell['id']}.alt", language, alt, marks))
    return texts


def list_hints(slug: str) -> list[Text]:
    """List what the checkers of a chapter may say, line by line, with names marked as code."""
    return [
        Text(slug, cell["id"], cell["lang"], NAMED.sub(r"`\g<0>`", line.partition(": ")[2]), [])
        for cell in read_cells(slug)
        if "hints" in cell["metadata"]
        for line in cell["text"].splitlines()
    ]


ALL = [*list_slugs(), GLOSSARY]
