"""Each sentence stands under its key: of all exercises, of the widgets, of the pages' frame.

Tests elsewhere hold answers and events to keys; were two sentences exchanged, only a reader would
know. words.yml names for each key words that no other sentence of its table has. An exercise's own
hints stand beside their keys in the chapters, and book/notebooks/hints.py lets none change places.
"""

import re

import pytest
import yaml

from book.course import ROOT
from book.site.words import KOREAN, KOREAN_COPY_BUTTON, KOREAN_IN_SCRIPTS
from lenet_course import text
from lenet_course.exercises.answers import NAMES
from lenet_course.exercises.verdict import GENERAL, OPENINGS
from lenet_course.widgets.registry import WIDGETS, read_words

TABLES = {
    "openings": OPENINGS,
    "general": GENERAL,
    "names": NAMES,
    "package": text.WORDS,
    **{f"widget {name}": read_words(name) for name in WIDGETS},
}
WANTED = yaml.safe_load((ROOT / "tests/words.yml").read_text(encoding="utf-8"))
FRAME = {  # what could be taken for its neighbour
    "previous": "이전",
    "next": "다음",
    "previous page": "이전 장",
    "next page": "다음 장",
    "Toggle primary sidebar": "장 목록",
    "Toggle secondary sidebar": "이 장의 차례",
    "light/dark": "밝게/어둡게",
    "Suggest edit": "고칠 점",
    "Open issue": "오류",
    "Download this page": "내려받기",
    "Fullscreen mode": "전체 화면",
    "Back to top": "위로",
    "Search": "검색",
    "Note": "참고",
    "Warning": "주의",
    "Hint": "힌트",
}


def test_every_table_and_every_key_has_its_words():
    assert set(WANTED) == set(TABLES)
    for name, table in TABLES.items():
        assert set(WANTED[name]) == set(table), name


@pytest.mark.parametrize("name", TABLES)
def test_a_sentence_has_its_own_words_and_nobody_else_s(name):
    for key, words in WANTED[name].items():
        for language, part in zip(text.LANGUAGES, words, strict=True):
            said = {k: sentence[language] for k, sentence in TABLES[name].items()}
            same = [k for k in said if said[k] == said[key]]  # a label that stands twice
            is_label = part == said[key]  # and may be a word of others' sentences
            found = same if is_label else [k for k in said if part in said[k]]
            assert key in found == same, (language, part)


def test_the_frame_s_words_are_not_exchanged():
    for word, part in FRAME.items():
        assert part in KOREAN[word], word
    assert "클립보드" in KOREAN_COPY_BUTTON["copy_to_clipboard"]  # outputs are copied, too
    assert "못했" in KOREAN_COPY_BUTTON["copy_failure"]
    assert "못했" not in KOREAN_COPY_BUTTON["copy_success"]
    assert "없습니다" in next(v for k, v in KOREAN_IN_SCRIPTS.items() if "did not match" in k)
    assert "찾았습니다" in next(v for k, v in KOREAN_IN_SCRIPTS.items() if "found ${" in k)


def test_no_article_stands_before_a_number_that_is_yet_to_come():
    """A 7 has "a", an 8 has "an"."""
    for name, table in TABLES.items():
        for key, sentence in table.items():
            assert not re.search(r"\ban? \{", sentence["en"]), (name, key)
