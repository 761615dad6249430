"""The matrix names the cell that another release changes, and the release."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from packaging.version import Version

from book.course import ROOT
from tests.chapters import get_cell
from tests.matrix import __main__ as matrix
from tests.matrix import environments
from tests.matrix.causes import find_causes
from tests.matrix.compare import MESSAGES, PYTEST, compare_cells, read_releases, run_message_tests
from tests.matrix.environments import (
    TOOLS,
    Environment,
    find_pythons,
    pin_lowest,
    read_requirements,
)
from tests.matrix.issue import write_issue
from tests.matrix.known import KNOWN, OLDER
from tests.matrix.report import list_new, write_report
from tests.matrix.shorten import shorten

# a package in two releases: in the second a repr reads otherwise and a function has another name
SCALE = {
    "1.0": "class Scale:\n    __repr__ = lambda self: 'Scale(2)'\ndef double(n): return 2 * n\n",
    "2.0": "class Scale:\n    __repr__ = lambda self: '<Scale 2>'\ndef twice(n): return 2 * n\n",
}
CELLS = {
    "same": ("print(1 + 1)", new_output("stream", text="2\n")),
    "repr": ("import scale\nscale.Scale()", "Scale(2)"),
    "call": ("scale.double(4)", "8"),
}


def result(text):
    return new_output("execute_result", {"text/plain": text})


@pytest.fixture
def planted(tmp_path):
    """A chapter that uses `scale`, stored under its release 1.0; a folder for each release."""
    cells = [
        new_code_cell(source, id=name, outputs=[result(out) if isinstance(out, str) else out])
        for name, (source, out) in CELLS.items()
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "05_toy.ipynb")
    for release, code in SCALE.items():
        folder = tmp_path / release / f"scale-{release}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Name: scale\nVersion: {release}\n", encoding="utf-8")
        (tmp_path / release / "scale.py").write_text(code, encoding="utf-8")
    return tmp_path


def test_a_planted_api_change_is_traced_to_its_cells_and_its_release(planted):
    newest = Environment("newest", sys.executable, (planted / "2.0",))
    reports = {"newest": newest.compare(("05_toy",), planted)}
    good = {"python": "3.0.1", "scale": "1.0"}

    def compare(name, packages, chapters):
        assert (name, packages, chapters) == ("newest", ("scale",), ("05_toy",))
        exchanged = Environment("newest", sys.executable, (planted / "1.0", *newest.before))
        return exchanged.compare(chapters, planted)

    find_causes(reports, good, compare)
    assert reports["newest"]["releases"]["scale"] == "2.0"
    found = {d["cell"]: (d["kind"], d["cause"]) for d in reports["newest"]["differences"]}
    assert found["05_toy/repr"] == ("text/plain", "scale 1.0 → 2.0")
    assert set(found) == {"05_toy/repr", "05_toy/call"}
    errors = [d for d in reports["newest"]["differences"] if d["kind"] == "error"]
    assert [d["fresh"].split(".")[0] for d in errors] == [
        "AttributeError: module 'scale' has no attribute 'double'"
    ]
    assert {d["cause"] for d in errors} == {"scale 1.0 → 2.0"}
    found = shorten({"new": list_new(reports), "text": "table"})
    title, text = write_issue(json.dumps(found), "RUN")
    assert title == "05_toy/repr differs (text/plain): scale 1.0 → 2.0, and 2 more"
    assert text == "table\nRUN\n"
    assert "| newest | 05_toy/repr | text/plain | Scale(2) | <Scale 2> | scale 1.0 → 2.0 |" in (
        write_report(reports, list(good))
    )


def make_report(releases, *fresh, chapter="01_a"):
    differences = [
        {
            "chapter": chapter,
            "cell": f"{chapter}/{n}",
            "kind": "stdout",
            "stored": "",
            "fresh": text,
        }
        for n, text in enumerate(fresh)
    ]
    return {"releases": releases, "differences": differences}


def read_causes(report):
    return [difference["cause"] for difference in report["differences"]]


def test_one_package_after_another_is_exchanged_torch_and_torchvision_together_and_last():
    good = {"python": "3.10", "torch": "1", "torchvision": "1", "numpy": "1", "tqdm": "1", "x": "1"}
    report = make_report({**good, "torch": "2", "numpy": "2", "tqdm": "2", "x": "2"}, "a", "b", "c")
    asked = []

    def compare(name, packages, chapters):
        asked.append(packages)
        if packages == ("numpy",):
            return None  # pip finds none
        left = {("tqdm",): "bc", ("x",): "bc", ("torch", "torchvision"): "c"}[packages]
        kept = [d for d in report["differences"] if d["fresh"] in left]
        return {"releases": {}, "differences": kept}

    find_causes({"newest": report}, good, compare)
    assert asked == [("numpy",), ("tqdm",), ("x",), ("torch", "torchvision")]
    assert read_causes(report) == [
        "tqdm 1 → 2",
        "torch 1 → 2",
        "no release alone; changed: torch 1 → 2, numpy 1 → 2, tqdm 1 → 2, x 1 → 2",
    ]


def test_what_every_environment_puts_out_alike_is_no_release_s_doing():
    reports = {name: make_report({"x": name}, "a", f"b{name}") for name in ("1", "2")}
    find_causes(reports, {"x": "1"}, lambda *_: None)
    assert read_causes(reports["1"])[0].startswith("no release: ")
    assert [d["fresh"] for d in list_new(reports)] == ["b1", "b2"]
    assert read_causes(reports["2"])[1] == "no release alone; changed: x 1 → 2"


def test_what_is_known_is_in_the_table_with_its_reason_and_no_news():
    def judge(name, cell, kind):
        report = make_report({"x": "2"}, "a")
        report["differences"][0] |= {"cell": cell, "kind": kind}
        find_causes({name: report}, {"x": "1"}, lambda *_: None)
        return list_new({name: report}), write_report({name: report}, ["x"])

    (cell, kind), reason = next(iter(OLDER.items()))
    new, table = judge("lowest", cell, kind)
    assert new == [] and reason in table
    new, table = judge("newest", cell, kind)  # known of the lowest releases alone
    assert len(new) == 1 and reason not in table
    new, _ = judge("lowest", cell, "error")  # a cell that is known to differ may not fail
    assert len(new) == 1


@pytest.mark.parametrize("name", KNOWN)
def test_known_cells_exist_and_may_not_fail_unless_they_are_meant_to(name):
    for place, kind in KNOWN[name]:
        cell = get_cell(*place.split("/"))
        assert kind != "error" or "raises-exception" in cell.metadata.tags


def compare_outputs(stored, fresh, tags=()):
    cells = [new_code_cell("", outputs=outputs) for outputs in (stored, fresh)]
    cells[0].metadata["tags"] = list(tags)
    return compare_cells(*cells)


def test_cells_are_compared_as_nbval_does():
    error = {"ename": "RuntimeError", "traceback": []}
    old = new_output("error", evalue="alloc_cpu.cpp:12", **error)
    assert compare_outputs([old], [new_output("error", evalue="alloc_cpu.cpp:34", **error)]) == []
    assert compare_outputs([result("<a at 0x123456>")], [result("<a at 0x654321>")]) == []
    assert compare_outputs([result("a\nb\nc")], [result("a\nB\nc")]) == [("text/plain", "b", "B")]
    long = "x" * 1000
    ((_, stored, fresh),) = compare_outputs(
        [result(long + "1" + long)], [result(long + "2" + long)]
    )
    assert (stored, fresh) == tuple("x" * 50 + digit + "x" * 149 for digit in "12")
    warning = new_output("stream", name="stderr", text="old")
    assert compare_outputs([], [warning]) == [("stderr", "", "old")]
    ignored = {"tags": ["nbval-ignore-output"]}
    assert compare_outputs([result("a")], [result("b")], **ignored) == []
    ((kind, _, fresh),) = compare_outputs([result("a")], [old], **ignored)
    assert (kind, fresh) == ("error", "RuntimeError: alloc_cpu.cpp")
    png = new_output("display_data", {"image/png": ""})
    ((kind, _, fresh),) = compare_outputs([png], [])
    assert (kind, fresh) == ("picture", "expected 1 pictures, as stored, got 0")


@pytest.mark.parametrize(("fresh", "status"), [((), 0), (("a",), 1)])
def test_make_matrix_fails_where_something_new_differs(tmp_path, monkeypatch, fresh, status):
    class Same:
        def compare(self, chapters):
            report = make_report({"x": "1"}, *fresh)
            for difference in report["differences"]:
                difference |= {"known": "", "cause": "x 1 → 2"}
            return report

    (tmp_path / "_build").mkdir()
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    monkeypatch.setattr(matrix, "find_pythons", lambda: ["python3.10", "python3.14"])
    monkeypatch.setattr(matrix, "install", lambda *_: Same())
    monkeypatch.setattr(matrix, "find_causes", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["matrix"])
    assert matrix.main() == status
    assert json.loads((tmp_path / "_build/matrix.json").read_text(encoding="utf-8"))["text"]


def test_the_lower_bounds_are_read_from_pyproject_and_pinned():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bounds = re.findall(r'^    "(.*)>=(.*)",$', project, re.M)
    pins = pin_lowest(read_requirements())
    assert len(bounds) == 7
    assert pins[:7] == [f"{name}=={bound}" for name, bound in bounds]
    assert {re.match(r"\w+", pin)[0] for pin in pins[7:]} == set(TOOLS)
    assert "pytest<10,>=9" in pins  # its own bounds hold


def test_only_pythons_that_run_are_found_the_lowest_first(tmp_path, monkeypatch):
    for name, code in (("python3.14", 0), ("python3.10", 0), ("python3.9", 0), ("python3.12", 127)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    assert find_pythons() == [str(tmp_path / "python3.10"), str(tmp_path / "python3.14")]


def test_where_pip_cannot_install_the_releases_one_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setattr(environments, "make_environment", lambda *_: "/bin/false")
    said = r"^lowest: expected python3.14 to install torch==2.6, got pip's error; see --lowest$"
    with pytest.raises(SystemExit, match=said):
        environments.install("lowest", "python3.14", ["torch==2.6"])


def test_an_environment_of_another_python_is_made_again(tmp_path, monkeypatch):
    def make(folder, python):
        own = folder / "bin/python"
        if not own.exists():
            own.parent.mkdir(parents=True)
            shutil.copy(python, own)
            made.append(python)
        return own

    made, pythons = [], [str(tmp_path / name) for name in ("3.13.9", "3.14.0")]
    for python in pythons:
        code = f'#!/bin/sh\n[ "$1" != --version ] || echo Python {Path(python).name}\n'
        Path(python).write_text(code, encoding="utf-8")
        Path(python).chmod(0o755)
    monkeypatch.setattr(environments, "FOLDER", tmp_path / "matrix")
    monkeypatch.setattr(environments, "make_environment", make)
    for python in (*pythons, *reversed(pythons), pythons[0]):
        environments.install("newest", python, [])
    assert made == [*pythons, pythons[0]]


def test_an_exchange_keeps_all_else_and_takes_the_nearest_release_below(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "FOLDER", tmp_path / "a folder")
    python = tmp_path / "python"
    code = f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/asked\n"
    python.write_text(code, encoding="utf-8")
    python.chmod(0o755)
    newest = Environment("newest", str(python), (tmp_path / "plant",))
    good = {"python": "3.14.8", "torch": "2.15.0", "numpy": "2.5.5", "tqdm": "4.70.1"}
    kept = {"python": "3.14.9", "torch": "2.16.0", "numpy": "2.6.0", "tqdm": "4.71.0"}
    exchanged = environments.exchange(newest, ("numpy",), good, kept)
    folder = tmp_path / "a folder/exchanged/newest/numpy"
    assert exchanged == Environment("newest", str(python), (folder, tmp_path / "plant"))
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[-5:] == ["--target", f"{folder}", "-c", f"{folder}.txt", "numpy<=2.5.5"]
    assert Path(f"{folder}.txt").read_text(encoding="utf-8") == "torch==2.16.0\ntqdm==4.71.0"
    python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert environments.exchange(newest, ("numpy",), good, kept) is None


def test_the_good_releases_are_within_the_bounds_and_name_all_that_the_course_imports():
    good, requirements = matrix.read_good(), read_requirements()
    assert set(requirements) - set(TOOLS) < set(good)
    for name in set(requirements) & set(good):
        assert requirements[name].specifier.contains(good[name]), name
    assert set(good) <= set(read_releases())
    assert Version(good["python"]) >= Version("3.14")


def test_a_failed_message_test_is_named_with_its_cell(monkeypatch):
    command = [sys.executable, *PYTEST, "tests/test_messages.py"]
    said = "FAILED tests/test_messages.py::test_quotes[byte-error] - assert False\n1 failed\n"

    def run(asked, **_):
        assert asked == command
        return subprocess.CompletedProcess(asked, 1, said, "")

    monkeypatch.setattr(subprocess, "run", run)
    (difference,) = run_message_tests()
    assert difference["chapter"] == MESSAGES
    assert difference["cell"] == "tests/test_messages.py::test_quotes[byte-error]"
    assert difference["fresh"] == "assert False"
    said = "no pytest here"
    (difference,) = run_message_tests()
    assert difference["fresh"] == "no pytest here"


FOUND = {
    "new": [{"cell": "05_toy/repr", "kind": "text/plain", "cause": "scale 1.0 → 2.0"}],
    "text": "| a | b |",
}
GH = """#!/bin/sh
printf '%s\\n' "$@" --- >> {folder}/asked
case "$1 $2" in "issue list") cat {folder}/open;; esac
"""


@pytest.mark.parametrize("text", ["| 가 | – |\n" * 30_000, "\x1b[0m" * 30_000])
def test_however_much_differs_its_report_fits_into_a_variable_and_its_issue_into_a_word(text):
    """Linux takes 131,072 bytes of each; of an issue GitHub takes 65,536 characters."""
    report = {"reports": {}, "new": FOUND["new"] * 500, "text": text}
    command = [sys.executable, "-S", "-m", "tests.matrix.shorten"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(report), stdout=subprocess.PIPE, encoding="utf-8"
    )
    (line,) = done.stdout.splitlines()
    title, written = write_issue(line, "RUN")
    assert title.endswith("scale 1.0 → 2.0, and 499 more")
    assert written == f"{text[:20_000]}\nRUN\n"
    assert max(len(line.encode()), len(written.encode())) < 131_000 and len(written) < 65_536


@pytest.mark.parametrize("number", ["", "7\n"])
@pytest.mark.parametrize("report", [FOUND, None])
def test_one_issue_is_opened_and_the_open_one_is_used(tmp_path, number, report):
    (tmp_path / "gh").write_text(GH.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "open").write_text(number, encoding="utf-8")
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "REPORT": json.dumps(shorten(report)) if report else "",
    }
    command = [sys.executable, "-S", "-m", "tests.matrix.issue", "RUN"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    asked = [
        call.split("\n")
        for call in (tmp_path / "asked").read_text(encoding="utf-8").split("\n---\n")[:-1]
    ]
    title, text = write_issue(environment["REPORT"], "RUN")
    title_expected = (
        "05_toy/repr differs (text/plain): scale 1.0 → 2.0"
        if report
        else "make matrix ended without a report"
    )
    assert title == title_expected
    assert asked[0][:4] == ["issue", "list", "--label", "matrix"]
    if number:
        assert len(asked) == 2
        assert asked[1][:4] == ["issue", "comment", "7", "--body"]
        assert asked[1][4] == f"**{title}**"
    else:
        assert asked[1][:3] == ["label", "create", "matrix"]
        assert asked[2][:6] == ["issue", "create", "--title", title, "--label", "matrix"]
        assert "\n".join(asked[2][7:]) == text
