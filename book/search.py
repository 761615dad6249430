"""Search that reads Korean, identifiers and English, as Sphinx's language "ko": it has none.

Korean glues particles to its nouns (역전파를, 역전파에서) and is free with spaces (완전 연결,
완전연결). So a word is indexed by its substrings of two to six syllables, and across spaces from
where a word begins; search.js takes the ending off a word that is asked for. Identifiers are indexed
whole and in part, English words by their stem. The pages of each term stand in the order of how
much they speak of it. Numbers alone are left out: Sphinx's search drops them from what is asked.

Leans on Sphinx 7's `SearchLanguage` and on its index's `get_terms`.
"""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

from docutils import nodes
from sphinx.search.en import SearchEnglish

LONGEST = 6  # syllables, as in 완전연결계층
HEADING = 10  # a word in a heading counts as much as so many in the text

PARTICLE = (
    "[을를은는이가의도나]|(에서|에게|에|으로|로|까지|부터|보다|처럼|마다|만|와|과|뿐|밖에|씩|대로)"
    "[을를은는이가의도나만]?|(으로|로)(부터|서|써)[는의도]?|이나|께서?|끼리"
)
COPULA = (
    "이?(다|고|며|면|라|란|라는|라고|라서|라면|라도|지만|므로|었다|었습니다|어서)|입니다|"
    "[인일]|였다|였습니다|여서|이기|인데|인지"
)
VERB = (
    "[하되](다|는|고|며|면|지|기|기를|기에|여|어|여야|어야|도록|려면|려고|지만|므로|면서|게|던)|"
    "합니다|한다|[한할함해]|해서|해야|했다|했습니다|됩니다|된다|[된될됨돼]|되었다|되었습니다|됐습니다"
)
ENDING = f"들?({PARTICLE}|{COPULA})|들|{VERB}"  # read by Python and by JavaScript
OBJECT = "[을를]|에서"  # what follows nouns alone: 변화도 is one, for the book says 변화도를

LATIN = r"[^\W가-힣]"
WORD = re.compile(rf"(?P<hangul>[가-힣]+(\s+[가-힣]+)*)|{LATIN}+(\.{LATIN}+)*")
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
NUMBER = re.compile(r"[\d._]+(e\d*)?|0x[0-9a-f]+|(?=.*\d)[0-9a-f]{7,}")  # addresses, hashes, too
CAMEL_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class SearchKorean(SearchEnglish):
    """Splits text in Korean and in English alike: the chapters of both stand in one index."""

    lang = "ko"
    language_name = "Korean and English"
    js_splitter_code = "{{\nconst ENDING = {}, OBJECT = {}, LONGEST = {};\n{}}}\n".format(
        *map(json.dumps, (ENDING, OBJECT, LONGEST)),
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
        return super().stem(word) if re.fullmatch("[A-Za-z]+", word) else word.lower()


def list_hangul_terms(words: list[str], before: str) -> list[str]:
    """List the terms of words that only spaces part, after the text before them."""
    terms = []
    if re.search(r"\w$", before) and re.fullmatch(ENDING, words[0]):
        words = words[1:]  # the 를 of GPU를
    for place, word in enumerate(words):
        for start in range(len(word)):
            for end in range(start + 2, min(start + LONGEST, len(word)) + 1):
                terms.append(word[start:end])
        if len(word) == 1 or re.fullmatch(f"{PARTICLE}|[이입].+", word[1:]):
            terms.append(word[0])
        if re.fullmatch(OBJECT, word[1:]):
            terms.append(word[0] + ".")  # a noun of one syllable: search.js asks for this mark
        terms += list_joined_terms(words[place:])
    return terms


def list_joined_terms(words: list[str]) -> list[str]:
    """List what the first word becomes without the spaces after it: 완전연, 완전연결, …"""
    joined, terms = words[0], []
    for word in words[1:]:
        if len(joined) >= LONGEST or joined[-1] in "을를은는":
            break
        shortest = max(len(joined) + 1, 3)  # of two syllables, 한 계층 would become 한계
        joined += word
        terms += [joined[:end] for end in range(shortest, min(LONGEST, len(joined)) + 1)]
    return terms


def list_identifier_terms(name: str) -> list[str]:
    """List a name and its parts: nn.MaxPool2d → also nn, MaxPool2d, MaxPool, 2d, Max, Pool."""
    terms = {name, *join_neighbours(name.split("."), ".")}
    for word in name.split("."):
        parts = [part for part in word.split("_") if part]
        pieces = {piece for part in parts for piece in re.split(r"(?<=[^\W\d])(?=\d)", part)}
        camel = {piece for part in pieces for piece in CAMEL_PIECE.findall(part) if len(piece) > 2}
        terms |= {*join_neighbours(parts, "_"), *(piece for piece in pieces | camel if piece[1:])}
    return [term for term in terms if not NUMBER.fullmatch(term.lower())]


def join_neighbours(parts: list[str], sign: str) -> set[str]:
    """Join every run of neighbouring parts: a, b, c → a, b, c, a_b, b_c, a_b_c."""
    bounds = combinations(range(len(parts) + 1), 2)
    return {sign.join(parts[start:end]) for start, end in bounds}


def order_pages(app):
    """Let the index list each term's pages in the order of how much they speak of it."""
    indexer = app.builder.indexer
    weights = {page: weigh_terms(indexer.lang, app.env.get_doctree(page)) for page in app.env.all_docs}
    read_terms = indexer.get_terms

    def get_terms(numbers):
        pages = {number: page for page, number in numbers.items()}
        merged = {}
        for terms in read_terms(numbers):
            for term, found in terms.items():
                merged.setdefault(term, set()).update([found] if isinstance(found, int) else found)
        for term, found in merged.items():
            merged[term] = sorted(found, key=lambda number: (-weights[pages[number]][term], number))
        return merged, {}

    indexer.get_terms = get_terms
    return ()


def weigh_terms(language: SearchKorean, doctree: nodes.document) -> Counter:
    """Count a page's terms; one in a heading counts more."""
    counts = Counter(map(language.stem, language.split(doctree.astext())))
    for title in doctree.findall(nodes.title):
        for term in map(language.stem, language.split(title.astext())):
            counts[term] += HEADING
    return counts


def setup(app):
    app.add_search_language(SearchKorean)
    app.connect("html-collect-pages", order_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
