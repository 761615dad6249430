"""Every word of the prose is spelt as hunspell's dictionaries or the glossary have it."""

import os

import pytest

from book.course import ROOT, list_slugs
from book.packages import get_hint
from tests.sentences.texts import ALL, list_hints, list_texts
from tests.spelling.check import find_hunspell, find_misspelt, list_words

LANGUAGES = ("ko", "en")


@pytest.fixture(autouse=True)
def hunspell():
    if find_hunspell() is None:
        message = f"expected hunspell with its ko and en_GB dictionaries: {get_hint('hunspell')}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)


def read_everything(language):
    """All prose of a language: chapters, alt texts, hints, glossary, landing page, README."""
    found = [text for slug in ALL for text in list_texts(slug)]
    found += [hint for slug in list_slugs() for hint in list_hints(slug)]
    texts = [text.text for text in found if text.language == language]
    landing = (ROOT / "index.md").read_text(encoding="utf-8")
    readme = {"ko": "README.ko.md", "en": "README.md"}[language]
    return "\n\n".join([*texts, landing, (ROOT / readme).read_text(encoding="utf-8")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_spelt_right(language):
    assert find_misspelt(list_words(read_everything(language), language), language) == []


@pytest.mark.parametrize(
    ("language", "word"),
    [
        *[("ko", word) for word in "신경먕 역젼파를 매개변수을 합섬곱입니다 매개번수".split()],
        *[("en", word) for word in "paramter recieves convolusion orginized".split()],
    ],
)
def test_a_slip_is_found(language, word):
    assert find_misspelt({word}, language) == [word]


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("ko", "텐서를"),
        ("ko", "에폭입니다"),
        ("ko", "개씩입니다"),
        ("en", "logits"),
        ("en", "Paszke"),
    ],
)
def test_the_course_s_own_words_are_known_with_their_endings(language, word):
    assert find_misspelt({word}, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_own_list_is_needless(language):
    """A word that hunspell knows, or that nobody writes, goes out of the list."""
    own = (ROOT / f"tests/spelling/{language}.txt").read_text(encoding="utf-8").split()
    assert own == sorted(set(own))
    words = list_words(read_everything(language), language)
    assert [word for word in own if not any(word in other for other in words)] == []
