"""Sentences say what is so: every mark (marks.py) is evaluated, every number has one."""

import importlib
import re

import pytest

from book.course import ROOT
from tests.sentences.facts import evaluate_source, find_fault
from tests.sentences.questions import list_questions
from tests.sentences.texts import ALL, list_texts
from tests.sentences.unmarked import (
    OUTSIDE,
    blank,
    find_identities,
    find_unmarked,
    find_unmarked_looks,
)

every_source = pytest.mark.parametrize("slug", ALL)


def judge(text, mark):
    try:
        value = evaluate_source(mark.source, text.slug, text.language)
        fault = find_fault(mark.words, value, text.language)
    except Exception as error:  # whatever a source raises is told with its mark
        fault = f"{type(error).__name__}: {error}"
    place = f"{text.slug}:{text.name} ({text.language}) [{mark.words}]{{{mark.source}}}"
    return fault and f"{place}: {fault}"


@every_source
def test_a_marked_sentence_says_what_its_source_gives(slug):
    faults = [judge(text, mark) for text in list_texts(slug) for mark in text.marks]
    assert [fault for fault in faults if fault] == []


@every_source
def test_readers_see_nothing_of_a_mark(slug):
    """One that is written wrong, or that crosses a line, would stand on the page."""
    left = [
        (text.name, text.language, match[0])
        for text in list_texts(slug)
        for match in re.finditer(
            r"[^\s`]?\{[=>@].{0,20}|\]\{.{0,20}", OUTSIDE.sub(blank, text.text)
        )
    ]
    assert left == []


@every_source
def test_sums_in_a_sentence_are_right(slug):
    wrong = [
        (text.name, text.language, text.text[start:end])
        for text in list_texts(slug)
        for start, end, right in find_identities(text.text)
        if not right
    ]
    assert wrong == []


@every_source
def test_both_languages_carry_the_same_marks(slug):
    sources = {}
    for text in list_texts(slug):
        pair = sources.setdefault(text.name, {})
        pair[text.language] = sorted(mark.source for mark in text.marks)
    assert {name: pair for name, pair in sources.items() if pair["ko"] != pair["en"]} == {}


@every_source
def test_every_number_in_a_sentence_has_a_mark_or_a_reason(slug):
    unmarked = [
        (text.name, text.language, number, text.text[max(0, place - 25) : place + 25])
        for text in list_texts(slug)
        for place, number in find_unmarked(text.text, text.language, text.marks)
    ]
    assert unmarked == []


@every_source
def test_colours_and_places_in_an_alt_text_are_held_to_the_picture_s_data(slug):
    unmarked = [
        (text.name, text.language, word)
        for text in list_texts(slug)
        if text.name.endswith(".alt")
        for _, word in find_unmarked_looks(text.text, text.language, text.marks)
    ]
    assert unmarked == []


def list_right_choices(slug):
    """question → language → (place of the right choice, whether a mark computes it, text)"""
    found = {}
    for text in list_texts(slug):
        for name, choices in list_questions(text.text).items():
            (place,) = [n for n, choice in enumerate(choices) if choice.right]
            right = choices[place]
            marked = [m for m in text.marks if right.start <= m.start and m.end <= right.end]
            found.setdefault(name, {})[text.language] = (place, marked, choices, text)
    return found


@every_source
def test_the_right_choice_of_a_question_is_the_same_in_both_languages(slug):
    for name, pair in list_right_choices(slug).items():
        assert pair["ko"][0] == pair["en"][0], name


@every_source
def test_the_right_choice_is_computed_or_held_by_a_test_and_no_wrong_one_says_the_same(slug):
    """A choice without a number stands in QUESTIONS of chapter_NN.py, with what shows it."""
    if slug == "glossary":
        return
    path = ROOT / f"tests/sentences/chapter_{slug[:2]}.py"
    assert path.exists(), f"expected {path}, with QUESTIONS: CONTRIBUTING.md, A chapter"
    own = importlib.import_module(f"tests.sentences.{path.stem}")
    for name, pair in list_right_choices(slug).items():
        for language, (place, marked, choices, text) in pair.items():
            if not marked:
                known, shown_by = own.QUESTIONS[name]
                assert place == known, (name, language)
                assert callable(shown_by), name
            for mark in marked:
                value = evaluate_source(mark.source, slug, language)
                for choice in choices:
                    if not choice.right:
                        assert find_fault(choice.words, value, text.language), (name, choice.words)
