"""Search that reads Korean, names, numbers and English, as Sphinx's language "ko": it has none.

The index holds the words of each section as they stand (search_index.py). What a reader asks for is
compared with them in the browser alone: the scripts here bring both to one spelling. So Korean,
which glues particles to its nouns (역전파를, 역전파에서) and is free with spaces (완전 연결,
완전연결), is found within its words, identifiers whole and in part, English by its stem.

Leans on Sphinx 7's `SearchLanguage`.
"""

import json
import re
import unicodedata
from pathlib import Path

from sphinx.search.en import SearchEnglish

from book.site.endings import ENDING, PARTICLE
from book.site.spellings import ALIASES, ASKING, SPELLINGS

LETTER = r"(?:(?![가-힣])\w)"
SIZE = r"\d+(?:\s*[×✕xX*]\s*\d+)+"  # 5×5, 28 x 28
NUMBER = r"(?:\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*(?:[eE][+-]?\d+)?)"  # 61,706, 0.05, 1e-3
WORD = rf"[가-힣]+|(?:{SIZE}|{NUMBER})(?!\w)|{LETTER}+(?:\.{LETTER}+)*"  # read by JavaScript, too
ADDRESS = re.compile(r"0x[0-9a-f]+|(?=.*\d)(?=.*[a-f])[0-9a-f]{7,}")  # hashes, too: nobody asks
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
SCRIPTS = (
    "search_words.js",
    "search_endings.js",
    "search_file.js",
    "search_find.js",
    "search_names.js",
    "search_rank.js",
    "search_slips.js",
    "search_results.js",
    "search_page.js",
)


def read_script(name: str) -> str:
    """Read a script of this folder without its comments, which are for us."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)


def write_scripts() -> str:
    """Write the scripts below what they read of Python, in a block of their own."""
    given = {"ENDING": ENDING, "PARTICLE": PARTICLE, "PATTERN": WORD}
    given |= {"SPELLINGS": SPELLINGS, "ASKING": ASKING.split(), "ALIASES": ALIASES}
    lines = [f"const {name} = {json.dumps(given[name], ensure_ascii=False)};" for name in given]
    return "\n".join(["{", *lines, *map(read_script, SCRIPTS), "}\n"])


class SearchKorean(SearchEnglish):
    """What the browser is given to ask with; the index is search_index.py's."""

    lang = "ko"
    language_name = "Korean and English"
    js_splitter_code = write_scripts()

    def split(self, input):
        return []  # Sphinx's own index is not used


def list_words(text: str) -> list[str]:
    """List a text's words as they stand, but for capitals that begin or fill a plain word."""
    text = unicodedata.normalize("NFKC", text).replace(r"\times", "×")
    text = TEX_COMMAND.sub(" ", text)
    words = []
    for match in re.finditer(WORD, text):
        word = match[0]
        if re.fullmatch("[A-Z]?[a-z]+", word):
            word = word.lower()
        attached = re.search(r"\w$", text[max(0, match.start() - 1) : match.start()])
        if attached and re.fullmatch(ENDING, word):
            continue  # the 를 of GPU를
        if not ADDRESS.fullmatch(word.lower()):
            words.append(word)
    return words


def setup(app):
    app.add_search_language(SearchKorean)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
