"""The search's index: what is found comes in the order of how much it speaks of what was asked.

Leans on Sphinx 7's `get_terms` of the index.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx.search import SearchLanguage

from book.notebooks.glossary import list_other_names, load_glossary
from book.site.language import get_language, is_chapter

HEADING = 10  # a word in a heading counts as much as so many in the text,
EARLY = 5  # and the first one, if it opens the page, as so many more


def order_pages(app):
    """Let the index list each term's pages in the order of how much they speak of it."""
    indexer = app.builder.indexer
    if indexer is None:  # a builder without search
        return ()
    doctrees = {page: app.env.get_doctree(page) for page in app.env.all_docs if is_chapter(page)}
    weights = {page: weigh_terms(indexer.lang, tree) for page, tree in doctrees.items()}
    read_terms = indexer.get_terms

    def get_terms(numbers):
        pages = {number: page for page, number in numbers.items()}
        merged = {}
        for terms in read_terms(numbers):
            for term, found in terms.items():
                merged.setdefault(term, set()).update([found] if isinstance(found, int) else found)
        for term, found in merged.items():
            # the bibliography's words are left out: authors are named where they are cited
            found = {number for number in found if not pages[number].endswith("/references")}
            # the glossary comes last: it has a little of everything
            weigh = {number: weights.get(pages[number], {}).get(term, -1) for number in found}
            merged[term] = sorted(found, key=lambda number: (-weigh[number], number))
        return {term: found for term, found in merged.items() if found}, {}

    indexer.get_terms = get_terms
    list_glossary(app, indexer)
    return ()


def list_glossary(app, indexer):
    """Let a word of the glossary find its entry first, also under a name it has elsewhere.

    The course's own word is the main one, of which the others are synonyms.
    """
    terms = load_glossary(Path(app.srcdir, "chapters"))
    for page in [page for page in app.env.all_docs if not is_chapter(page)]:
        indexer._all_titles[page] = indexer._all_titles[page][:1]
        language = get_language(page)
        if page.endswith("/glossary"):
            indexer._index_entries[page] = [
                (word.lower(), term["id"], "main" if word == term[language] else "")
                for term in terms
                for word in dict.fromkeys([term[language], *list_other_names(term, language)])
            ]


def weigh_terms(language: SearchLanguage, doctree: nodes.document) -> Counter:
    """Count a page's terms; those in a heading count more, and those that stand early.

    What is no text, such as the HTML of a widget's output, is taken out of the page's tree.
    """
    for raw in list(doctree.findall(nodes.raw)):
        raw.parent.remove(raw)
    terms = [language.stem(word) for word in language.split(doctree.astext())]
    first = {term: place for place, term in reversed(list(enumerate(terms)))}
    weights = Counter(terms)
    for term, place in first.items():
        weights[term] += EARLY * (1 - place / len(terms))
    for title in doctree.findall(nodes.title):
        for word in language.split(title.astext()):
            weights[language.stem(word)] += HEADING
    return weights


def shrink_index(app, error):
    """Write the index a sixth smaller: in UTF-8, pages as signs, terms on the same pages together.

    search.js's spreadIndex() takes it apart again.
    """
    path = Path(app.outdir) / "searchindex.js"
    if error or not path.exists():
        return
    index = json.loads(path.read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    together = {}
    for term, pages in sorted(index["terms"].items()):
        together.setdefault(write_pages(pages), []).append(term)
    index["terms"] = ["\n".join(together), "\n".join(map(" ".join, together.values()))]
    index["indexentries"] = list_entries(index, load_glossary(Path(app.srcdir, "chapters")))
    whole = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.setIndex(spreadIndex({whole}))", encoding="utf-8")


def write_pages(pages: Iterable[int]) -> str:
    return "".join(chr(ord("0") + page) for page in pages)


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
        entries.append([page, entry, write_pages(map(docnames.index, taught)), *found])
    return entries


def setup(app):
    app.connect("html-collect-pages", order_pages)
    app.connect("build-finished", shrink_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
