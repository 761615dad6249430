"""Runs a cell as IPython does: the last expression is the result, an error is one line.

runtime.js calls `run`; the namespace, `__main__`, lasts from cell to cell.
"""

import builtins
import io
import json
import sys

import _page

NAMESPACE = __import__("__main__").__dict__
WORDS = (  # MicroPython's, and CPython's for the same
    ("NameError", "' isn't defined", "' is not defined"),
    ("ZeroDivisionError", "divide by zero", "division by zero"),
)


def run(source, name):
    """Run a cell's source; return its result and its error, as JSON."""
    result = error = None
    try:
        statements, has_result = split(source, name)
        exec(compile(statements, name, "exec"), NAMESPACE)
        value = NAMESPACE.pop("__result__") if has_result else None
        if value is not None:
            result = show(value)
    except BaseException as caught:
        error = describe(caught, name)
    return json.dumps({"result": result, "error": error})


def split(source, name):
    """Let the last expression, where a cell ends with one, become `__result__`."""
    lines = source.split("\n")
    for place in range(len(lines) - 1, -1, -1):
        if not lines[place][:1].strip() or lines[place][0] in "#)]}":
            continue
        head = "\n".join(lines[:place])
        tail = "\n".join(lines[place:])
        try:
            compile(tail, name, "eval")
            compile(head, name, "exec")
        except SyntaxError:
            continue
        start = f"{head}\n" if place else ""
        return f"{start}__result__ = ({tail}\n)", True
    return source, False


def show(value):
    """Show a result: a picture where it has one, else its repr."""
    picture = getattr(value, "_repr_html_", None)
    if picture is None:
        return repr(value)
    display(value)
    return None


def display(*values):
    """Show values below the cell: pictures and verdicts as themselves, others as text."""
    for value in values:
        html = getattr(value, "_repr_html_", None)
        if html is None:
            print(repr(value))
        else:
            _page.display("html", html())


def describe(error, name):
    """Describe an error: its name, its words, its line in the cell, and Python's last line."""
    trace = io.StringIO()
    sys.print_exception(error, trace)
    lines = [line for line in trace.getvalue().split("\n") if f'File "{name}", line ' in line]
    number = lines[-1].split(", line ")[1].split(",")[0] if lines else None
    kind, words = type(error).__name__, str(error)
    for other, ours, theirs in WORDS:
        if kind == other:
            words = words.replace(ours, theirs)
    text = f"{kind}: {words}" if words else kind
    return {"name": kind, "message": words, "line": number and int(number), "text": text}


builtins.display = display
