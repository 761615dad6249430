"""The READMEs and the landing page: every number in them comes from somewhere."""

import pytest

from tests.sentences.facts import find_fault
from tests.sentences.front_pages import (
    find_phrases,
    find_unheld,
    list_front_pages,
    list_page_values,
)

FRONT_PAGES = list_front_pages()
every_front_page = pytest.mark.parametrize(
    "page", FRONT_PAGES, ids=[f"{page.name}-{page.language}" for page in FRONT_PAGES]
)


@every_front_page
def test_a_front_page_says_what_its_sources_give(page):
    for (phrase, _), (matches, value) in zip(page.phrases, find_phrases(page), strict=True):
        assert len(matches) == 1, f"expected {phrase!r} once, got {len(matches)} times"
        values = value if isinstance(value, tuple) else (value,)
        for words, true in zip(matches[0].groups(), values, strict=True):
            assert find_fault(words, true, page.language) is None, (phrase, words, true)


@every_front_page
def test_a_front_page_has_no_other_numbers(page):
    assert [
        (number.text, page.text[number.start - 20 :][:40]) for number in find_unheld(page)
    ] == []


def test_the_two_readmes_hold_the_same_numbers():
    english, korean = (page for page in FRONT_PAGES if page.name.startswith("README"))
    assert list_page_values(english) == list_page_values(korean)
