"""Numbers of the prose that carry no mark: where they may stand, each with its reason.

Everything else in digits, and every number in words from three up, has a mark or is a failure.
"""

import re
from fractions import Fraction

from tests.sentences.numbers import find_numbers
from tests.sentences.words import find_seen

# what is no sentence, or is held by another test
OUTSIDE = re.compile(
    r"^```.*?^```"  # a listing
    r"|`[^`\n]+`"  # code: test_code_in_a_sentence_exists
    r"|\$\$.*?\$\$|\$[^$\n]+\$"  # formulas: tests/sentences/formulas.py
    r"|\]\([^)\n]*\)|<!--.*?-->"
    r"|<code>.*?</code>|</?[a-zA-Z][^>]*>",
    re.MULTILINE | re.DOTALL,
)
# a wrong choice of a question is wrong on purpose: tests/sentences/questions.py
WRONG_CHOICE = re.compile(r"<summary>(.*?)</summary>\n\n(?:No\.|아닙니다\.)")
# (what may stand unmarked, the reason)
ALLOWED = [
    (r"^### (?:Exercise|연습) \d+\.\d+ · .*$", "exercises' numbers and minutes: test_chapters.py"),
    (r"^\*\*(?:Time|걸리는 시간)\*\*.*$", "minutes are an estimate, equal in both languages"),
    (r"\[[^\]\n]*(?:[Cc]hapter \d+|\d+장)[^\]\n]*(?=\]\()", "test_chapter_n_agrees_with_its_link"),
    (r"\[[^\]\n]*\d{4}(?=\]\(references)", "a citation: tests/test_references.py"),
    (r"^\d\. ", "a numbered list: Markdown counts"),
    (r"(?:digits?|from|each|for|숫자) 0 to 9|0부터 9까지", "the ten digits' names"),
    (r"from 0(?!\.?\d)|0부터(?! \d)", "counting from 0, as Python does"),
    (r"\bLeNet-5(?!\d)|\bfloat(?:16|32|64)\b|\buint8\b|\bint64\b|\bbfloat16\b", "names"),
    (r"CC BY-SA 3\.0", "a licence's name"),
    (r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", "a release's number: tests/test_requirements.py"),
    (r"hundreds or thousands", "an order of magnitude"),
    (r"\bthousands of\b", "수천: an order of magnitude"),
]
_NUMBER = r"[(−-]*\d+(?:,\d{3})*(?:\.\d+)?\)*"
_SUM = rf"{_NUMBER}(?: ?[·×*+−/-] ?{_NUMBER})*"
IDENTITY = re.compile(rf"(?<![\w.,]){_SUM}(?: ?[=≈] ?{_SUM})+(?![\d%])")


def blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", "\0", match[0])


def read_identity(text: str) -> list[Fraction]:
    """Read the sides of "32 − 5 + 1 = 28"; digits, signs and brackets alone are evaluated."""
    plain = text.replace(",", "").replace("−", "-").replace("·", "*").replace("×", "*")
    sides = re.split("[=≈]", plain)
    return [Fraction(eval(re.sub(r"\d+\.?\d*", r"Fraction('\g<0>')", side))) for side in sides]


def find_identities(text: str) -> list[tuple[int, int, bool]]:
    """Find the sums that a text works out: where, and whether both sides are equal.

    After ≈, and where the last side has decimals, equal means as rounded there.
    """
    found = []
    for match in IDENTITY.finditer(OUTSIDE.sub(blank, text)):
        if not re.search(r"\d\)* ?[·×*+−/-]", match[0]):
            continue  # n = 25
        try:
            left, *others = read_identity(match[0])
        except SyntaxError:  # a bracket that the sentence closes
            continue
        decimals = len(match[0].rstrip(" )").rpartition(".")[2]) if "≈" in match[0] else 12
        decimals = 0 if "≈" in match[0] and "." not in match[0].split("≈")[-1] else decimals
        right = all(abs(left - side) <= Fraction(1, 2 * 10**decimals) for side in others)
        found.append((match.start(), match.end(), right))
    return found


def find_unmarked(text: str, language: str, marks: list) -> list[tuple[int, str]]:
    """Find the numbers of a text that neither a mark nor a reason covers: (place, number)."""
    covered = [(mark.start, mark.end) for mark in marks]
    covered += [(start, end) for start, end, _ in find_identities(text)]
    covered += [match.span(1) for match in WRONG_CHOICE.finditer(text)]
    shown = OUTSIDE.sub(blank, text)
    for pattern, _ in ALLOWED:
        covered += [match.span() for match in re.finditer(pattern, text, re.MULTILINE)]
    return [
        (number.start, number.text)
        for number in find_numbers(shown, language)
        if not any(start <= number.start and number.end <= end for start, end in covered)
    ]


def find_unmarked_looks(text: str, language: str, marks: list) -> list[tuple[int, str]]:
    """Find the colours and places that an alt text names without a mark: (place, word)."""
    return [
        (place, word)
        for place, word in find_seen(text, language)
        if not any(mark.start <= place < mark.end for mark in marks)
    ]
