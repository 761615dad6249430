"""Every checker has its cases or its table, and the chapters ask it once."""

import re

from book.course import list_slugs
from book.notebooks.sources import read_source
from tests.checks.test_checkers import CASES, CHECKERS


def test_every_checker_has_its_cases_and_its_exercise():
    assert {check for check in CHECKERS if not hasattr(check, "table")} <= set(CASES)
    assert set(CASES) <= set(CHECKERS)
    sources = "\n".join(cell["text"] for slug in list_slugs() for cell in read_source(slug))
    for check in CHECKERS:
        assert len(re.findall(rf"^{check.__name__}\(", sources, re.M)) == 1, check.__name__
