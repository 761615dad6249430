"""Python's source without what a page does not read: comments, docstrings, annotations, blanks.

What runs is the same: the syntax tree, less docstrings and the annotations of functions, as
tests/run/test_micropython.py checks.
"""

import ast
import io
import itertools
import tokenize

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER}
LEVELS = {tokenize.INDENT: 1, tokenize.DEDENT: -1}
# from 3.12 on a formatted string is several tokens
STRINGS = {getattr(tokenize, "FSTRING_START", None): 1, getattr(tokenize, "FSTRING_END", None): -1}


def shrink_python(source: str) -> str:
    """Leave out what a page does not read of a module."""
    lines, tree = source.split("\n"), ast.parse(source)
    annotations, skipped = dict(list_annotations(tree, lines)), (0, 0)
    for docstring in list_docstrings(tree):
        lines[docstring.lineno - 1 : docstring.end_lineno] = [""] * (
            docstring.end_lineno - docstring.lineno + 1
        )
    kept = "\n".join(lines)
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    text, level, inside, end = "", 0, 0, None
    for token in tokenize.generate_tokens(io.StringIO(kept).readline):
        level += LEVELS.get(token.type, 0)
        skipped = annotations.get(token.start, skipped)
        is_arrow = token.type == tokenize.OP and token.string == "->"
        if token.type in SKIPPED or token.type in LEVELS or is_arrow or token.start < skipped:
            continue
        if token.type == tokenize.NEWLINE:
            text, end = text + "\n", None
            continue
        first, last = (starts[row - 1] + column for row, column in (token.start, token.end))
        if end is None:
            text += " " * level
        elif inside:
            text += kept[end:first]
        elif end < first and is_word(text[-1]) and is_word(kept[first]):
            text += " "
        text += kept[first:last]
        inside += STRINGS.get(token.type, 0)
        end = last
    return text


def is_word(letter: str) -> bool:
    return letter.isalnum() or letter in "_.'\""


def list_annotations(tree: ast.Module, lines: list[str]):
    """List (start, end) of annotations, with an argument's colon, as (row, column)."""
    for node in ast.walk(tree):
        found = getattr(node, "annotation" if isinstance(node, ast.arg) else "returns", None)
        if found is None:
            continue
        start, name = (node, node.arg) if isinstance(node, ast.arg) else (found, "")
        places = (start.lineno, start.col_offset), (found.end_lineno, found.end_col_offset)
        first, last = ((row, len(lines[row - 1].encode()[:c].decode())) for row, c in places)
        yield (first[0], first[1] + len(name)), last


def list_docstrings(tree: ast.Module) -> list[ast.Expr]:
    """List the docstrings that other statements follow: a body must not become empty."""
    return [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None
        if len(node.body) > 1 or isinstance(node, ast.Module)
    ]
