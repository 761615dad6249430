"""searchindex.js as browsers fetch it: small. search_file.js takes it apart again."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile
from operator import eq

from book.notebooks.glossary import list_other_names
from book.site.language import get_language

Sections = list[tuple[str, str, Counter]]  # anchor, title, words with their counts
OFTEN = (2, 4, 8)  # a word that is so often in a section has a sign before the section's


def write_index(
    pages: Mapping[str, Sections], glossary: list[dict], taught: dict, left_out: Collection[str]
) -> str:
    """Write the index: words by their ends, and for each a sign for every section that has it.

    `taught` has for each entry of the glossary, page and anchor, the sections that teach it.
    """
    found = defaultdict(list)
    numbered = enumerate(section for sections in pages.values() for section in sections)
    for number, (_, _, words) in numbered:
        for word, count in words.items():
            if word not in left_out:
                # capitals are written_end()'s
                found[re.sub("[A-Z]", lambda capital: f"^{capital[0].lower()}", word)] += [
                    (number, count)
                ]
    terms = sorted(found)
    names = "".join(map(write_end, ["", *terms], terms))
    index = {
        "docnames": list(pages),
        "terms": [names, "\n".join(write_places(found[term]) for term in terms)],
        "alltitles": [[part[:2] for part in sections] for sections in pages.values()],
        "indexentries": list_entries(pages, glossary, taught),
    }
    whole = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return f"Search.setIndex(spreadIndex({whole}))"


def write_end(before: str, term: str) -> str:
    """Write a term after the one before it: a capital for what both begin with, and the rest."""
    shared = sum(takewhile(bool, map(eq, before[:25], term)))
    return chr(ord("A") + shared) + term[shared:]


def write_places(places: Iterable[tuple[int, int]]) -> str:
    """Write sections, each by its distance from the one before, from 0 on, and how often."""
    text, before = "", 0
    for number, count in places:
        often = sum(count >= least for least in OFTEN)
        text += "!#$"[often - 1 : often] + chr(ord("0") + number - before)
        before = number
    return text


def list_entries(pages: Mapping[str, Sections], terms: list[dict], taught: dict) -> list[list]:
    """List the glossary's entries: page, anchor, where it is taught, English name, names.

    The page's own name is the first of its language's.
    """
    places = [(page, anchor) for page, sections in pages.items() for anchor, *_ in sections]
    entries = []
    for number, page in enumerate(pages):
        for term in terms if page.endswith("/glossary") else ():
            language = get_language(page)
            sections = [places.index(place) for place in taught[page, term["id"]]]
            names = dict.fromkeys([term[language], *list_other_names(term, language)])
            entries.append([number, term["id"], sections, term["en"], *names])
    return entries
