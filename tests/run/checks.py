"""The cases of the checkers' own tests, judged in the page's engine and here.

`python -m tests.run.checks [module …]` prints the cases whose sentences differ.
"""

import importlib
import json
import re
import sys
from typing import NamedTuple

from lenet_course.text import set_language
from tests.exercises.later import Later
from tests.run.cells import ROOT, collect_files, run_cells

FOLDER = ROOT / "tests" / "exercises"
STUBS = {  # what a module of cases imports beside the course
    "pytest.py": "class mark:\n    parametrize = staticmethod(lambda *_, **__: lambda f: f)\n\n\n"
    "fixture = lambda *given, **_: given[0] if given else lambda f: f\n"
    "param = lambda *given, **_: given\n",
    "tests/__init__.py": "",
    "tests/exercises/__init__.py": "",
    "tests/exercises/judging.py": "pytest_generate_tests = list_rows = None\n"
    "test_the_answer_draws_its_sentence_and_is_left_as_it_was = None\n",
    "tests/chapters.py": "read_notebook = get_cell = None\n",
    "book/__init__.py": "",
}
SKIPPED = """

class Skipped:
    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        return self

    __getitem__ = __call__


SKIPPED = Skipped()  # what NumPy would make: the page has none, so that no reader hands it over
uint8 = float32 = float64 = int64 = SKIPPED


def __getattr__(name):
    return SKIPPED
"""
DRIVER = """
import _cell, json, sys
_cell.SOURCES.append(open("/lib/tests/exercises/{module}.py").read())
import tests.exercises.{module} as module
from tests.exercises.later import Later

for check, cases in module.CASES.items():
    for key, answer in cases:
        # of endless loops: nothing stops one in the page but its button
        if type(answer).__name__ == "Skipped" or key == "slow":
            print("VERDICT", json.dumps(["", None]))
            continue
        try:
            verdict = check(answer.make() if isinstance(answer, Later) else answer)
            print("VERDICT", json.dumps([verdict.key, verdict.text]))
        except BaseException as error:
            sys.print_exception(error)
            print("VERDICT", json.dumps(["", repr(error)]))
"""


class Judged(NamedTuple):
    """A case, and what is said of it here and in the page."""

    module: str
    checker: str
    number: int
    here: str
    there: str | None  # None: not judged there, as NumPy's numbers and endless loops


def list_modules() -> list[str]:
    return sorted(
        path.stem
        for path in FOLDER.glob("test_*.py")
        if "CASES = {" in path.read_text(encoding="utf-8")
    )


def judge(module: str, language: str = "en") -> list[Judged]:
    """Judge each case of a module in both runtimes."""
    set_language(language)
    cases = importlib.import_module(f"tests.exercises.{module}").CASES
    files = collect_files() | STUBS
    for path in FOLDER.glob("*.py"):
        files.setdefault(f"tests/exercises/{path.name}", path.read_text(encoding="utf-8"))
    files["numpy.py"] += SKIPPED
    set_up = f'import lenet_course\nlenet_course.setup("{language}")'
    (found,) = run_cells([[set_up, DRIVER.format(module=module)]], language, files)
    if found[1]["error"]:
        raise RuntimeError(f"{module}: {found[1]['error']['text']}\n{found[1]['text']}")
    there = [
        json.loads(line) for line in re.findall("^VERDICT (.*)", found[1]["text"], re.MULTILINE)
    ]
    rows = [
        (check, number, answer)
        for check, each in cases.items()
        for number, (_, answer) in enumerate(each)
    ]
    judged = []
    for (check, number, answer), (_, text) in zip(rows, there, strict=True):
        here = check(answer.make() if isinstance(answer, Later) else answer).text
        judged.append(Judged(module, check.__name__, number, here, text))
    return judged


def main(names: list[str]) -> None:
    for module in names or list_modules():
        try:
            judged = judge(module)
        except (RuntimeError, ValueError) as error:
            print(f"{module}: {error}")
            continue
        for each in judged:
            if each.there is not None and each.here != each.there:
                print(
                    f"--- {each.checker} {each.number}\n  here  {each.here}\n  there {each.there}"
                )
        kept = [each for each in judged if each.there is not None]
        print(f"{module}: {sum(each.here == each.there for each in kept)} of {len(kept)} equal")


if __name__ == "__main__":
    main(sys.argv[1:])
