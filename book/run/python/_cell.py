"""Runs a cell as IPython does: the last expression is the result, an error is one line.

runtime.js calls `run`; the namespace, `__main__`, lasts from cell to cell.
"""

import builtins
import io
import json
import sys

import _lowered  # noqa: F401  the names that lowering.js writes into sources
import _page
from _pretty import pretty
from _words import NOWHERE

NAMESPACE = __import__("__main__").__dict__
SOURCES = []  # of the cells that ran, as written, for lenet_course/exercises/code.py
KEPT = 200
WRITE = "%%writefile "
MAGICS = "magic such as %timeit or !ls"
is_prepared = False
HIDDEN = "js jsffi os platform vfs micropython uctypes asyncio".split()


def prepare(written):
    """Do what the chapter's set-up cell does, before the first cell that could tell."""
    global is_prepared
    if not is_prepared and ("torch" in written or "lenet_course" in written):
        import lenet_course

        lenet_course.setup(_page.language)
        is_prepared = True


def run(source, name, written):
    """Run a cell; return its result and its error, as JSON.

    Args:
        source: what MicroPython reads (lowering.js).
        written: what the reader wrote.
    """
    result = error = None
    SOURCES.append(written)
    del SOURCES[:-KEPT]
    try:
        if written.startswith(WRITE):
            statements, has_result = "", False
            write_file(written[len(WRITE) :])
        else:
            statements, has_result = split(source, name)
        exec(compile(statements, name, "exec"), NAMESPACE)
        value = NAMESPACE.pop("__result__") if has_result else None
        if value is not None:
            result = show(value)
    except SyntaxError as caught:
        has_magic = any(line[:1] in ("%", "!") for line in written.split("\n"))
        error = describe(SyntaxError(NOWHERE.format(MAGICS)) if has_magic else caught, name)
    except BaseException as caught:
        error = describe(caught, name)
    return json.dumps({"result": result, "error": error})


def split(source, name):
    """Let the last expression, where a cell ends with one, become `__result__`."""
    lines = source.split("\n")
    for place in range(len(lines) - 1, -1, -1):
        if not lines[place][:1].strip() or lines[place][0] in "#)]}":
            continue
        head, tail = "\n".join(lines[:place]), "\n".join(lines[place:])
        try:
            compile(tail, name, "eval")
            compile(head, name, "exec")
        except SyntaxError:
            continue
        start = f"{head}\n" if place else ""
        return f"{start}__result__ = ({tail}\n)", True
    return source, False


def write_file(written):
    """Write a file that can be imported, as the magic %%writefile does."""
    name, _, text = written.partition("\n")
    with open(name.strip(), "w") as file:
        file.write(_page.lower(text))
    print("Writing", name.strip())


def show(value):
    """Show a result: as itself where it is a picture or a verdict, else as text, returned."""
    return None if show_rich(value) else pretty(value)


def show_rich(value):
    for kind in ("svg", "html"):
        picture = getattr(value, f"_repr_{kind}_", None)
        if picture is not None:
            _page.display(kind, picture())
            return True
    return False


def display(*values):
    """Show values below the cell."""
    for value in values:
        if not show_rich(value):
            print(pretty(value))


def describe(error, name):
    """Describe an error: its name, its words, its line in the cell, and Python's last line."""
    trace = io.StringIO()
    sys.print_exception(error, trace)
    lines = [line for line in trace.getvalue().split("\n") if f'File "{name}", line ' in line]
    number = lines[-1].split(", line ")[1].split(",")[0] if lines else None
    kind, words = type(error).__name__, str(error)
    text = f"{kind}: {words}" if words else kind
    return {"name": kind, "message": words, "line": number and int(number), "text": text}


def refuse_input(*_):
    raise RuntimeError(NOWHERE.format("keyboard to read from"))


def make_import(find):
    """Make `__import__` for cells: a module that this page has not gives one sentence."""

    def import_module(name, space=None, local=None, names=(), level=0):
        by_cell = space is None or space.get("__name__") == "__main__"
        try:
            if by_cell and name.partition(".")[0] in HIDDEN:
                raise ImportError
            return find(name, space, local, names, level)
        except ImportError as error:
            if str(error) and not str(error).startswith("no module named"):
                raise
            missing = str(error).partition("'")[2].rstrip("'") or name
            raise ImportError(NOWHERE.format(f"module {missing!r}")) from None

    return import_module


builtins.display, builtins.input = display, refuse_input
builtins.__import__ = make_import(builtins.__import__)
