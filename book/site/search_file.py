"""searchindex.js as browsers fetch it: small. search_file.js takes it apart again."""

import json
from collections.abc import Iterable
from itertools import takewhile
from operator import eq
from pathlib import Path

from book.notebooks.glossary import load_glossary


def shrink_index(app, error):
    """Write the index anew: in UTF-8, terms by their ends, pages and sections as signs."""
    path = Path(app.outdir) / "searchindex.js"
    if error or not path.exists():
        return
    index = json.loads(path.read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    terms = sorted(index["terms"])
    names = "".join(map(write_end, ["", *terms], terms))
    index["terms"] = [names, "\n".join(write_places(index["terms"][term]) for term in terms)]
    index["indexentries"] = list_entries(index, load_glossary(Path(app.srcdir, "chapters")))
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


def list_entries(index: dict, terms: list[dict]) -> list[list]:
    """List the glossary's entries: page, anchor, the pages that teach it, names, its own first."""
    names, docnames = {}, index["docnames"]
    for name, places in index["indexentries"].items():
        for page, entry, is_own in places:
            others = names.setdefault((page, entry), [])
            others.insert(0 if is_own else len(others), name)
    slugs = {term["id"]: [place.split("/")[0] for place in term["where"]] for term in terms}
    entries = []
    for (page, entry), found in names.items():
        folder = docnames[page].rpartition("/")[0]
        taught = dict.fromkeys(f"{folder}/{slug}" for slug in slugs[entry])
        pages = write_places((docnames.index(name), 0) for name in taught)
        entries.append([page, entry, pages, *found])
    return entries


def setup(app):
    app.connect("build-finished", shrink_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
