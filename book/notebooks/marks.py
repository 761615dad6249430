"""Marks: what a number, a formula or a word of the prose rests on, written beside it in the source.

    `fc1` alone owns [78.0]{share-of-each:7} percent, [156]{count-by-hand:0} of them …

A mark is `[words]{source}`. Readers never see it: `read_source` takes the marks out, so pages and
notebooks hold the words alone. The tests hold the words to what the source gives; its forms stand
in tests/sentences/facts.py.
"""

import re
from typing import NamedTuple

_CODE = r"```.*?^```|`[^`\n]+`"
_MARK = r"\[((?:`[^`\n]*`|[^\[\]\n]|\[[^\[\]\n]*\])+)\]\{([^{}\n]+)\}"
_PATTERN = re.compile(rf"{_MARK}|{_CODE}", re.MULTILINE | re.DOTALL)


class Mark(NamedTuple):
    """A marked piece of prose: where it stands in the prose without marks, and what it rests on."""

    start: int
    end: int
    words: str
    source: str


def take_marks(text: str) -> tuple[str, list[Mark]]:
    """Take the marks out of a text: the text that readers see, and the marks in order."""
    shown, marks, done = "", [], 0
    for match in _PATTERN.finditer(text):
        if match[1] is None:  # code, in which brackets are code
            continue
        shown += text[done : match.start()]
        marks.append(Mark(len(shown), len(shown) + len(match[1]), match[1], match[2].strip()))
        shown += match[1]
        done = match.end()
    return shown + text[done:], marks
