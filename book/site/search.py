"""Search that reads Korean, identifiers and English, as Sphinx's language "ko": it has none.

Korean glues particles to its nouns (역전파를, 역전파에서) and is free with spaces (완전 연결,
완전연결). So its words are indexed by their substrings of two syllables, and of three even across
spaces; search.js takes the ending off a word that is asked for, and finds longer words by all their
substrings of three. Identifiers are indexed whole and in part, English words by their stem. The
pages of each term stand in the order of how much they speak of it. Numbers are left out: Sphinx's
search drops them from what is asked.

Leans on Sphinx 7's `SearchLanguage` and on its index's `get_terms`.
"""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

from docutils import nodes
from sphinx.search.en import SearchEnglish

from book.notebooks.glossary import list_other_names, load_glossary
from book.site.endings import ENDING, OBJECT, PARTICLE
from book.site.language import get_language, is_chapter

HEADING = 10  # a word in a heading counts as much as so many in the text,
EARLY = 5  # and the first one, if it opens the page, as so many more

LATIN = r"[^\W가-힣]"
WORD = re.compile(rf"(?P<hangul>[가-힣]+(\s+[가-힣]+)*)|{LATIN}+(\.{LATIN}+)*")
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
NUMBER = re.compile(r"[\d._]+(e\d*)?|0x[0-9a-f]+|(?=.*\d)[0-9a-f]{7,}")  # addresses, hashes, too
PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]?")


class SearchKorean(SearchEnglish):
    """Splits text in Korean and in English alike: the chapters of both stand in one index."""

    lang = "ko"
    language_name = "Korean and English"
    js_splitter_code = "{{\nconst ENDING = {};\n{}}}\n".format(
        json.dumps(ENDING, ensure_ascii=False),
        Path(__file__).with_name("search.js").read_text(encoding="utf-8"),
    )

    def split(self, input):
        text = TEX_COMMAND.sub(" ", input)
        terms = []
        for match in WORD.finditer(text):
            if match["hangul"]:
                terms += list_hangul_terms(match[0].split(), text[: match.start()])
            else:
                terms += list_identifier_terms(match[0])
        return terms

    def stem(self, word):
        word = word.lower()
        stem = super().stem(word) if re.fullmatch("[a-z]+", word) else word
        return word if stem in self.stopwords else stem  # "ones" is not "on"


def list_hangul_terms(words: list[str], before: str) -> list[str]:
    """List the terms of words that only spaces part, after the text before them."""
    if re.search(r"\w$", before) and re.fullmatch(ENDING, words[0]):
        words = words[1:]  # the 를 of GPU를
    terms, joined = [], ""
    for word in words:
        stem = re.sub("(?<=.)니다$", "", word)  # every sentence ends so
        if len(word) == 1 or re.fullmatch(f"{PARTICLE}|[이입].+", word[1:]):
            terms.append(word[0])
        if re.fullmatch(OBJECT, word[1:]):
            terms.append(word[0] + ".")  # a noun of one syllable: search.js asks for this mark
        terms += list_substrings(stem, 2)  # across spaces, 한 계층 would become 한계
        joined += stem
        if re.search("([을를은는에]|에서|으로|니다|[하되]고)$", word):  # here a compound ends
            terms += list_substrings(joined, 3)
            joined = ""
    return terms + list_substrings(joined, 3)


def list_substrings(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(len(text) - length + 1)]


def list_identifier_terms(name: str) -> list[str]:
    """List a name and its parts: nn.MaxPool2d → also nn, MaxPool2d, MaxPool, Pool2d, Pool, …"""
    if NUMBER.fullmatch(name.lower()):
        return []
    terms = {name, *join_neighbours(name.split("."), ".")}
    for word in re.split(r"[._]+", name):
        pieces = join_neighbours(PIECE.findall(word), "")
        terms |= {piece for piece in pieces if len(piece) > 2 or piece[0].isdigit()}
    for word in name.split("."):
        terms |= join_neighbours([part for part in word.split("_") if part], "_")
    return sorted(term for term in terms if not NUMBER.fullmatch(term.lower()))


def join_neighbours(parts: list[str], sign: str) -> set[str]:
    """Join every run of neighbouring parts: a, b, c → a, b, c, a_b, b_c, a_b_c."""
    bounds = combinations(range(len(parts) + 1), 2)
    return {sign.join(parts[start:end]) for start, end in bounds}


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
    """Let a word of the glossary find its entry first, also under a name it has elsewhere."""
    terms = load_glossary(Path(app.srcdir, "chapters"))
    for page in [page for page in app.env.all_docs if not is_chapter(page)]:
        indexer._all_titles[page] = indexer._all_titles[page][:1]
        language = get_language(page)
        if page.endswith("/glossary"):
            indexer._index_entries[page] = [
                (word.lower(), term["id"], "main")
                for term in terms
                for word in {term[language], *list_other_names(term, language)}
            ]


def weigh_terms(language: SearchKorean, doctree: nodes.document) -> Counter:
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
    """Write the index a tenth smaller: in UTF-8, and terms on the same pages together.

    search.js's spreadTerms() takes them apart again.
    """
    path = Path(app.outdir) / "searchindex.js"
    if error or not path.exists():
        return
    index = json.loads(path.read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    together = {}
    for term, pages in sorted(index["terms"].items()):
        together.setdefault(" ".join(map(str, pages)), []).append(term)
    index["terms"] = {pages: " ".join(terms) for pages, terms in together.items()}
    whole = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.setIndex(spreadTerms({whole}))", encoding="utf-8")


def setup(app):
    app.add_search_language(SearchKorean)
    app.connect("html-collect-pages", order_pages)
    app.connect("build-finished", shrink_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
