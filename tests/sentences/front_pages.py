"""The READMEs and the landing page: phrases of both languages, and where their numbers come from.

GitHub shows these pages as they stand, so no mark can stand in them: each # below is a number.
"""

import re
from statistics import mean
from typing import NamedTuple

from bench.distil import AIM
from bench.record import EVERY, RECORDS, SEEDS
from book.course import ROOT, list_slugs
from book.notebooks.sources import read_source
from lenet_course import load_digits, load_trained
from lenet_course.evidence import load_distillation
from tests.sentences.facts import STATED, evaluate_source
from tests.sentences.numbers import Number, find_numbers
from tests.sentences.unmarked import ALLOWED, OUTSIDE, blank

# `python -m bench.record`, the run that the READMEs show: to reach, mean, least, most, seconds
USUAL = 99.0, 99.10, 99.06, 99.15, 110.8
RECORD = 99.05, 98.81, 99.23, 95, 99.01, 99.09, 5.83  # before the seconds: the mean's interval
# the same with --device cuda: mean, least, most, seeds, seconds, times faster
CUDA = 99.15, 98.26, 99.32, SEEDS, 0.38, 78
# `make bench`: mean, least, most, the aim, the time
PACKAGED, TRAINED = (99.20, 99.10, 99.28, 12), (99.56, 99.48, 99.64, 99.65, 8)
RUNS = 8  # of the last row: seeds 0 to 4 on one machine, 0 to 2 on another
DISTILLED = [100 * each for each in load_distillation()["accuracies"]]
PACKAGE = [len(load_digits(split).images) for split in ("train", "test")]
CUDA_BUILD = 6  # GB, measured: what pip puts on a disk for torch on Linux
BENCH_TIME = 33  # minutes, measured


def read(path: str, pattern: str) -> tuple[float, ...]:
    """The numbers that a pattern's groups hold in a file."""
    return tuple(map(float, re.search(pattern, (ROOT / path).read_text(encoding="utf-8")).groups()))


def count_exercises() -> tuple[int, int]:
    counts = [
        sum(bool(c["metadata"].get("exercise")) for c in read_source(s)) for s in list_slugs()
    ]
    return min(counts), max(counts)


def estimate_minutes() -> tuple[int, int]:
    """The shortest and the longest time that a chapter says it takes."""
    starts = [
        "\n".join(c["text"] for c in read_source(s) if c["lang"] == "en") for s in list_slugs()
    ]
    minutes = [int(re.search(r"\*\*Time\*\* · about (\d+)", start)[1]) for start in starts]
    return min(minutes), max(minutes)


README = [  # English, Korean, the value of each #
    ("its # parameters", "매개변수 #개", evaluate_source("count-parameters", "00_welcome")),
    ("are # chapters", "위한 # 장이며", len(list_slugs())),
    ("# to # minutes for", "#분에서 #분이 걸", estimate_minutes()),
    ("# or # exercises", "연습 문제 # 개나 # 개는", count_exercises()),
    ("page of chapter #", "[#장의 한 페이지", evaluate_source("> 03_run_it_forward", "00_welcome")),
    ("The # digits of the chapters", "숫자 이미지 #장이", sum(PACKAGE)),
    ("Python # to #", "Python #~#", read("book/set_up.py", r"Python ([\d.]+) to ([\d.]+),")),
    ("the chapters need #.", "실행하려면 # 이상", read("pyproject.toml", r"torch>=([\d.]+)")),
    ("about # GB", "약 #GB", CUDA_BUILD),
    ("takes about # minutes", "개에서 #분쯤", BENCH_TIME),
    ("--quick`, #.", "--quick`은 #분쯤", read("bench/__main__.py", r"within (\d+) minutes")),
    (
        "cores, with # seeds",
        "시드 # 개로",
        read("bench/__main__.py", r"range\(1 if quick else (\d+)\)"),
    ),
    (
        "H100 # % (# – #, # seeds) in # s, # times",
        "H100에서는 # % (# – #, 시드 #개)를 #초에 얻었고, 거기서 잰 널리 쓰이는 루프보다 #배",
        CUDA,
    ),
    ("MNIST's # test digits", "시험용 #장: 평균", STATED["mnist"][1]),
    ("reads # % | # % (# – #) | # s", "루프, # %를 읽을 때까지 | # % (# – #) | #초", USUAL),
    ("rows with # and # seeds", "가 시드 #개와 #개로", (SEEDS // EVERY, SEEDS)),
    ("# digits once", "#장을 한 번", RECORDS["halves"].count),
    (
        "labels | # % (# – #), # % interval of the mean # – # | # s",
        "번 | # % (# – #), 평균의 # % 신뢰 구간 # – # | #초, ",
        RECORD,
    ),
    ("# times faster |", "#배 빠름", USUAL[-1] / RECORD[-1]),
    ("the # packaged digits", "패키지의 #장", PACKAGE[0]),
    ("digits | # % (# – #) | # s", "| # % (# – #) | 다른 작업이 없을 때 #초", PACKAGED),
    ("# epochs, # runs", "방법, #에폭, #번", (load_trained().recipe["epochs"], RUNS)),
    (
        "| # % (# – #); by `python -m bench.distil` on an H100 # % (# – #); the aim was # | # min",
        "| # % (# – #), H100의 `python -m bench.distil`은 # % (# – #), 목표는 # | 코어 하나로 #분",
        (*TRAINED[:3], mean(DISTILLED), min(DISTILLED), max(DISTILLED), 100 * AIM, TRAINED[4]),
    ),
    ("IEEE, #,", "IEEE,\n#.", evaluate_source("@lecun1998", "00_welcome")),
]
INDEX = [
    ("There are # chapters", "위한 # 장입니다", len(list_slugs())),
    ("takes # to # minutes", "데 #분에서 #분이", estimate_minutes()),
    ("with chapter #]", "[#장부터", 0),
]
CHAPTER = re.compile(
    r"^(?:\| (?P<row>\d+) \||(?P<item>\d+)\. ).*?\(chapters/(?:ko|en)/(?P<file>\d+)_", re.MULTILINE
)


class Page(NamedTuple):
    name: str
    language: str
    text: str  # as written
    phrases: list[tuple[str, object]]  # of its language, and what each # is


def list_front_pages() -> list[Page]:
    def load(name):
        return (ROOT / name).read_text(encoding="utf-8")

    korean, english = load("index.md").split("::::{container} lang-en")
    return [
        Page(name, language, text, [(row[language == "ko"], row[2]) for row in table])
        for name, language, text, table in [
            ("README.md", "en", load("README.md"), README),
            (
                "README.ko.md",
                "ko",
                load("README.ko.md").replace("서너 개", "세 개나 네 개"),
                README,
            ),
            ("index.md", "ko", korean, INDEX),
            ("index.md", "en", english, INDEX),
        ]
    ]


def find_phrases(page: Page) -> list[tuple[list[re.Match], object]]:
    """Find where each phrase stands: its matches, of which one is wanted, and its values."""
    found = []
    for phrase, value in page.phrases:
        pattern = re.escape(phrase).replace(r"\#", r"([\d.,]*\d|[A-Za-z]+|[가-힣]+)")
        found.append((list(re.finditer(pattern.replace(r"\ ", r"\s+"), page.text)), value))
    return found


def find_unheld(page: Page) -> list[Number]:
    """Find the numbers that neither a phrase nor a chapter's own line nor a reason covers."""
    held = [m.span(name) for m in CHAPTER.finditer(page.text) for name in ("row", "item")]
    held += [m.span() for pattern, _ in ALLOWED for m in re.finditer(pattern, page.text, re.M)]
    for matches, _ in find_phrases(page):
        held += [m.span(n + 1) for m in matches for n in range(len(m.groups()))]
    return [
        number
        for number in find_numbers(OUTSIDE.sub(blank, page.text), page.language)
        if not any(start <= number.start and number.end <= end for start, end in held)
    ]


def list_page_values(page: Page) -> list[float]:
    """List the values of a page's numbers from two up, sorted: "1에폭" is "one epoch"."""
    found = find_numbers(OUTSIDE.sub(blank, page.text), page.language)
    return sorted(number.value for number in found if number.value >= 2)
