"""Korean particles that depend on how the word before them ends: 을 or 를, 은 or 는, 이 or 가.

hunspell joins particles to the nouns of its dictionary (tests/test_spelling.py). Here are those
that follow a number, a bracket, a Latin word or code, where no dictionary looks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

AFTER_CONSONANT = {"을": "를", "은": "는", "이": "가", "과": "와", "으로": "로"}
AFTER_VOWEL = {vowel: consonant for consonant, vowel in AFTER_CONSONANT.items()}
PARTICLE = r"(으로|로|을|를|은|는|이|가|과|와)(?:는|도|만|의|서|부터)?(?![가-힣])"
# 영 일 이 삼 사 오 육 칠 팔 구: the last sound of each digit; 일, 칠 and 팔 end in ㄹ
DIGITS = dict(zip("0123456789", ["ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""], strict=True))
GLOSS = r"([가-힣])\*{0,2}\([A-Za-z][^)\n]*\)\*{0,2}"
# a fraction is read from below: 1/64, 육십사 분의 일
NUMBER_OR_GLOSS = re.compile(rf"(?:(\d)(?:/\d+)?|{GLOSS}){PARTICLE}")
NAMED = re.compile(rf"(?:`([^`\n]+)`|(?<![\w`])([A-Za-z][A-Za-z0-9.]*)){PARTICLE}")


def find_final(sound: str) -> str:
    """Find the consonant that a syllable or a digit ends in: "" none, "ㄹ", or another sign."""
    if sound in DIGITS:
        return DIGITS[sound]
    final = (ord(sound) - ord("가")) % 28
    return "" if final == 0 else "ㄹ" if final == 8 else "?"


def fits(sound: str, particle: str) -> bool:
    final = find_final(sound)
    if particle in ("으로", "로"):
        return (particle == "로") == (final in ("", "ㄹ"))
    return particle in (AFTER_CONSONANT if final else AFTER_VOWEL)


def find_wrong_particles(text: str) -> list[tuple[str, str]]:
    """Find particles that do not fit the number, or the word before a bracket, that they follow."""
    shown = re.sub(r"^```.*?^```|`[^`\n]*`|\$[^$\n]+\$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [
        (digit or syllable, particle)
        for digit, syllable, particle in NUMBER_OR_GLOSS.findall(shown)
        if not fits(digit or syllable, particle)
    ]


def list_uses(texts: Iterable[str]) -> dict[str, set[str]]:
    """List how Latin words and code are read: name → {"vowel", "consonant"}, by their particles.

    로 follows ㄹ too, so it tells nothing.
    """
    uses = defaultdict(set)
    for text in texts:
        shown = re.sub(r"^```.*?^```|\$[^$\n]+\$", "", text, flags=re.MULTILINE | re.DOTALL)
        for code, word, particle in NAMED.findall(shown):
            if particle != "로":
                sound = "consonant" if particle in AFTER_CONSONANT else "vowel"
                uses[code or word].add(sound)
    return dict(uses)
