"""The Korean of the course keeps to the glossary: none of the words in its column `not`.

It reads what people write: the chapters' sources with their alt texts, the landing page, the Korean
README, the glossary's own texts, and every Korean word of the package and the book. A word that is
meant, say because it is quoted, is allowed where it stands by a comment in the same cell (or, out
of the chapters, in the same paragraph), <!-- terms: 훈련 -->, which no reader sees and a reviewer
does; in a Python file by # terms: 훈련 at the end of the line.
"""

import re

import pytest

from book.course import ROOT
from book.notebooks.glossary import load_glossary
from book.site.endings import ENDING

TERMS = load_glossary()
ALLOWED = re.compile(r"(?:<!--|#) terms: ([가-힣A-Za-z, ]+?)(?: -->|$)", re.MULTILINE)
NOT_WORDS = {
    ".md": re.compile(
        r"^```.*?^```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)\n]*\)|<!--.*?-->|</?[a-zA-Z][^>]*>",
        re.MULTILINE | re.DOTALL,
    ),
    ".yml": re.compile(r"`[^`\n]+`|^  (?:not|also): .*$", re.MULTILINE),
    ".py": re.compile("# terms: .*$", re.MULTILINE),
    ".json": re.compile("(?!)"),
}
ALT = re.compile(r"^ *ko: (.*)$", re.MULTILINE)  # a picture's, in the head of its cell
PARTS = {  # where one part ends, an allowance ends
    ".md": re.compile(r"^\+\+\+ |^```|\n\n", re.MULTILINE),
    ".yml": re.compile("^- id: ", re.MULTILINE),
    ".py": re.compile("\n"),
    ".json": re.compile("\n"),
}
FILES = sorted(
    [
        *ROOT.glob("chapters/src/*.md"),
        *(ROOT / name for name in ("chapters/src/glossary.yml", "index.md", "README.ko.md")),
        *(path for package in ("lenet_course", "book") for path in ROOT.glob(f"{package}/**/*.py")),
        *ROOT.glob("lenet_course/**/words.json"),
    ]
)


def make_pattern(word: str) -> str:
    """Make the pattern of a banned word: free in its spaces, and as a syllable a whole word."""
    pattern = r"\s*".join(map(re.escape, word.split()))
    if len(word) > 1:
        return pattern
    return rf"(?<![가-힣]){pattern}(?:{ENDING})?(?![가-힣])"  # 층을, but neither 계층 nor 층층


def hide(match: re.Match) -> str:
    return re.sub(r"[^\n]", "□", match[0])


def read_words(text: str, suffix: str) -> str:
    """Blank out what is no prose, and the glossary's own words: 계층 has no 층 in it."""
    shown = NOT_WORDS[suffix].sub(hide, text)
    for match in ALT.finditer(text) if suffix == ".md" else ():
        shown = shown[: match.start()] + match[0] + shown[match.end() :]
    own = sorted((term["ko"] for term in TERMS if re.search("[가-힣]", term["ko"])), key=len)
    for word in reversed(own):
        shown = re.sub(r"\s*".join(map(re.escape, word.split())), hide, shown)
    return shown


def find_part(text: str, place: int, suffix: str) -> str:
    """Find the cell, the entry, the paragraph or the line that a place is in."""
    mark = PARTS[suffix]
    if suffix == ".md" and "+++ {" in text:
        mark = re.compile(r"^\+\+\+ |^```", re.MULTILINE)
    start = max((m.start() for m in mark.finditer(text, 0, place)), default=0)
    ends = (m.start() for m in mark.finditer(text, place))
    return text[start : next(ends, len(text))]


def find_faults(text: str, suffix: str) -> list[str]:
    """Name every banned word: its line, itself, and what to write."""
    shown = read_words(text, suffix)
    faults = []
    for term in TERMS:
        for word in term.get("not", []):
            for match in re.finditer(make_pattern(word), shown):
                allowed = ALLOWED.findall(find_part(text, match.start(), suffix))
                if word not in ", ".join(allowed).split(", "):
                    line = text.count("\n", 0, match.start()) + 1
                    faults.append((line, f"{match[0]!r}, wanted {term['ko']}"))
    return [f"line {line}: {fault}" for line, fault in sorted(faults)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_korean_keeps_to_the_glossary(path):
    faults = find_faults(path.read_text(encoding="utf-8"), path.suffix)
    assert [f"{path.relative_to(ROOT)}, {fault}" for fault in faults] == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("층을 쌓습니다.", ["line 1: '층을', wanted 계층"]),
        ("두 층은.\n\n은 층.", ["line 1: '층은', wanted 계층", "line 3: '층', wanted 계층"]),
        ("합성곱층에서는", ["line 1: '층에서는', wanted 계층"]),
        ("2층으로", ["line 1: '층으로', wanted 계층"]),
        ("이것이 층입니다", ["line 1: '층입니다', wanted 계층"]),
        ("계층을 층층이 쌓은 단층 사진과 심층 신경망, 층계", []),
        ("완전 연결 계층의 계층마다", []),
        ("그라디언트를", ["line 1: '그라디언트', wanted 변화도"]),
        ("변화도의 기울기", []),
        ("피처맵입니다", ["line 1: '피처맵', wanted 특징 맵"]),
        ("피처\n맵입니다", ["line 1: '피처\\n맵', wanted 특징 맵"]),
        (
            "훈련된 파라미터별로 업데이트했습니다",
            [
                "line 1: '업데이트', wanted 갱신",
                "line 1: '파라미터', wanted 매개변수",
                "line 1: '훈련', wanted 학습",
            ],
        ),
        ("`훈련` $층$ [1장](훈련.ipynb) <p title='층을'>", []),
        ("```\n층을\n```\n레이어", ["line 4: '레이어', wanted 계층"]),
        ("---\nalt:\n  ko: 레이어의 그림\n---", ["line 3: '레이어', wanted 계층"]),
        ("훈련이라고도 합니다. <!-- terms: 훈련 -->", []),
        ("훈련 층 <!-- terms: 훈련, 층 -->", []),
        ("훈련 층 <!-- terms: 층 -->", ["line 1: '훈련', wanted 학습"]),
        ("훈련 <!-- terms: 훈련 -->\n\n훈련", ["line 3: '훈련', wanted 학습"]),
        (
            '+++ {"id": "a"}\n\n훈련\n\n<!-- terms: 훈련 -->\n\n+++ {"id": "b"}\n\n훈련',
            ["line 9: '훈련', wanted 학습"],
        ),
    ],
)
def test_planted_faults_are_found_and_nothing_else(text, faults):
    assert sorted(find_faults(text, ".md")) == sorted(faults)


def test_python_and_the_table_are_read_too():
    assert find_faults('"ko": "레이어"', ".py") == ["line 1: '레이어', wanted 계층"]
    assert find_faults('"ko": "레이어",  # terms: 레이어\n"레이어"', ".py") == [
        "line 2: '레이어', wanted 계층"
    ]
    table = "- id: a\n  not: [레이어]\n  text:\n    ko: 레이어입니다.\n"
    assert find_faults(table, ".yml") == ["line 4: '레이어', wanted 계층"]


def test_what_is_planted_in_a_chapter_is_named_with_its_line():
    text = (ROOT / "chapters/src/07_send_it_backward.md").read_text(encoding="utf-8")
    old = "모든 매개변수의 변화도를 한 번에 구합니다"
    line = text[: text.index(old)].count("\n") + 1
    planted = text.replace(old, "모든 파라미터의 변화도를 한 번에 구합니다")
    assert find_faults(planted, ".md") == [f"line {line}: '파라미터', wanted 매개변수"]


def test_no_word_of_the_course_is_banned_by_another():
    for term in TERMS:
        for other in TERMS:
            assert term["ko"] not in other.get("not", []), (term["id"], other["id"])


def test_every_reader_s_word_is_looked_at():
    names = {str(path.relative_to(ROOT)) for path in FILES}
    assert names >= {
        "index.md",
        "README.ko.md",
        "book/site/words.py",
        "chapters/src/00_welcome.md",
        "lenet_course/exercises/__init__.py",
        "lenet_course/widgets/graph/words.json",
    }
