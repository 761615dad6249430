"""Search that reads Korean, identifiers, numbers and English, as Sphinx's language "ko": it has none.

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
SPELLINGS = [  # as the index has it; z becomes s, since Porter cuts -ize to little
    ("z(?=(e[drs]?|ers|ing|ations?|able)$)", "s"),  # generalize, optimizers, initialization
    ("(?<=[bilv])our", "or"),  # neighbour, behaviour, colour, favour
    ("(?<=[en])tr(?=e[ds]?$)", "ter"),  # metre, centred
    ("(?<=(label|model|cancel|signal|travel|total))l(?=(ed|ing)$)", ""),  # labelled
    ("^grey", "gray"),
    ("^artefact", "artifact"),
    ("^programme$", "program"),
]
ASKING = """
    what why how when where which who does do did don doesn didn isn aren won can could should would
    must may might am has have had been were i me my we our us you your he she its so too very many
    much between from about than vs versus please explain mean means meaning tell show get need want use using
    왜 뭘  어디 어디서 언제 누가 어느 무슨 얼마나 몇 개
    대해 대한 대해서 관한 위한 뜻 의미 법 이유 좀 때 안 수 것 게 건 말고 하려면 하면 되면 이란 란 알려줘 알려주세요
    설명 설명해줘 설명해주세요 주세요 해줘 싶어요 있나요 하는 되는 쓰는 그 이 저 너무
"""  # words that only ask
ALIASES = {  # what readers call it, where the glossary has no entry
    **{"코랩": "Colab", "파이토치": "PyTorch", "주피터": "Jupyter", "쿠다": "CUDA", "깃허브": "GitHub"},
    **{"모델": "신경망", "model": "network", "decrease": "fall"},
}


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
