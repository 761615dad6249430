"""Search that reads Korean, identifiers and English, as Sphinx's language "ko": it has none.

Korean glues particles to its nouns (역전파를, 역전파에서) and is free with spaces (완전 연결,
완전연결). So its words are indexed by their substrings of two syllables, and of three even across
spaces; search.js takes the ending off a word that is asked for, and finds longer words by all their
substrings of three. Identifiers are indexed whole and in part, English words by their stem, British
and American spellings as one. Numbers are left out: Sphinx's search drops them from what is asked.

Leans on Sphinx 7's `SearchLanguage`.
"""

import json
import re
from itertools import combinations
from pathlib import Path

from sphinx.search.en import SearchEnglish

from book.site.endings import ENDING, OBJECT, PARTICLE

LATIN = r"[^\W가-힣]"
WORD = re.compile(rf"(?P<hangul>[가-힣]+(\s+[가-힣]+)*)|{LATIN}+(\.{LATIN}+)*")
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
NUMBER = re.compile(r"[\d._]+(e\d*)?|0x[0-9a-f]+|(?=.*\d)[0-9a-f]{7,}")  # addresses, hashes, too
PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]?")
SCRIPTS = ("search.js", "search_names.js", "search_slips.js", "search_file.js")
SPELLINGS = [  # read by Python and by JavaScript; z becomes s, since Porter cuts -ize to little
    ("z(?=(e[drs]?|ers|ing|ations?|able)$)", "s"),  # generalize, optimizers, initialization
    ("(?<=[bilv])our", "or"),  # neighbour, behaviour, colour, favour
    ("(?<=[en])tr(?=e[ds]?$)", "ter"),  # metre, centred
    ("^grey", "gray"),
]


def read_script(name: str) -> str:
    """Read a script of this folder without its comments, which are for us."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)


class SearchKorean(SearchEnglish):
    """Splits text in Korean and in English alike: the chapters of both stand in one index."""

    lang = "ko"
    language_name = "Korean and English"
    js_splitter_code = "{{\nconst ENDING = {};\nconst SPELLINGS = {};\n{}}}\n".format(
        json.dumps(ENDING, ensure_ascii=False),
        json.dumps(SPELLINGS),
        "".join(map(read_script, SCRIPTS)),
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
        stem = super().stem(spell(word)) if re.fullmatch("[a-z]+", word) else word
        return word if stem in self.stopwords else stem  # "ones" is not "on"


def spell(word: str) -> str:
    """Bring a word, British or American, to one spelling."""
    for old, own in SPELLINGS:
        word = re.sub(old, own, word)
    return word


def list_hangul_terms(words: list[str], before: str) -> list[str]:
    """List the terms of words that only spaces part, after the text before them."""
    if re.search(r"\w$", before) and re.fullmatch(ENDING, words[0]):
        words = words[1:]  # the 를 of GPU를
    terms, joined = [], ""
    for word in words:
        stem = re.sub("(?<=.)[합됩습입]?니다$", "", word)  # every sentence ends so
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


def setup(app):
    app.add_search_language(SearchKorean)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
