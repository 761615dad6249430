"""What a test, or another file of this repository, can depend on; read from the code, never run.

A name of a module depends on the statements that define it, on those that define what these use
(a test's fixtures, too), and on those that define nothing. A statement depends on what it imports,
on modules that a string of it names ("lenet_course.training") or begins to ("tests.exercises."),
and on files and folders beside its module or above it that a string names ("chapters"), or strings
joined by `/` (ROOT / "lenet_course" / "widgets"). One that runs code which it reads depends on all
code but tests; so does a notebook that starts programs (of a test that does, tests/unchanged.py
finds out). Importing a module runs its other statements too: that changes nothing that
tests/test_imports.py does not look at.
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
RUNNERS = {"multiprocessing", "pkgutil", "runpy", "exec"}
DOTTED = re.compile(rf"(?:{'|'.join(CODE)})\.[\w.]*")
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.M)  # not Python, in a notebook's cell
ALL, STAR = "all", "*"  # of a module: all of it; what `import *` of it is asked for


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

    def list_code(self) -> set[str]:
        """All code but tests: what a program that was started may run."""
        return {name for name in self.list_below(*CODE) if "/test_" not in name}

    def list_defined(self, file: str) -> set[str]:
        """The names that a module defines."""
        return set().union(*(statement.names for statement in read_code(self.root / file)))

    @cache  # noqa: B019  one a run
    def find_dependencies(self, file: str, name: str = ALL, data: bool = True) -> frozenset[str]:
        """Find all files that a name of a module depends on.

        Args:
            file: the path of a module or a notebook.
            name: what it defines; by default all of it.
            data: with the files and folders that are named, and all code where code is run.
        """
        files, seen, todo = set(), set(), {(file, name)}
        while todo:
            seen |= todo
            found = [self._expand(*node, data) for node in todo]
            files = files.union(*(named for named, _ in found))
            todo = set().union(*(nodes for _, nodes in found)) - seen
        return frozenset(files)

    @cache  # noqa: B019
    def _expand(self, file, name, data):
        """One step: the files that a name itself depends on, and the (file, name) it leads to."""
        files, nodes = {file}, set()
        if file.endswith((".py", ".ipynb")):
            names, statements = take_statements(read_code(self.root / file), name)
            for statement in statements:
                for module, taken in statement.imports:
                    for each in self._list_taken(module, names) if taken == STAR else {taken}:
                        nodes |= self._find_module(module, each)
                for text in filter(DOTTED.fullmatch, statement.strings):
                    nodes |= self._find_module(text.rstrip("."), ALL)
                    nodes |= {(begun, ALL) for begun in self._list_begun(text)}
                if data:
                    files |= self._find_data(file, statement)
        return files, nodes

    def _find_module(self, module, name):
        """What `from module import name` runs; ALL is all of it, "" only the module itself."""
        parent, _, last = module.rpartition(".")
        path = module.replace(".", "/")
        file = self._find_file(module)
        if file is None:  # a name of the module above, or none of ours
            return self._find_module(parent, last) if parent else set()
        found = {(file, name)} | (self._find_module(parent, "") if parent else set())
        if f"{path}/{name}.py" in self.hashes or f"{path}/{name}" in self.folders:
            found |= self._find_module(f"{module}.{name}", ALL)
        return found

    def _find_file(self, module):
        path = module.replace(".", "/")
        return next((f for f in (f"{path}.py", f"{path}/__init__.py") if f in self.hashes), None)

    def _list_taken(self, module, names):
        """Those of the names that `from module import *` brings."""
        file = self._find_file(module)
        if file is None or names == {ALL}:
            return names if file else set()
        return names & self.list_defined(file)

    def _list_begun(self, text):
        """The modules that are meant where the rest of a dotted name follows; no tests."""
        begun = text.replace(".", "/")
        if f"{begun}.py" in self.hashes or begun in self.folders:
            return []
        modules = [name for name in self.hashes if name.startswith(begun) and name.endswith(".py")]
        return [name for name in modules if "/test_" not in name]

    def _find_data(self, file, statement):
        used = statement.used | {module.split(".")[0] for module, _ in statement.imports}
        if file.endswith(".ipynb"):
            return self.list_below("lenet_course") if {"subprocess", *RUNNERS} & used else set()
        parts = [[p for p in text.split("/") if p.strip(".")] for text in statement.strings]
        entries = [self._find_entry(above, p) for above in list_folders(file) for p in parts]
        return set().union(*entries, self.list_code() if RUNNERS & used else set())

    def _find_entry(self, folder, parts):
        """A file or a folder; where a part is to be filled in ("{}.html"), all that is above it."""
        for end in range(len(parts), 0, -1):
            entry = str(folder.joinpath(*parts[:end]))
            if entry in self.hashes:
                return {entry}
            if entry in self.folders:
                return self.list_below(entry)
            if not re.search("[{*%]", parts[end - 1]):
                break
        return set()


class Statement(NamedTuple):
    """What a statement says.

    Attributes:
        names: those that it defines; none where it does something whenever its module is imported.
        imports: (module, name); the name is ALL for all of the module, STAR for what is asked for.
        used: the names that it reads, sets or takes.
        strings: its strings without white space, but those that stand alone (docstrings).
    """

    names: set[str]
    imports: set[tuple[str, str]]
    used: set[str]
    strings: set[str]


def take_statements(statements: list[Statement], name: str) -> tuple[set[str], list[Statement]]:
    """Take the statements that define a name, or what these use; and those that define nothing.

    Returns:
        The names that were looked for, and the statements.
    """
    if name == ALL:
        return {ALL}, statements
    names, taken, left = {name}, [], statements
    while found := [each for each in left if names & each.names or not each.names]:
        left = [each for each in left if each not in found]
        taken += found
        names = names.union(*(each.used for each in found))
    return names, taken


@cache
def read_code(path: Path) -> list[Statement]:
    """Read a module's statements, or those of a notebook's code cells."""
    notebook = path.suffix == ".ipynb"
    sources = _list_cells(path) if notebook else [path.read_text(encoding="utf-8")]
    statements = [statement for source in sources for statement in ast.parse(source).body]
    return [_read_statement(statement, notebook) for statement in statements]


def _read_statement(statement, notebook):
    """Read a statement; in a notebook `import a` takes only what it calls a.b."""
    nodes = list(ast.walk(statement))
    imports, used = set(), set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            imports |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            imports |= {(alias.name, "" if notebook else ALL) for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and notebook:
            imports.add((node.value.id, node.attr))
        elif isinstance(node, (ast.Name, ast.arg)):
            used.add(node.id if isinstance(node, ast.Name) else node.arg)
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    paths = _list_paths(nodes)
    alone |= {id(part) for path in paths for part in path}
    texts = [node.value for node in nodes if _is_text(node) and id(node) not in alone]
    texts += ["/".join(part.value for part in path) for path in paths]
    strings = {text for text in texts if not re.search(r"\s", text)}
    return Statement(_list_names(statement, nodes), imports, used, strings)


def _list_names(statement, nodes):
    """The names that a statement defines; none of what every test gets: hooks, some fixtures."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        names = {alias.asname or alias.name.split(".")[0] for alias in statement.names}
        return names - {STAR}
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    name = getattr(statement, "name", "pytest_")
    autouse = any(isinstance(node, ast.keyword) and node.arg == "autouse" for node in nodes)
    return set() if autouse or name.startswith("pytest_") else {name}


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _list_paths(nodes):
    """List the strings that `/` joins: of `ROOT / "a" / "b"`, those of "a" and "b"."""

    def is_joint(node):
        return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_text(node.right)

    joints = [node for node in nodes if is_joint(node)]
    inner = {id(node.left) for node in joints}
    paths = []
    for node in (joint for joint in joints if id(joint) not in inner):
        paths.append([])
        while is_joint(node):
            paths[-1].insert(0, node.right)
            node = node.left
    return paths


def _list_cells(path):
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
