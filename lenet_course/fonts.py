"""A font with Hangul, for a figure in which a reader writes Korean; the course's own hold none."""

import re
import warnings
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from lenet_course.text import get_language, say

HANGUL = re.compile("[ᄀ-ᇿㄱ-ㆎ가-힣]")
KNOWN = re.compile("nanumgothic|malgun|applesdgothic|notosans(cjk|kr)")
# of a family's fonts the plain one, and no serifs where there is a choice
OTHER = re.compile("bold|black|light|thin|medium|italic|serif|batang|myeongjo|myungjo|mono|coding")


def show_hangul(figure: Figure) -> Figure:
    """Give every text of a figure that holds Hangul a font that has it, behind its own one.

    Where none is installed, one sentence says so, once, in place of a warning for each letter.
    """
    texts = [text for text in figure.findobj(Text) if HANGUL.search(text.get_text())]
    letters = {letter for text in texts for letter in HANGUL.findall(text.get_text())}
    if not letters:
        return figure
    family = find_family(letters)
    if family is None:
        warnings.filterwarnings("ignore", r"Glyph \d+ \(.*HANGUL")  # matplotlib's, as it draws
        _tell_missing(get_language())
        return figure
    for text in texts:
        text.set_fontfamily([*text.get_fontfamily(), family])
    return figure


def find_family(letters: set[str]) -> str | None:
    """Find an installed font that has these letters: the name of its family; None without one.

    The system is asked each time: matplotlib's list is of the fonts that were there when it was
    first imported, and a reader may have installed one since.
    """
    manager = font_manager.fontManager
    paths = {*font_manager.findSystemFonts(), *(str(entry.fname) for entry in manager.ttflist)}
    for path in sorted(paths, key=_rank):
        try:
            font = FT2Font(path)
        except (OSError, RuntimeError, ValueError):  # of another format, or damaged
            continue
        name = font.family_name
        if "lastresort" in name.lower().replace(" ", ""):  # boxes, for every letter that there is
            continue
        if all(font.get_char_index(ord(letter)) for letter in letters):
            if name not in manager.get_font_names():
                manager.addfont(path)
            return name
    return None


def _rank(path: str) -> tuple:
    name = Path(path).stem.lower()
    return bool(OTHER.search(name)), not KNOWN.search(name), name


@cache
def _tell_missing(language: str) -> None:
    print(say("no_hangul"))
