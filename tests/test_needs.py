"""What the chapters need of lenet_course, and a lenet_course that is older than that."""

import importlib.util
import re
import shutil
import sys

import pytest
from packaging.version import Version
from setuptools.config.expand import read_attr, version

import lenet_course
from book.course import ROOT
from book.notebooks import needs
from lenet_course.version import VERSION, list_replaced, name_release

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
SLUG = "01_small"
SOURCE = """\
---
kernelspec: {{name: python3, display_name: Python 3}}
---

```{{code-cell}}
:id: use

from lenet_course import draw_curves, load_digits
draw_curves({{"loss": [{value}]}}, {argument}=True)
```

```{{code-cell}}
:id: try
:exercise: true

### BEGIN SOLUTION
answer = {answer}
### END SOLUTION
```
"""
USUAL = {"value": 2, "argument": "log", "answer": 3}


@pytest.fixture
def chapters(tmp_path):
    """A chapter beside a package, and what rewrites the chapter."""
    path = tmp_path / f"chapters/src/{SLUG}.md"
    path.parent.mkdir(parents=True)
    (tmp_path / "lenet_course").mkdir()
    shutil.copy(ROOT / "lenet_course/version.py", tmp_path / "lenet_course")
    chapters = path.parent.parent

    def write(**changes):
        path.write_text(SOURCE.format(**USUAL | changes), encoding="utf-8")
        return chapters

    write()
    needs.raise_version(chapters)
    return write


@pytest.mark.parametrize(
    ("changes", "raised"),
    [
        ({}, False),
        ({"value": 5}, False),
        ({"argument": "new"}, True),
        ({"answer": 4}, True),
    ],
)
def test_the_number_is_raised_when_the_chapters_need_something_else(chapters, changes, raised):
    before, folder = needs.get_version(chapters()), chapters(**changes)
    assert bool(needs.find_problems(folder)) == raised
    assert needs.raise_version(folder) == raised
    assert needs.get_version(folder) == before + raised
    assert not needs.find_problems(folder) and not needs.raise_version(folder)


def test_what_is_needed_are_names_the_forms_of_their_calls_and_started_programs():
    chapter = [
        "from lenet_course import Net, pick_digit as pick\nnet = Net()",
        "%%writefile a.py\nimage, label = pick(digits, index=2)\nother(1)",
        "!torchrun -m lenet_course.training --epochs 1",
        "for",  # no Python
    ]
    assert needs.find_needs(chapter) == {
        *("lenet_course.Net", "lenet_course.Net(0)"),
        *("lenet_course.pick_digit", "lenet_course.pick_digit(1 index)"),
        "!torchrun -m lenet_course.training --epochs 1",
    }


def test_a_release_has_another_name_when_any_of_its_files_has_changed(tmp_path):
    """pip replaces what is installed only by a release of another name (pypa/pip#9210)."""
    shutil.copy(ROOT / "lenet_course/version.py", tmp_path)

    def name():
        spec = importlib.util.spec_from_file_location("copy", tmp_path / "version.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.name_release()

    first = name()
    (tmp_path / "widgets").mkdir()
    (tmp_path / "widgets/a.js").write_text("a", encoding="utf-8")
    second = name()
    (tmp_path / "widgets/a.js").write_text("b", encoding="utf-8")
    assert len({first, second, name()}) == 3
    assert {Version(text).public for text in (first, second)} == {str(VERSION)}
    changed = name()
    (tmp_path / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "__pycache__/version.pyc").write_text("compiled", encoding="utf-8")
    assert name() == changed


def test_that_is_the_name_that_a_wheel_gets():
    (attribute,) = re.findall(r'^version = \{ attr = "(.*)" \}$', PROJECT, re.M)
    assert version(read_attr(attribute, root_dir=ROOT)) == name_release()


def test_names_that_hold_parts_of_a_replaced_package_are_found(monkeypatch):
    names = {"Net": lenet_course.Net, "net": lenet_course.Net(), "model": lenet_course.model}
    names |= {"train": lenet_course.train, "forward": lenet_course.Net().forward, "x": 3}
    assert list_replaced(names | vars(lenet_course)) == []
    path = lenet_course.model.__file__
    spec = importlib.util.spec_from_file_location("lenet_course.model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "lenet_course.model", module)  # as after an update
    assert list_replaced(names) == ["Net", "net", "model"]
