"""The numbers that a text says, in digits and in words, in either language."""

import math
import re
from typing import NamedTuple

import yaml

from book.course import ROOT

UNITS = {" million": 1e6, "만": 1e4}
WORDS = yaml.safe_load((ROOT / "tests/sentences/numbers.yml").read_text(encoding="utf-8"))
ENGLISH, KOREAN, ALONE = WORDS["english"], WORDS["korean"], WORDS["alone"]
# 세, 네, 열, 백, 천 and 만 are other words too: a number only before what is counted, or as -째
COUNTED = (
    "개|장|번|자리|줄|칸|단계|가지|명|곳|쪽|군데|층|묶음|걸음|배|벌|계층|수|텐서|숫자|커널|채널|특징|행|열|"
    "셀|에폭|프로세스|점|문제|시험|값|그림|이미지|픽셀|모서리|변|축|퍼센트|글자|사람|달|해|시간|분|초|판|"
    "가중치|편향|매개변수|배치|스텝|함수|물음|답|식|오류|고장|손실|확률|로짓|점수|맵|합성곱|글씨|획"
)
DIGITS = (
    r"\d+억(?: [\d,]+만)?"
    r"|(?:(?<![\w)])[−-])?(?:(?<![A-Za-z\d])\d{1,3}(?:,\d{3})+|(?<![A-Za-z\d])\d+)(?:\.\d+)?"
    rf"(?:e[+-]?\d+| million|만(?=$|분의| ?(?:{COUNTED})))?"  # 0만: 0 alone; 4만큼: by 4
)
_KOREAN_WORDS = "|".join(sorted(KOREAN, key=len, reverse=True))
KOREAN_WORD = (
    rf"(?<![가-힣])(?:{_KOREAN_WORDS})(?= ?(?:{COUNTED}))|(?<![가-힣])(?:{_KOREAN_WORDS})째|"
    r"(?<![가-힣])(?:다섯|여섯|일곱|여덟|아홉|열하나|열둘|열여섯|스물넷|스물다섯|스물|서른(?![두둘])|"
    r"절반|셋|넷)"
)
ENGLISH_WORD = (
    rf"(?<![\w-])(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})(?:s(?= of))?(?![\w-])"
)
PATTERN = {
    "en": re.compile(rf"{DIGITS}|{ENGLISH_WORD}", re.IGNORECASE),
    "ko": re.compile(rf"{DIGITS}|{KOREAN_WORD}"),
}
KOREAN_FRACTION = re.compile(r"(\d+)분의 (\d+)")


class Number(NamedTuple):
    start: int
    end: int
    text: str
    value: float
    decimals: int  # as written: 0.50 has 2


def read_number(text: str) -> tuple[float, int]:
    """Read one number, in digits or in words: its value, and how many decimals are written."""
    plain = text.replace(",", "").replace("−", "-")
    if large := re.fullmatch(
        r"(\d+)억(?: (\d+)만)?", plain
    ):  # rounded to its last digit that is not 0
        whole = int(large[1]) * 10**8 + int(large[2] or 0) * 10**4
        return float(whole), len(str(whole).rstrip("0")) - len(str(whole))
    unit = next((unit for unit in UNITS if plain.endswith(unit) and plain != unit), "")
    try:
        written = plain.removesuffix(unit)
        decimals = len(written.partition("e")[0].partition(".")[2])
        scale = UNITS.get(unit, 1)
        return float(written) * scale, decimals - round(math.log10(scale))
    except ValueError:
        pass
    words = {**ENGLISH, **KOREAN, **ALONE}
    for word in (text.lower(), text.removesuffix("째"), text.lower().removesuffix("s")):
        if word in words:
            return float(words[word]), len(f"{words[word]:g}".partition(".")[2])
    raise ValueError(f"expected a number, got {text!r}")


def find_numbers(text: str, language: str) -> list[Number]:
    """Find the numbers of a text from three up in words, and all in digits.

    One and two are left to the reader: "one" is an article too, and 한 and 두 are in every line.
    """
    found = []
    for match in PATTERN[language].finditer(text):
        value, decimals = read_number(match[0])
        found.append(Number(match.start(), match.end(), match[0], value, decimals))
    return found


def list_values(words: str, language: str) -> list[tuple[float, int]]:
    """List what the words of a mark say, in order: each number's value and its decimals.

    One and two count here, and so do fractions: 4분의 1, a quarter.
    """
    words = KOREAN_FRACTION.sub(lambda m: str(int(m[2]) / int(m[1])), words)
    values = [(n.value, n.decimals) for n in find_numbers(words, language)]
    if not values:
        for word in re.findall("[가-힣]+|[A-Za-z-]+", words):
            try:
                values.append(read_number(word))
            except ValueError:
                continue
    return values
