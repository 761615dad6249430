"""The cases of the checkers' own tests, judged in the page's engine.

`python -m tests.run.checks [module …]` prints the cases whose sentences differ, and what it took.
"""

import importlib
import itertools
import json
import re
import resource
import sys
from typing import NamedTuple

import torch

from book.run.bundle import read_files
from lenet_course.exercises.verdict import GENERAL, OPENINGS, load_hints
from lenet_course.text import set_language
from tests.chapters import get_cell
from tests.exercises.later import Later
from tests.run.cells import ROOT, SET_UP, describe, run_cells

FOLDER = ROOT / "tests" / "exercises"
LISTED = json.loads((ROOT / "tests/run/differing_cases.json").read_text(encoding="utf-8"))
LANGUAGE = "en"

# What a module of cases imports beside the course. Of NumPy, which the page has not, the names of
# answers stand for Nothing: what it cannot make is listed in differing_cases.json.
STUBS = {
    "pytest.py": """
class mark:
    parametrize = staticmethod(lambda *_, **__: lambda f: f)
""",
    "tests/__init__.py": "",
    "tests/exercises/judging.py": """
pytest_generate_tests = None
test_the_answer_draws_its_sentence_and_is_left_as_it_was = None
""",
    "tests/chapters.py": """
import builtins
from _page import lower

CELLS = {cells}


class get_cell:
    def __init__(self, slug, name, language="ko"):
        self.source = CELLS[name]


def exec(source, space):
    if not isinstance(source, str):
        return run(source, space)
    own = dict_([(name, space[name]) for name in space])
    run(lower(source), own)
    space.update(own)


run, dict_, builtins.exec = builtins.exec, type(globals()), exec
""",
}
NUMPY = """

class Nothing:
    def __call__(self, *_, **__):
        return self

    def __iter__(self):
        return iter(())

    def __getattr__(self, name):
        return self


def spare(make):
    def run(*given, **named):
        try:
            return make(*given, **named)
        except (TypeError, ValueError):
            return Nothing()

    return run


uint8 = float32 = float64 = int64 = Nothing()
array, ndarray.__getitem__ = spare(array), spare(ndarray.__getitem__)


def __getattr__(name):
    return Nothing()
"""
BEGIN = """
import _cell, torch
import tests.exercises.{module} as module
from tests.exercises.later import Later

_cell.SOURCES.append(open("/lib/tests/exercises/{module}.py").read())
cases = list(module.CASES.items())


def judge(place, number):
    check, rows = cases[place]
    answer = rows[number][1]
    answer = answer.make() if isinstance(answer, Later) else answer
    torch.manual_seed(0)
    return check(answer)
"""


class Case(NamedTuple):
    """An answer of a module's CASES; `place` is its checker's among those of the module."""

    module: str
    place: int
    number: int

    @property
    def row(self) -> tuple:
        """(checker, key, answer)."""
        cases = importlib.import_module(f"tests.exercises.{self.module}").CASES
        check, rows = list(cases.items())[self.place]
        return check, *rows[self.number]

    @property
    def name(self) -> str:
        return f"{self.row[0].__name__} {self.number}"

    @property
    def is_listed(self) -> bool:
        return self.name in LISTED.get(self.module, {})


def list_modules() -> list[str]:
    return sorted(
        path.stem
        for path in FOLDER.glob("test_*.py")
        if "\nCASES = {" in path.read_text(encoding="utf-8")
    )


def list_cases(module: str) -> list[Case]:
    cases = importlib.import_module(f"tests.exercises.{module}").CASES
    rows = enumerate(cases.values())
    return [Case(module, place, number) for place, row in rows for number in range(len(row))]


def find_sentence(case: Case) -> str:
    """What is said of a case here.

    Its key tells, which tests/exercises hold; but the checker itself where words are filled in.
    """
    check, key, answer = case.row
    sentence = {**GENERAL, **load_hints()[check.__name__]}[key][LANGUAGE]
    if "{" not in sentence:
        return f"{OPENINGS.get(key, OPENINGS['hint'])[LANGUAGE]} {sentence}"
    set_language(LANGUAGE)
    answer = answer.make() if isinstance(answer, Later) else answer
    torch.manual_seed(0)
    return re.sub(
        r"\b(add)?mm: mat1", "mat1", check(answer).text
    )  # PyTorch 2.15 names it, 2.14 not


def judge_in_page(cases: list[Case]) -> dict[Case, str]:
    """Judge cases in the page's engine, in one boot: case → sentence."""
    names = "photo-ink", "photo-function"  # which the cases of chapter 13 use
    used = {name: get_cell("13_read_your_own_handwriting", name).source for name in names}
    files = read_files() | STUBS
    for path in FOLDER.glob("*.py"):
        files.setdefault(f"tests/exercises/{path.name}", path.read_text(encoding="utf-8"))
    files["numpy.py"] += NUMPY
    files["tests/chapters.py"] = STUBS["tests/chapters.py"].replace("{cells}", repr(used))
    sources, places = [SET_UP], {}
    for module, row in itertools.groupby(cases, lambda case: case.module):
        sources.append(BEGIN.format(module=module))
        for case in row:
            places[case] = len(sources)
            sources.append(f"judge({case.place}, {case.number})")
    (found,) = run_cells([sources], LANGUAGE, files)
    for place in set(range(len(sources))) - set(places.values()):
        if error := found[place]["error"]:
            raise RuntimeError(f"{sources[place]}\n{error['text']}")
    judged = {}
    for case, place in places.items():
        _, sentence, error = describe(found[place])
        judged[case] = error or sentence
    return judged


def main(names: list[str]) -> None:
    for module in names or list_modules():
        cases = [case for case in list_cases(module) if not case.is_listed]
        equal = 0
        for case, there in judge_in_page(cases).items():
            here = find_sentence(case)
            equal += here == there
            if here != there:
                print(f"--- {case.module} {case.name}\n  here  {here}\n  there {there}")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime
        print(f"{module}: {equal} of {len(cases)} equal; {seconds:.0f} s in the page so far")


if __name__ == "__main__":
    main(sys.argv[1:])
