"""What a checker says: no answer yet, a hint, or right; in the reader's language.

A judge is a function that returns the key of what it has to say, or raises Hint, from as deep as it
likes. `decide` makes a Verdict of that, and `checker` a checker of a judge.
"""

import functools
import json
from html import escape
from pathlib import Path

import torch

from lenet_course.text import get_language

OPENINGS = {
    "open": {"ko": "아직 답이 없습니다.", "en": "No answer yet."},
    "hint": {"ko": "아직 아닙니다.", "en": "Not yet."},
    "right": {"ko": "맞습니다.", "en": "Right."},
}

# what may be said of any answer, whatever the exercise
GENERAL = {
    "open": {
        "ko": "점 셋(...)을 답으로 바꾸고 이 셀을 다시 실행하세요.",
        "en": "Put your answer in place of the three dots and run this cell again.",
    },
    "none": {
        "ko": "답이 None입니다. 값을 돌려주지 않는 호출의 결과를 담지 않았는지 보세요.",
        "en": "The answer is None. Does it hold the result of a call that returns nothing?",
    },
    "returned_none": {
        "ko": "함수가 None을 돌려주었습니다. return이 빠지지 않았는지 보세요.",
        "en": "The function returned None. Is a return missing?",
    },
    "yields": {
        "ko": "yield나 둥근 괄호로 제너레이터를 돌려주었습니다. 리스트에 담아 돌려주세요.",
        "en": "You returned a generator, by a yield or by round brackets. Return a list instead.",
    },
    "text": {
        "ko": "답이 따옴표로 묶은 문자열입니다. 따옴표를 빼고 수로 적으세요.",
        "en": "The answer is a string, in quotation marks. Write it as a number, without them.",
    },
    "nan": {
        "ko": "답에 NaN이 있습니다. 0을 0으로 나누었거나 음수의 로그를 구한 곳을 찾으세요.",
        "en": "The answer contains a NaN. Look for 0 divided by 0, or the log of a negative.",
    },
    "infinite": {
        "ko": "답에 무한대가 있습니다. 0으로 나누었거나 0의 로그를 구한 곳을 찾으세요.",
        "en": "The answer contains an infinity. Look for a division by 0, or the log of 0.",
    },
    "huge": {
        "ko": "답이 이 문제에 나올 수 있는 크기를 훨씬 넘습니다.",
        "en": "The answer is far larger than anything this exercise asks for.",
    },
    "uncalled": {
        "ko": "답이 값이 아니라 함수입니다. 이름 뒤에 괄호 ()를 붙여 호출했는지 보세요.",
        "en": "The answer is a function, not a value. Did you forget to call it, with ()?",
    },
    "type": {
        "ko": "답의 종류가 {got}입니다. {wanted} 건네세요.",
        "en": "The answer is of type {got}. Give {wanted} instead.",
    },
    "whole": {
        "ko": "정수가 아닌 수가 있습니다. 모양은 정수로만 이루어집니다.",
        "en": "One of the numbers is not an integer. A shape has integers only.",
    },
    "empty": {"ko": "답이 비어 있습니다.", "en": "The answer is empty."},
    "raised": {
        "ko": "함수를 호출했더니 오류가 났습니다. {error}",
        "en": "Calling the function raised an error. {error}",
    },
    "shortcut": {
        "ko": "함수가 {name}에 계산을 맡겼습니다. 여기서는 그 함수 없이 직접 계산합니다.",
        "en": "The function leaves the work to {name}. Compute it yourself, without that one.",
    },
    "changed": {
        "ko": "함수가 건네받은 텐서나 리스트를 바꾸었습니다. 답은 새로 만드세요.",
        "en": "The function changed what it was given. Put the answer in a new tensor or list.",
    },
    "slow": {
        "ko": "{limit}초가 지나도 끝나지 않아 멈추었습니다. 끝나지 않는 반복문이 있는지 보세요.",
        "en": "Stopped after {limit} seconds, unfinished. Is there a loop that never ends?",
    },
    "unreadable": {
        "ko": "이 답은 읽을 수 없습니다({error}). 문제에서 요구한 형식인지 보세요.",
        "en": "This answer cannot be read ({error}). Is it in the form the exercise asks for?",
    },
}


class Hint(Exception):
    """Raised inside a checker: `key` of its table or of GENERAL, and the words to fill in."""

    def __init__(self, key: str, **fields):
        super().__init__(key)
        self.key, self.fields = key, fields


class Verdict:
    """What a checker found.

    Attributes:
        state: "open" (not attempted yet), "hint" or "right".
        key: which sentence it is, such as "no_bias".
        text: the sentences shown, in the language chosen by setup().
    """

    def __init__(self, state: str, key: str, sentence: str):
        self.state, self.key = state, key
        self.text = f"{OPENINGS[state][get_language()]} {sentence}"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:  # a paragraph breaks its lines on a phone, plain text does not
        return f'<p class="lenet-verdict {self.state}">{escape(self.text)}</p>'


@functools.cache
def load_hints() -> dict[str, dict[str, dict[str, str]]]:
    """Load what the checkers may say: checker → key → {"ko", "en"}; "right" is for right answers.

    The sentences stand in chapters/src, under their exercises.
    """
    return json.loads(Path(__file__).with_name("hints.json").read_text(encoding="utf-8"))


def decide(name: str, judge, answer) -> Verdict:
    """Ask `judge`, answer → key of the hints of this name, and put its words together.

    It takes any answer at all and never raises; torch's random numbers, grad mode and default dtype
    stay as they were.
    """
    key, fields, dtype = "open", {}, torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float32)  # whatever the reader's notebook has set
        if answer is not ...:
            with torch.random.fork_rng(devices=[]), torch.enable_grad():
                key = judge(answer)
    except Hint as hint:
        key, fields = hint.key, hint.fields
    except Exception as error:  # an answer may be anything, its __eq__ and __str__ too
        key, fields = "unreadable", {"error": type(error).__name__}
    finally:
        torch.set_default_dtype(dtype)
    state = key if key in ("open", "right") else "hint"
    sentence = {**GENERAL, **load_hints()[name]}[key][get_language()]
    return Verdict(state, key, sentence.format(**fields))


def checker(judge):
    """Make a checker of a function: answer → key of its hints."""

    @functools.wraps(judge)
    def check(answer=...) -> Verdict:
        return decide(judge.__name__, judge, answer)

    return check
