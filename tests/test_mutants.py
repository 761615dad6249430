"""The tables of planted faults: each can still be planted, and what runs them tells red from green.

`make mutants` plants them all, in about 20 minutes.
"""

import shutil
from collections import Counter
from pathlib import Path
from queue import Queue

import pytest

from book.course import ROOT
from book.notebooks.environment import FIXED
from tests.mutants.__main__ import APART, list_paths, report
from tests.mutants.faults import KINDS, list_edits, load_faults, plant
from tests.mutants.trial import NOTHING, PASSED, Warm, derive, try_one

FAULTS = [fault for kind in KINDS for fault in load_faults(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_can_be_planted(kind, tmp_path):
    """What it replaces stands in its file once; where it does not, the fault has gone stale."""
    for number, fault in enumerate(load_faults(kind)):
        root = tmp_path / str(number)
        for edit in list_edits(fault):
            (root / edit["file"]).parent.mkdir(parents=True, exist_ok=True)
            if not (root / edit["file"]).exists():
                shutil.copy(ROOT / edit["file"], root / edit["file"])
        plant({key: value for key, value in fault.items() if key != "script"}, root)


def test_every_fault_has_a_name_and_tests_of_its_own():
    assert max(Counter(fault["name"] for fault in FAULTS).values()) == 1
    for fault in FAULTS:
        assert list_paths(fault), fault["name"]
        missing = [path for path in list_paths(fault) if not (ROOT / path).exists()]
        assert fault["kind"] in APART or not missing, (fault["name"], missing)
        for path, _, name in (test.partition("::") for test in fault["tests"]):
            name = name.partition("[")[0]
            assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (
                fault["name"],
                name,
            )


def test_there_are_a_hundred_of_them_in_every_part():
    assert sum(fault["kind"] not in APART for fault in FAULTS) >= 100
    kinds = "book chapters config exercises javascript outputs package prose run templates"
    assert set(KINDS) == set(kinds.split())


def test_a_text_that_is_not_there_once_is_no_fault(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\ny = 1\n", encoding="utf-8")
    edit = {"kind": "k", "name": "n", "file": "a.py"}
    for old in ("= 1", "= 2"):
        with pytest.raises(ValueError, match=r"k, n: expected '= .' once in a\.py, got"):
            plant({**edit, "old": old, "new": "= 3"}, tmp_path)
    with pytest.raises(ValueError, match=r"once in a\.py"):
        plant({**edit, "old": "x = 1", "new": "x = 1"}, tmp_path)
    plant({**edit, "old": "x = 1", "new": r"x = '\n\1'"}, tmp_path)
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = '\\n\\1'\ny = 1\n"


@pytest.mark.parametrize(
    ("stands", "planted"),
    [
        ("It owns 78.0 percent.\n", "It has 87.0 percent.\n"),
        ("It owns [78.0]{share-of-each:7} percent.\n", "It has [87.0]{share-of-each:7} percent.\n"),
        ("It [owns]{a} [78.0]{b[0]} per`[c]{d}`cent.\n", None),
    ],
)
def test_a_sentence_is_changed_inside_its_marks_or_without_them(tmp_path, stands, planted):
    (tmp_path / "a.md").write_text(stands, encoding="utf-8")
    edit = {"file": "a.md", "old": "It owns 78.0 percent", "new": "It has 87.0 percent"}
    if planted is None:  # what is code, is no mark
        edit = {**edit, "old": "It owns 78.0 per`[c]{d}`cent", "new": "It has 87.0 per`[c]{d}`cent"}
        planted = "It [has]{a} [87.0]{b[0]} per`[c]{d}`cent.\n"
    plant({"kind": "k", "name": "n", **edit}, tmp_path)
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == planted


def test_a_warm_process_tells_red_from_green_and_sees_each_change(tmp_path):
    (tmp_path / "helper.py").write_text("VALUE = 1\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "from helper import VALUE\n\ndef test_it():\n    assert VALUE == 1\n", encoding="utf-8"
    )
    warm = Warm(["pytest"])
    assert warm.run_tests(tmp_path, ["test_it.py"]) == PASSED
    (tmp_path / "helper.py").write_text("VALUE = 20\n", encoding="utf-8")
    assert warm.run_tests(tmp_path, ["test_it.py"]) == 1
    assert warm.run_tests(tmp_path, ["test_it.py", "-k", "other"]) == NOTHING
    warm.close()


def test_a_trial_that_fails_leaves_its_process_to_the_others(tmp_path):
    (tmp_path / "pristine").mkdir()
    (tmp_path / "pristine/a.py").touch()
    warm = Queue()
    warm.put("a process")
    stale = {"kind": "k", "name": "n", "file": "a.py", "old": "x", "new": "y"}
    with pytest.raises(ValueError, match="expected 'x' once"):
        try_one(tmp_path / "pristine", [], warm, stale)
    assert warm.get_nowait() == "a process"


def test_what_an_author_cannot_derive_is_caught(tmp_path):
    assert derive({"name": "n"}, tmp_path, {})
    assert not derive({"name": "n", "derive": "01_define_the_net"}, tmp_path, dict(FIXED))


@pytest.mark.parametrize(
    ("kind", "caught", "enough"),
    [("package", 19, True), ("package", 18, False), ("prose", 20, True), ("prose", 19, False)],
)
def test_95_of_100_are_enough_and_of_sentences_all(kind, caught, enough, capsys):
    tried = [({"kind": kind, "name": str(n)}, n < caught) for n in range(20)]
    assert report(tried) == enough
    assert capsys.readouterr().out.count("survived") == 20 - caught


def test_the_warm_process_knows_nothing_of_the_project():
    text = (Path(__file__).parent / "mutants/warm.py").read_text(encoding="utf-8")
    for name in ("lenet_course", "from book", "import book", "from tests", "import tests"):
        assert name not in text
