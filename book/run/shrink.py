"""Python's source without its comments, docstrings and empty lines: what a page does not read.

What runs is the same: the syntax tree, less docstrings, as tests/run/test_micropython.py checks.
"""

import ast
import io
import tokenize

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def shrink_python(source: str) -> str:
    """Leave out comments, docstrings and empty lines of a module."""
    lines = source.split("\n")
    for docstring in list_docstrings(ast.parse(source)):
        lines[docstring.lineno - 1 : docstring.end_lineno] = [""] * (
            docstring.end_lineno - docstring.lineno + 1
        )
    kept = "\n".join(lines)
    for token in reversed([*tokenize.generate_tokens(io.StringIO(kept).readline)]):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip()
        if token.type in (tokenize.COMMENT, tokenize.NL) and not lines[row - 1].strip():
            lines[row - 1] = None
    return "\n".join(line for line in lines if line is not None)


def list_docstrings(tree: ast.Module) -> list[ast.Expr]:
    """List the docstrings that other statements follow: a body must not become empty."""
    return [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None
        if len(node.body) > 1 or isinstance(node, ast.Module)
    ]
