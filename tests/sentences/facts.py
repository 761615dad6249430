"""What a mark rests on, evaluated: its source as a value, and whether the words say that value.

The forms of a source, in `[words]{source}`:

    share-of-each            the one number in that cell's stored output
    share-of-each:7          the 8th number in it, from 0; -1 is the last
    02_…/share-of-each:7     the same, of another chapter
    = 6 * 28 * 28            what a Python expression gives; names: see `make_names`
    @lecun1998               a number that the reference gives: its year, or one of STATED
    > 03_run_it_forward      the number of that chapter
    given                    what an exercise gives its reader; its solution or checker has it

A value is a number, several in a tuple, or a key of WORDS, which names a side, a colour, an order;
any other string, such as code in backticks, is what the words must be, letter for letter.
"""

import importlib
import math
import re
from functools import cache

import torch
import torch.nn as nn
import torch.nn.functional as F

import lenet_course
from book.course import ROOT, list_slugs, number_chapter
from book.notebooks.references import load_references
from book.notebooks.sources import read_source
from tests.chapters import get_cell, read_output, strip_colours
from tests.sentences.numbers import list_values
from tests.sentences.words import WORDS, find_said

NUMBER = re.compile(r"(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+(?![\w,])|\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
# what a source says beside its year
STATED = {
    "lecun1998": (60000, 10000, 32, 28, 20, 0.95, 0.8),
    "goyal2017": (256, 0.1, 8192, 3.2, 8, 90),
    "mnist": (60000, 10000, 28, 20),
    "nvidia-t4": (16, 8.1),
    "nvidia-h100": (67,),
    "nvidia-a100": (10,),
    "pytorch-docs": (2.6,),
    "pytorch-tutorial": (2026, 5),  # the year and month in which it got the form of this book
}


def evaluate_source(source: str, slug: str, language: str = "ko") -> object:
    """Evaluate a mark's source in a chapter; outputs are those of the language's own page.

    Returns: a number, a tuple of numbers, a key of WORDS; for `given` and `@key`, the frozenset of
        numbers of which the words must be one.
    Raises: ValueError, which says what was wanted.
    """
    if source.startswith("="):
        return eval(source[1:].strip(), make_names(slug, language))
    if source.startswith("@"):
        return read_reference(source[1:].strip())
    if source.startswith(">"):
        target = source[1:].strip()
        if target not in list_slugs():
            raise ValueError(f"expected a chapter of {list_slugs()}, got {target!r}")
        return number_chapter(target)
    if source == "given":
        return read_given(slug)
    cell, _, place = source.partition(":")
    numbers = read_numbers(cell, slug, language)
    if place:
        return numbers[int(place)]
    if len(set(numbers)) != 1:
        raise ValueError(f"expected one number in the output of {cell}, got {numbers}: say which")
    return numbers[0]


def read_numbers(cell: str, slug: str, language: str = "ko") -> list[float]:
    """Read the numbers in a cell's stored output: "cell" of this chapter, or "slug/cell"."""
    *other, name = cell.split("/")
    return find_all(read_text(name, other[0] if other else slug, language))


def read_text(cell: str, slug: str, language: str = "ko") -> str:
    try:
        return strip_colours(read_output(slug, cell, language))
    except KeyError as error:
        raise ValueError(f"expected a code cell of {slug}, got {cell!r}") from error


def find_all(text: str) -> list[float]:
    return [float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(text)]


def read_reference(key: str) -> frozenset:
    entries = load_references().entries
    if key not in entries:
        raise ValueError(f"expected a key of references.bib, got {key!r}")
    year = entries[key].fields.get("year", "")
    return frozenset([*find_all(year), *STATED.get(key, ())])


@cache
def read_given(slug: str) -> frozenset:
    """The numbers of a chapter's exercises: their code with the solutions, and their checkers."""
    cells = [c["text"] for c in read_source(slug) if c["metadata"].get("exercise")]
    name = re.sub(r"^\d+_", "", slug)
    checkers = (ROOT / f"lenet_course/exercises/{name}.py").read_text(encoding="utf-8")
    return frozenset(find_all("\n".join([*cells, checkers])))


def read_solution(cell: str, slug: str) -> str:
    (text,) = [each["text"] for each in read_source(slug) if each["id"] == cell]
    return text.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]


@cache
def make_names(slug: str, language: str = "ko") -> dict:
    """The names that an expression may use.

    torch, nn, F, math; what lenet_course exports; `net`, the trained network, and its layers conv1
    to fc3; `out(cell)`, the numbers of a cell's output, `text(cell)`, the output, `code(cell)`, the
    numbers of its code, `solution(cell)`, those of an exercise's solution; `compare(a, b)` →
    "more", "less" or "same"; and what a module of the chapter's own, tests/sentences/chapter_NN.py
    (chapter_glossary.py), defines.
    """
    net = lenet_course.load_trained()
    names = {name: getattr(lenet_course, name) for name in lenet_course.__all__}
    names |= {"torch": torch, "nn": nn, "F": F, "math": math, "net": net}
    names |= dict(net.named_children())
    names |= {
        "out": lambda cell: read_numbers(cell, slug, language),
        "text": lambda cell: read_text(cell, slug, language),
        "code": lambda cell: find_all(get_cell(slug, cell).source),
        "solution": lambda cell: find_all(read_solution(cell, slug)),
        "compare": compare,
    }
    try:
        own = importlib.import_module(f"tests.sentences.chapter_{slug.partition('_')[0]}")
    except ModuleNotFoundError:
        return names
    return names | {k: v for k, v in vars(own).items() if not k.startswith("_")}


def compare(left: float, right: float) -> str:
    """Say how the left number stands to the right one, as a key of WORDS."""
    return "more" if left > right else "less" if left < right else "same"


UNITS = {  # a unit inside the brackets of a mark is part of what it says
    "kilobyte|킬로바이트": 1e3,
    "megabyte|메가바이트": 1e6,
    "gigabyte|기가바이트": 1e9,
    "terabyte|테라바이트": 1e12,
}


def find_fault(words: str, value: object, language: str) -> str | None:
    """Say what is wrong where the words of a mark do not say its value; None: they do."""
    if isinstance(value, str):
        if value not in WORDS:
            return None if words == value else f"says {words!r}, but it is {value!r}"
        said = find_said(words, language, value)
        return None if said == {value} else f"says {words!r} ({sorted(said)}), but it is {value}"
    size = next((size for unit, size in UNITS.items() if re.search(unit, words)), 1)
    said = [(size * n, decimals - math.log10(size)) for n, decimals in list_values(words, language)]
    if not said:
        return f"expected a number in {words!r}"
    if isinstance(value, frozenset):
        wrong = [number for number, _ in said if number not in value]
        return f"says {words!r}, and its source has no {wrong[0]:g}" if wrong else None
    wanted = value if isinstance(value, tuple | list | torch.Size) else [value] * len(said)
    if len(wanted) != len(said):
        return f"says {words!r}, but it is {tuple(wanted)}"
    for (number, decimals), true in zip(said, map(float, wanted), strict=True):
        # rounded as it is written; half a unit more, since 0.125 may be written either way
        if not abs(number - true) <= 0.5 * 10**-decimals + 1e-9 * abs(true):
            return f"says {words!r}, but it is {true:g}"
        if decimals == 0 and number != true and float(true).is_integer():
            return f"says {words!r}, but it is {true:g}"
    return None
