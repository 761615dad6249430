"""What imports what: nothing the tests, nothing itself; and no import draws a random number."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from book.course import ROOT

PACKAGES = ("lenet_course", "book", "bench")

IMPORT_ALL = """
import importlib, pickle, pkgutil, random
import numpy, torch
def read_states():
    states = torch.get_rng_state().numpy(), numpy.random.get_state(), random.getstate()
    return pickle.dumps(states)
names = ["lenet_course"]
for name in names:  # grows: a package's modules are known once it is imported
    before = read_states()
    module = importlib.import_module(name)
    print(name, "leaves" if read_states() == before else "draws")
    if hasattr(module, "__path__"):
        names += [found.name for found in pkgutil.iter_modules(module.__path__, name + ".")]
"""


def test_no_import_draws_from_the_global_random_states():
    command = [sys.executable, "-c", IMPORT_ALL]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    found = dict(line.split() for line in result.stdout.splitlines())
    assert {"lenet_course", "lenet_course.exercises.define_the_net"} <= set(found)
    assert len(found) > 40
    assert set(found.values()) == {"leaves"}, found


def read_imports(files: dict[str, str], packages=PACKAGES) -> dict[str, set[str]]:
    """Read which modules of these packages each module imports, in functions too: name → names.

    Args:
        files: a module's path → its source.
    """
    plain = {path.removesuffix(".py").removesuffix("/__init__"): path for path in files}
    names = {name.replace("/", "."): path for name, path in plain.items()}
    found = {}
    for name, path in names.items():
        wanted = []
        for node in ast.walk(ast.parse(files[path])):
            if isinstance(node, ast.Import):
                wanted += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path}: expected a whole name, got a relative import"
                parts = [f"{node.module}.{alias.name}" for alias in node.names]
                wanted += [part if part in names else node.module for part in parts]
        found[name] = {module for module in wanted if module.split(".")[0] in packages}
    return found


def read_files(*packages: str) -> dict[str, str]:
    paths = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def find_circle(imports: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_import_goes_in_a_circle():
    imports = read_imports(read_files(*PACKAGES))
    assert len(imports) > 60 and "book.course" in imports["book.site.published"]
    assert find_circle(imports) == []


def test_nothing_but_the_tests_imports_the_tests():
    imports = read_imports(read_files(*PACKAGES), packages=("tests",))
    assert {name: found for name, found in imports.items() if found} == {}


def test_packages_import_only_downwards():
    """The book and the measurements know the package, the measurements the book; never back."""
    for number, package in enumerate(PACKAGES):
        above = PACKAGES[number + 1 :]
        imports = read_imports(read_files(package), above)
        assert {name: found for name, found in imports.items() if found} == {}


def test_threads_and_the_reading_of_code_are_behind_one_seam_of_the_exercises():
    """A small Python, such as one in a page, lacks what calling.py and code.py use."""
    parts = ("ctypes", "dis", "inspect", "multiprocessing", "signal", "threading")
    imports = read_imports(read_files("lenet_course/exercises"), parts)
    seam = {"lenet_course.exercises.calling", "lenet_course.exercises.code"}
    assert {name for name, found in imports.items() if found} == seam


def test_the_notebooks_know_nothing_of_the_site_they_are_shown_on():
    for name, found in read_imports(read_files("book")).items():
        if not name.startswith(("book.site", "book.run")) and name not in ("book.pdf", "book.live"):
            assert not any(module.startswith("book.site") for module in found), name


def test_the_makefile_runs_of_the_tests_only_what_tests():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = re.findall(r"^([a-z]+):[^\n]*\n((?:\t.*\n)+)", makefile, re.M)
    users = {target for target, recipe in recipes if "-m tests." in recipe}
    assert users == {"test", "matrix", "mutants"}


@pytest.mark.parametrize(
    ("files", "circle"),
    [
        ({"book/a.py": "import book.b", "book/b.py": "import re"}, False),
        ({"book/a.py": "import book.b", "book/b.py": "from book import a"}, True),
        ({"book/a.py": "def f():\n    from book.b import c", "book/b.py": "import book.a"}, True),
        ({"book/__init__.py": "from book.a import b", "book/a.py": "from book import b"}, True),
    ],
)
def test_a_circle_is_found_where_there_is_one(files, circle):
    assert bool(find_circle(read_imports(files))) == circle
