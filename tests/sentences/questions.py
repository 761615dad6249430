"""The quick questions of a text: their choices, and which of them is told to be right."""

import re
from typing import NamedTuple

CHOICE = re.compile(r'<details name="([\w-]+)"><summary>(.*?)</summary>\n\n(\S+)')
RIGHT = ("Right.", "맞습니다.")


class Choice(NamedTuple):
    start: int  # of its words, in the text
    end: int
    words: str
    right: bool


def list_questions(text: str) -> dict[str, list[Choice]]:
    """List the questions of a text: name → choices in order."""
    questions = {}
    for match in CHOICE.finditer(text):
        choice = Choice(*match.span(2), match[2], match[3] in RIGHT)
        questions.setdefault(match[1], []).append(choice)
    return questions
