"""searchindex.js as browsers fetch it: small. search_file.js takes it apart again."""

import json
from collections.abc import Iterable
from itertools import takewhile
from operator import eq
from pathlib import Path

from book.notebooks.glossary import list_other_names, load_glossary
from book.site.language import get_language


def shrink_index(app, error):
    """Write the index anew: in UTF-8, terms by their ends, pages and sections as signs."""
    path = Path(app.outdir) / "searchindex.js"
    if error or not path.exists():
        return
    index = json.loads(
        path.read_text(encoding="utf-8").removeprefix("Search.setIndex(").removesuffix(")")
    )
    terms = sorted(index["terms"])
    names = "".join(map(write_end, ["", *terms], terms))
    index["terms"] = [names, "\n".join(write_places(index["terms"][term]) for term in terms)]
    glossary = load_glossary(Path(app.srcdir, "chapters"))
    index["indexentries"] = list_entries(index["docnames"], glossary)
    whole = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.setIndex(spreadIndex({whole}))", encoding="utf-8")


def write_end(before: str, term: str) -> str:
    """Write a term after the one before it: a capital for what both begin with, and the rest."""
    shared = sum(takewhile(bool, map(eq, before[:25], term)))
    return chr(ord("A") + shared) + term[shared:]


def write_places(places: Iterable[tuple[int, int]]) -> str:
    """Write each page as a sign from 0 on, and its section from b on; the first section has none.

    Raises:
        ValueError: if there are more pages than signs before `a`.
    """
    text = ""
    for page, section in places:
        if page > ord("`") - ord("0"):
            raise ValueError(f"expected at most {ord('a') - ord('0')} pages, got number {page}")
        text += chr(ord("0") + page) + (chr(ord("a") + section) if section else "")
    return text


def list_entries(docnames: list[str], terms: list[dict]) -> list[list]:
    """List the glossary's entries: page, anchor, the pages that teach it, names, its own first."""
    entries = []
    for page, docname in enumerate(docnames):
        folder, _, name = docname.rpartition("/")
        for term in terms if name == "glossary" else ():
            language = get_language(docname)
            slugs = dict.fromkeys(place.split("/")[0] for place in term["where"])
            taught = write_places((docnames.index(f"{folder}/{slug}"), 0) for slug in slugs)
            names = dict.fromkeys([term[language], *list_other_names(term, language)])
            entries.append([page, term["id"], taught, *names])
    return entries


def setup(app):
    app.connect("build-finished", shrink_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
