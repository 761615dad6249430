"""Every exercise is tried, draws all of its sentences, and is asked by its chapter once."""

import importlib
import re

import pytest

from book.course import ROOT, list_slugs
from book.notebooks.sources import read_source
from lenet_course import exercises
from lenet_course.exercises.verdict import GENERAL, load_hints
from tests.exercises.judging import list_rows

CHECKERS = [getattr(exercises, name) for name in exercises.__all__]
CHAPTERS = sorted({check.__module__.rpartition(".")[2] for check in CHECKERS})
every_checker = pytest.mark.parametrize("check", CHECKERS, ids=lambda check: check.__name__)


def list_cases(check):
    modules = [
        importlib.import_module(f"tests.exercises.test_{n}") for n in (*CHAPTERS, "misjudged")
    ]
    return [case for module in modules for case in module.CASES.get(check, [])]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_module_tries_the_exercises_of_a_chapter(chapter):
    text = (ROOT / "tests" / "exercises" / f"test_{chapter}.py").read_text(encoding="utf-8")
    assert f"import {chapter} as exercises\n" in text
    assert "from tests.exercises.judging import *" in text


@every_checker
def test_every_sentence_is_drawn_by_a_case_or_a_row(check):
    drawn = [key for key, _ in [*list_cases(check), *list_rows(check)]]
    drawn += ["other"] if hasattr(check, "table") else []  # all that its rows are not
    assert set(load_hints()[check.__name__]) <= set(drawn), "a sentence that no test draws"
    assert "right" in drawn
    assert len(set(drawn) - {"right", "open", *GENERAL}) >= 4, "fewer than four mistakes told apart"


@every_checker
def test_a_chapter_asks_an_exercise_once(check):
    sources = "\n".join(cell["text"] for slug in list_slugs() for cell in read_source(slug))
    assert len(re.findall(rf"^{check.__name__}\(", sources, re.M)) == 1
