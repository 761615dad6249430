"""The texts that the tests of sentences read: prose cells, alt texts, entries of the glossary."""

from typing import NamedTuple

from book.glossary import load_glossary
from book.marks import Mark
from book.sources import LANGUAGES, list_slugs, read_source

# about to be rewritten: their sentences are read by the lints, their numbers carry no marks yet
NOT_YET_COVERED = [
    "04_measure_the_loss",
    "05_send_it_backward",
    "06_update_the_weights",
    "07_train_on_real_digits",
    "08_use_a_gpu",
    "09_many_machines",
]
GLOSSARY = "glossary"


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


ALL = [*list_slugs(), GLOSSARY]
COVERED = [slug for slug in ALL if slug not in NOT_YET_COVERED]
