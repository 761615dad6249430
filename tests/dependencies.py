"""What a file of this repository can depend on, read from the code without running it.

A Python module depends on the modules that it imports (anywhere in it, and what they import), on
those that a string of it names ("lenet_course.training"), and on the files and folders beside it or
above it that a string names ("chapters", "net_runner.mjs"). One that starts other programs, or runs
code that it reads, depends on all code but other tests. Of a package, `from package import name`
takes __init__.py and the module that the name comes from, or of `import *` in there those modules
whose __all__ has it: importing the others changes nothing that tests/test_imports.py does not look
at.
"""

import ast
import hashlib
import json
import re
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

CODE = ("lenet_course", "book", "bench", "tests")
LAUNCHERS = {"subprocess", "multiprocessing", "pkgutil", "runpy", "nbclient", "nbval", "exec"}
DOTTED = re.compile(rf"(?:{'|'.join(CODE)})\.[\w.]*")
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.M)  # not Python, in a notebook's cell


class Repository:
    """The files of a checkout that Git does not ignore.

    Attributes:
        hashes: {path: SHA-256 of the content}.

    Raises:
        OSError, subprocess.CalledProcessError: no Git, or no checkout of it.
    """

    def __init__(self, root: Path):
        self.root = root
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout.decode()
        names = [name for name in listed.split("\0") if name and (root / name).is_file()]
        self.hashes = {name: hash_file(root / name) for name in names}
        self.folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}

    def list_below(self, *folders: str) -> set[str]:
        """The files in these folders, and in theirs."""
        return {name for name in self.hashes if name.startswith(tuple(f"{f}/" for f in folders))}

    @cache  # noqa: B019  one a run
    def find_dependencies(self, name: str, data: bool = True) -> frozenset[str]:
        """Find all files that a module or a notebook depends on.

        Args:
            name: its path.
            data: with the files and folders that are named, and the code of other programs.
        """
        return frozenset(_Search(self, data).add(name))


class _Search:
    """One search: `files` are what was found, `seen` the (module, name) that were looked up."""

    def __init__(self, repository: Repository, data: bool):
        self.repository, self.data = repository, data
        self.files, self.seen = set(), set()

    def add(self, file: str) -> set[str]:
        """Add a file and what it depends on."""
        if file not in self.files:
            self.files.add(file)
            if file.endswith((".py", ".ipynb")):
                code = read_code(self.repository.root / file)
                self._add_code(file, code, {(module, name) for module, name, _ in code.imports})
        return self.files

    def _add_code(self, file, code, imports):
        for module, name in imports:
            self._follow(module, name)
        for text in filter(DOTTED.fullmatch, code.strings):
            self._follow(text.rstrip("."), "*")
            if text.endswith("."):  # the name follows: any module of the package
                below = self.repository.list_below(text.replace(".", "/").rstrip("/"))
                for found in sorted(name for name in below if "/test_" not in name):
                    self.add(found)
        if not self.data:
            return
        programs = self.repository.list_below("lenet_course")
        if file.endswith(".py"):
            self._add_named(code.strings, list_folders(file))
            programs = self.repository.list_below(*CODE)
        if LAUNCHERS & (code.used | {module.split(".")[0] for module, _ in imports}):
            self.files |= {name for name in programs if "/test_" not in name}

    def _add_named(self, strings, folders):
        pieces = {piece for text in strings for piece in text.split("/") if piece.strip(".")}
        for entry in (str(folder / piece) for folder in folders for piece in pieces):
            if entry in self.repository.hashes:
                self.files.add(entry)
            elif entry in self.repository.folders:
                self.files |= self.repository.list_below(entry)

    def _follow(self, module, name):
        """Add what `from module import name` runs; "*" is all of it, "" only the module itself."""
        if (module, name) in self.seen:
            return
        self.seen.add((module, name))
        parent, _, last = module.rpartition(".")
        path = module.replace(".", "/")
        if f"{path}.py" in self.repository.hashes:
            self._follow(parent, "")
            self.add(f"{path}.py")
        elif f"{path}/__init__.py" in self.repository.hashes:
            self._follow(parent, "")
            self._follow_package(module, f"{path}/__init__.py", name)
        elif parent:  # a name of the module above
            self._follow(parent, last)

    def _follow_package(self, module, file, name):
        self.files.add(file)
        code = read_code(self.repository.root / file)
        used = {name, *code.used}
        taken = [(m, n) for m, n, own in code.imports if name == "*" or own in used]
        taken += [(m, n) for m, n, _ in code.imports if n == "*" and self._lists(m, name)]
        self._add_code(file, code, taken)
        path = f"{file.removesuffix('__init__.py')}{name}"
        if f"{path}.py" in self.repository.hashes or path in self.repository.folders:
            self._follow(f"{module}.{name}", "*")

    def _lists(self, module, name):
        """Whether a module has a name in a string, as in its __all__."""
        path = f"{module.replace('.', '/')}.py"
        is_known = name and path in self.repository.hashes
        return is_known and name in read_code(self.repository.root / path).strings


class Code(NamedTuple):
    """What a piece of code names.

    Attributes:
        imports: (module, name, the name it gets here); the name is "*" for all of the module.
        used: the names that it reads or sets.
        strings: its strings without white space, but those that stand alone (docstrings).
    """

    imports: set[tuple[str, str, str]]
    used: set[str]
    strings: set[str]


@cache
def read_code(path: Path) -> Code:
    """Read a module, or the code cells of a notebook; there, `import a` takes what `a.b` says."""
    notebook = path.suffix == ".ipynb"
    sources = _list_cells(path) if notebook else [path.read_text(encoding="utf-8")]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    imports = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            imports |= {
                (node.module, alias.name, alias.asname or alias.name) for alias in node.names
            }
        elif isinstance(node, ast.Import):
            imports |= {(alias.name, "" if notebook else "*", alias.name) for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and notebook:
            imports.add((node.value.id, node.attr, node.attr))
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in alone]
    strings = {node.value for node in constants if isinstance(node.value, str)}
    return Code(
        imports,
        {node.id for node in nodes if isinstance(node, ast.Name)},
        {text for text in strings if not re.search(r"\s", text)},
    )


def _list_cells(path: Path) -> list[str]:
    """The code cells of a notebook; a magic becomes a string of each of its words."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [MAGIC.sub(lambda magic: f"{magic[1]}_ = {magic[0].split()!r}", s) for s in sources]


def list_folders(file: str) -> list[PurePosixPath]:
    """The folders above a file; of the package's, which is installed alone, only the package's."""
    folders = list(PurePosixPath(file).parents)
    return folders[:-1] if file.startswith("lenet_course/") else folders


def hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
