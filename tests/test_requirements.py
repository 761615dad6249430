"""What Colab has already satisfies every bound: the set-up cell reinstalls nothing there.

And what a filled environment hides: an import or a command without a requirement, a package or a
file that no wheel holds, a test that no run collects. So all is read from the files, nothing from
what happens to be installed.
"""

import ast
import os
import re
import subprocess
import sys
from fnmatch import fnmatch, translate
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from setuptools import find_packages

from book.course import LANGUAGES, ROOT, list_pages

COLAB = dict(
    line.split("==")
    for line in (ROOT / "tests/colab.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
)
PYTHONS = re.findall(
    r'"Programming Language :: Python :: (.*)"',
    (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
)


IN_PAGE = "/run/python/"  # of book and of tests: what pages import


def read_requirements(name):
    lines = (
        line.split("#")[0].strip()
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    )
    return {
        requirement.name: requirement
        for requirement in (Requirement(line) for line in lines if line and line[0] != "-")
    }


PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def read_project(name: str) -> list[str]:
    """The texts in a list of pyproject.toml (Python 3.10 has no reader for it)."""
    (inside,) = re.findall(rf"^\"?{re.escape(name)}\"? = \[(.*?)\]$", PROJECT, re.M | re.S)
    return re.findall(r'"([^"]*)"', inside)


def test_colab_has_everything_that_the_package_needs():
    needed = {r.name: r for r in map(Requirement, read_project("dependencies"))}
    assert set(needed) == set(COLAB)
    for name, requirement in needed.items():
        assert requirement.specifier.contains(COLAB[name]), (name, COLAB[name])


def test_requirements_txt_says_the_same_and_colab_satisfies_it():
    listed = read_requirements("requirements.txt")
    for requirement in map(Requirement, read_project("dependencies")):
        assert listed[requirement.name].specifier == requirement.specifier
    for name, version in COLAB.items():
        assert listed[name].specifier.contains(version)


def test_no_exact_pin_and_no_cap_on_torch_or_python():
    for name in ("requirements.txt", "requirements-book.txt", "pyproject.toml"):
        assert not re.search(r"[a-z]==\d", (ROOT / name).read_text(encoding="utf-8")), name
    for name in ("torch", "torchvision", "numpy"):
        operators = {s.operator for s in read_requirements("requirements.txt")[name].specifier}
        assert operators == {">="}
    python = re.search(
        r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )[1]
    assert SpecifierSet(python) == SpecifierSet(">=3.10")


def test_every_line_gives_its_reason():
    for name in ("requirements.txt", "requirements-book.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                assert "# " in line, line


def test_the_book_s_requirements_are_included_and_hold_no_torch():
    assert "-r requirements-book.txt" in (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not {"torch", "torchvision", "lenet-course"} & set(
        read_requirements("requirements-book.txt")
    )
    assert read_requirements("requirements-book.txt")["jupyter-book"].specifier == SpecifierSet(
        ">=1.0.4,<2"
    )


def test_every_place_names_the_same_pythons():
    minors = [int(python.removeprefix("3.")) for python in PYTHONS]
    assert minors == list(range(minors[0], minors[-1] + 1))
    lowest, newest = PYTHONS[0], PYTHONS[-1]
    assert f'requires-python = ">={lowest}"' in (ROOT / "pyproject.toml").read_text(
        encoding="utf-8"
    )
    assert f"Python {lowest} to {newest}, git and make" in (ROOT / "README.md").read_text(
        encoding="utf-8"
    )
    assert f"Python {lowest}~{newest}, git, make" in (ROOT / "README.ko.md").read_text(
        encoding="utf-8"
    )
    for name in ("Makefile", "book/set_up.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"3\.\d+ to 3\.\d+", text)) == {f"{lowest} to {newest}"}
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for named in re.findall(r"\b3\.\d+\b", path.read_text(encoding="utf-8")):
            assert named in PYTHONS, (path.name, named)
    colab = re.search(r"Python (3\.\d+)\.", (ROOT / "tests/colab.txt").read_text(encoding="utf-8"))[
        1
    ]
    assert colab in PYTHONS


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readmes_say_that_an_intel_mac_has_no_torch_for_the_chapters(name):
    (specifier,) = read_requirements("requirements.txt")["torch"].specifier
    (line,) = re.findall(
        r"^(?:On Linux|리눅스).*\n.*$", (ROOT / name).read_text(encoding="utf-8"), re.M
    )
    assert "Intel Mac" in line or "인텔 맥" in line
    assert re.findall(r"\d\.\d+(?:\.\d+)?", line)[2:] == ["2.2.2", specifier.version]
    assert not specifier.contains("2.2.2")  # the newest that was made for Intel Macs


# what is imported and comes with what is required
COMES_WITH = {
    "IPython": "ipywidgets",
    "PIL": "matplotlib",
    "docutils": "sphinx",
    "jinja2": "sphinx",
    "jupyter_client": "nbclient",
    "myst_nb": "jupyter-book",
    "nbformat": "jupytext",
    "packaging": "pytest",
    "snowballstemmer": "sphinx",
    "traitlets": "ipywidgets",
    "yaml": "jupyter-book",
}
# what is required and not imported: a file and what in it cannot do without
CALLED = {
    "ipywidgets": ("bench/slider.py", "\nimport ipywidgets\n"),
    "ipykernel": ("book/notebooks/execute.py", 'kernel_name="python3"'),
    "jupyterlab": ("chapters/src/00_welcome.md", "\njupyter lab "),
    "lenet-course": ("requirements.txt", "-e ."),
    "pydata-sphinx-theme": ("book/site/templates/static/webpack-macros.html", "pydata"),
    "pytest-xdist": ("pyproject.toml", "-n "),
    "ruff": ("Makefile", "-m ruff"),
    "setuptools": ("pyproject.toml", 'build-backend = "setuptools.build_meta"'),
    "sphinx-book-theme": ("_config.yml", "- sphinx_book_theme"),
}
OTHER_TOOLS = {"pdf.py", "draw_preview.py"}  # of book/: `make book` does without
LOCAL = {"bench", "book", "lenet_course", "tests"}


def list_files(pattern: str) -> list[Path]:
    """Files of the project, as ROOT.rglob() has them: nothing that is installed or built."""
    wanted = re.compile(rf"(.*/)?{translate(pattern.replace('**/', ''))}")  # a * goes over folders
    return [path for path in list_all_files() if wanted.match(path.as_posix())]


def list_modules(folder: str = "") -> list[Path]:
    """The Python modules of a folder, without those for MicroPython, which has no packages."""
    return [path for path in list_files(f"{folder}*.py") if IN_PAGE not in path.as_posix()]


@cache
def list_all_files() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = {*folders} - {".git", ".venv", "_build", "build", "__pycache__"}
        found += [Path(folder, name).relative_to(ROOT) for name in names]
    return sorted(found)


def list_imports(path: Path, inside: bool = True) -> set[str]:
    """The top names of what a file imports from elsewhere; with `inside`, in functions too."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree) if inside else tree.body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        found.update(name.split(".")[0] for name in names)
    return found - set(sys.stdlib_module_names) - LOCAL


def find_missing(imports: set[str], required: set[str]) -> set[str]:
    """The imports that no requirement names, nor brings along."""
    named = {canonicalize_name(name) for name in required}
    distributions = packages_distributions()
    missing = set()
    for module in imports:
        own = {canonicalize_name(name) for name in distributions.get(module, [module])}
        if not own & named and COMES_WITH.get(module) not in named:
            missing.add(module)
    return missing


def test_every_import_is_named_by_a_requirement():
    imports = set().union(*map(list_imports, list_modules()))
    assert find_missing(imports, set(read_requirements("requirements.txt")) | read_book()) == set()


def read_book() -> set[str]:
    return set(read_requirements("requirements-book.txt"))


def test_the_package_names_all_that_it_imports():
    imports = set().union(*map(list_imports, list_modules("lenet_course/")))
    needed = {Requirement(line).name for line in read_project("dependencies")}
    assert find_missing(imports, needed) == set()


def test_the_book_names_all_that_it_imports():
    files = [path for path in list_modules("book/") if path.name not in OTHER_TOOLS]
    imports = set().union(*(list_imports(path, inside=False) for path in files))
    assert find_missing(imports, read_book()) == set()


@pytest.mark.parametrize("module", COMES_WITH)
def test_what_comes_with_a_requirement_does_come(module):
    brought = {canonicalize_name(Requirement(r).name) for r in requires(COMES_WITH[module])}
    assert brought & {canonicalize_name(name) for name in packages_distributions()[module]}


def test_every_requirement_is_imported_or_called():
    imports = set().union(*map(list_imports, list_modules()))
    distributions = packages_distributions()
    used = {canonicalize_name(d) for module in imports for d in distributions[module]}
    listed = {canonicalize_name(name) for name in read_requirements("requirements.txt")}
    listed |= {canonicalize_name(name) for name in read_book()} | {"lenet-course"}
    assert listed - used - set(CALLED) == set(), "required for nothing"
    assert set(CALLED) - listed == set(), "called, and not required"
    for path, words in CALLED.values():
        assert words in (ROOT / path).read_text(encoding="utf-8"), (path, words)


def test_a_wheel_holds_every_module_and_every_file_of_the_package():
    packages = set(find_packages(ROOT, include=read_project("include")))
    assert packages == {".".join(p.parent.parts) for p in list_modules("lenet_course/")}
    globs = {name: read_project(name) for name in packages if f'"{name}" = ' in PROJECT}
    for path in list_files("lenet_course/**/*"):
        if (ROOT / path).is_file() and path.suffix != ".py":
            folders = {name: name.replace(".", "/") for name in globs}
            folders = {n: folder for n, folder in folders.items() if path.is_relative_to(folder)}
            homes = {name: path.relative_to(folder) for name, folder in folders.items()}
            held = [n for n, inside in homes.items() if any(fnmatch(inside, g) for g in globs[n])]
            assert held, f"{path} is in no package_data"


COLLECT = """
import pytest, sys
class Empty(pytest.File):
    collect = lambda self: []
class Names:
    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path, parent):
        print(module_path)
        return Empty.from_parent(parent, path=module_path)
    def pytest_itemcollected(self, item):
        print(item.path)
pytest.main(["--collect-only", "-qq", "-n", "0", "-p", "no:cacheprovider"], plugins=[Names()])
"""


def test_a_run_without_arguments_collects_every_test_file_and_every_notebook():
    """Only the files are gone through, none is imported."""
    environment = {k: v for k, v in os.environ.items() if "PYTEST" not in k}
    command = [sys.executable, "-c", COLLECT]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    collected = {line for line in done.stdout.splitlines() if line.startswith(str(ROOT))}
    tests = {str(ROOT / path) for path in list_files("test_*.py")}
    notebooks = {
        str(ROOT / f"chapters/{language}/{name}.ipynb")
        for language in LANGUAGES
        for name in list_pages()
        if name not in ("glossary", "references")  # without code
    }
    assert collected == tests | notebooks, done.stdout[-1000:] + done.stderr[-1000:]


def test_the_options_of_a_run_leave_nothing_out():
    (options,) = re.findall(r'^addopts = "(.*)"$', PROJECT, re.M)
    words = options.split()
    assert {"--nbval", "--nbval-current-env"} <= set(words)
    assert words[words.index("--nbval-sanitize-with") + 1] == "tests/nbval_sanitize.cfg"
    assert int(words[words.index("-n") + 1]) >= 2
    assert not set(words) & {"--nbval-lax", "-k", "-m", "-x", "--lf"}
    assert not re.search(
        r"ignore|deselect|maxfail|norecursedirs|python_files", PROJECT.split("tool.ruff")[0]
    )
