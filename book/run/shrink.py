"""Python's source without comments, docstrings and empty lines, a space a level of its indent.

What runs is the same: the syntax tree, less docstrings, as tests/run/test_micropython.py checks.
"""

import ast
import io
import tokenize

STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def shrink_python(source: str) -> str:
    """Leave out what a page does not read of a module."""
    lines = source.split("\n")
    for docstring in list_docstrings(ast.parse(source)):
        lines[docstring.lineno - 1 : docstring.end_lineno] = [""] * (
            docstring.end_lineno - docstring.lineno + 1
        )
    kept = "\n".join(lines)
    tokens = [*tokenize.generate_tokens(io.StringIO(kept).readline)]
    # lines (from 0) that begin inside a string
    inside = {row for t in tokens if t.type in STRINGS for row in range(t.start[0], t.end[0])}
    for token in reversed(tokens):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip()
        if token.type in (tokenize.COMMENT, tokenize.NL) and not lines[row - 1].strip():
            lines[row - 1] = None
    rows = [row for row, line in enumerate(lines) if line is not None]
    return "\n".join(lines[row] if row in inside else indent_less(lines[row]) for row in rows)


def indent_less(line: str) -> str:
    """Write an indent of four spaces a level with one."""
    text = line.lstrip(" ")
    return " " * ((len(line) - len(text)) // 4) + text


def list_docstrings(tree: ast.Module) -> list[ast.Expr]:
    """List the docstrings that other statements follow: a body must not become empty."""
    return [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None
        if len(node.body) > 1 or isinstance(node, ast.Module)
    ]
