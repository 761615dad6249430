"""The search's index: what is found comes in the order of how much it speaks of what was asked.

Leans on Sphinx 7's `get_terms` of the index.
"""

from collections import Counter

from docutils import nodes
from sphinx.search import SearchLanguage

from book.course import LANGUAGES
from book.site.language import get_language, is_chapter

HEADING = 10  # a word in a heading counts as much as so many in the text,
EARLY = 5  # and the first one, if it opens the page, as so many more
KEPT = ("docnames", "terms")  # of Sphinx's index; the rest follows, or is empty
FIRST = 5  # so many pages a language come in order, each with its section: the index stays light


def order_pages(app):
    """Let the index list each term's pages in the order of how much they speak of it, and where."""
    indexer = app.builder.indexer
    if indexer is None:  # a builder without search
        return ()
    doctrees = {page: app.env.get_doctree(page) for page in app.env.all_docs if is_chapter(page)}
    weights = {page: weigh_terms(indexer.lang, tree) for page, tree in doctrees.items()}
    places = {page: place_terms(indexer.lang, tree) for page, tree in doctrees.items()}
    sections_of = {page: list_sections(tree) for page, tree in doctrees.items()}
    read_terms, freeze = indexer.get_terms, indexer.freeze

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
            where = {number: places.get(pages[number], {}).get(term, 0) for number in found}
            merged[term] = list_places(weigh, where, pages)
        # Sphinx keeps the words that it leaves out if they begin a sentence
        return {term: found for term, found in merged.items() if found and term == term.lower()}, {}

    def freeze_sections():
        index = freeze()
        pages = zip(index["docnames"], index["titles"], strict=True)
        # of the glossary, entries are found; of the bibliography, nothing but its title
        sections = [sections_of.get(page) or [["", title]] for page, title in pages]
        return {name: index[name] for name in KEPT} | {"alltitles": sections}

    indexer.get_terms, indexer.freeze = get_terms, freeze_sections
    return ()


def list_places(
    weights: dict[int, float], sections: dict[int, int], pages: dict[int, str]
) -> list[tuple[int, int]]:
    """List a term's pages by language, the heaviest first, each with its section: all by number.

    Those that are not among the FIRST come as they are numbered, with no section but the page, 0;
    those that weigh less than nothing last.
    """
    ranked = sorted(weights, key=lambda number: (-weights[number], number))
    places = []
    for language in (*LANGUAGES, None):
        own = [number for number in ranked if get_language(pages[number]) == language]
        places += [(number, sections[number]) for number in own[:FIRST]]
        others = sorted(own[FIRST:], key=lambda number: (weights[number] < 0, number))
        places += [(number, 0) for number in others]
    return places


def list_sections(doctree: nodes.document) -> list[list[str]]:
    """List a page's sections, [anchor, title]; the first one is the page."""
    sections = doctree.findall(nodes.section)
    return [[section["ids"][0], section[0].astext()] for section in sections]


def place_terms(language: SearchLanguage, doctree: nodes.document) -> dict[str, int]:
    """Find the section that speaks most of each term: its number among the page's."""
    most, places = Counter(), {}
    for number, section in enumerate(doctree.findall(nodes.section)):
        own = [part.astext() for part in section if not isinstance(part, nodes.section)]
        weights = Counter(map(language.stem, language.split("\n".join(own[:1] * HEADING + own))))
        places |= {term: number for term, weight in weights.items() if weight > most[term]}
        most |= weights
    return places


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


def setup(app):
    app.connect("html-collect-pages", order_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
