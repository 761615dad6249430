"""Each case of the checkers' tests draws its sentence in the page's engine, but those of a list."""

import pytest

from tests.run.checks import LISTED, find_sentence, judge_in_page, list_cases, list_modules

CASES = {module: list_cases(module) for module in list_modules()}
COUNT = 849  # of all modules; it changes with the cases, and only with them
MOST = 17  # that are listed
# they train networks for minutes: `python -m tests.run.checks` judges them too
LONG = "check_whole_loop", "check_trained"


def is_long(case) -> bool:
    return case.name.split()[0] in LONG


@pytest.fixture(scope="module")
def judged():
    """All cases' sentences, from one Node, which compiles what they share once."""
    cases = [case for row in CASES.values() for case in row]
    return judge_in_page([case for case in cases if not (case.is_listed or is_long(case))])


@pytest.mark.parametrize("module", CASES)
def test_cases_draw_their_sentences(judged, module):
    cases = [case for case in judged if case.module == module]
    assert cases
    differing = {case.name: (find_sentence(case), judged[case]) for case in cases}
    assert not {name: pair for name, pair in differing.items() if pair[0] != pair[1]}


def test_the_list_names_cases_and_their_reasons():
    cases = {(case.module, case.name): case for row in CASES.values() for case in row}
    listed = {(module, name) for module, row in LISTED.items() for name in row}
    assert len(cases) == COUNT and len(listed) <= MOST
    assert listed <= set(cases)
    assert all(reason.strip() for row in LISTED.values() for reason in row.values())
