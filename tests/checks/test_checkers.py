"""Every checker: right answers written in several ways, wrong ones with a hint each, and nonsense.

A module cases_NN.py a chapter, and cases_misjudged.py, hold CASES: checker → [(key, answer), ...],
where the key is that of the sentence the answer must draw. An answer that takes seconds to make is
a Later. The answers of a table are tried too, and each chapter's own solutions in its notebook.
"""

import importlib
import math
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

import lenet_course.checks
from lenet_course import Net
from lenet_course.checks.exercise import Kind
from lenet_course.checks.verdict import GENERAL, load_hints
from lenet_course.text import LANGUAGES, set_language
from tests.checks.later import Later

MODULES = [path.stem for path in sorted(Path(__file__).parent.glob("cases_*.py"))]
CASES = {}
for name in MODULES:
    for check, cases in importlib.import_module(f"tests.checks.{name}").CASES.items():
        CASES.setdefault(check, []).extend(cases)
CHECKERS = [value for name, value in vars(lenet_course.checks).items() if name[:6] == "check_"]

by_name = {"ids": lambda value: getattr(value, "__name__", None)}
every_checker = pytest.mark.parametrize("check", CHECKERS, **by_name)


class Hostile:
    """Everything that can be asked of it raises."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __eq__ = __bool__ = __len__ = __iter__ = __float__ = __repr__ = __call__ = __hash__ = (
        lambda self, *_: 1 / 0
    )


def list_nonsense():
    nan = float("nan")
    return [
        None, "", "156", "x" * 10_000, b"1", nan, math.inf, -math.inf, 10**400, -(10**400), True,
        1j, [], (), {}, set(), [nan], [None], [[1], [1, 2]], ["a"], object(), Hostile(), Hostile,
        int, print, len, lambda: None, lambda *a: None, lambda *a, **k: Hostile(), lambda *a: nan,
        lambda *a: 1 / 0, lambda *a: a, (i for i in range(3)), range(10**12), Exception(), math,
        np.array([]), np.array(["a"]), np.array(None, dtype=object), np.float16(nan), np.zeros(3),
        torch.tensor([]), torch.tensor(nan), torch.full((2, 3), nan), torch.zeros(3, device="meta"),
        torch.zeros(10, 10, requires_grad=True), torch.zeros(3, dtype=torch.complex64),
        torch.zeros(2, 2).to_sparse(), torch.zeros(3, dtype=torch.bool), torch.zeros(1, 1, 1),
        torch.zeros(1).expand(10**10), torch.zeros(4).half(), torch.zeros(4, dtype=torch.uint8),
        Net().half(), Net().double(), Net, torch.nn.Linear(2, 2), torch.nn.Module(),
        torch.nn.Linear(3, 3, device="meta"), torch.Size([1, 10**15]), [10**400] * 3,
    ]  # fmt: skip


def raise_exit(*_):
    raise SystemExit


def raise_interrupt(*_):
    raise KeyboardInterrupt


@every_checker
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_makes_a_checker_raise_or_say_right(check, language):
    set_language(language)
    for answer in [*list_nonsense(), raise_exit, raise_interrupt]:
        verdict = check(answer)
        assert verdict.state in ("open", "hint"), type(answer)
        assert verdict.text and verdict._repr_html_() and repr(verdict) == verdict.text


@every_checker
def test_an_exercise_that_nobody_touched_is_open(check):
    assert check(...).state == check().state == "open"


def describe(answer):
    """An answer's numbers, modes, gradients and hooks; of what holds none, that it is itself."""
    if isinstance(answer, torch.Tensor):
        values = answer.detach().cpu() if answer.device.type != "meta" else torch.zeros(0)
        values = values.float() if values.dtype == torch.bfloat16 else values  # NumPy has none
        grad = answer.grad if answer.is_leaf else None
        return (values.dtype, values.numpy().tobytes(), answer.requires_grad, describe(grad))
    if isinstance(answer, np.ndarray):
        return answer.tobytes()
    if isinstance(answer, torch.nn.Module):
        parts = [(m.training, len(m._forward_hooks), len(m._forward_pre_hooks))
                 for m in answer.modules()]  # fmt: skip
        return [parts, *(describe(value) for value in [*answer.parameters(), *answer.buffers()])]
    if isinstance(answer, (list, tuple)):
        return [describe(item) for item in answer]
    return id(answer)


def describe_randomness():
    return torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[2]


@pytest.mark.parametrize(("check", "key", "answer"), [
    (check, key, answer) for check, cases in CASES.items() for key, answer in cases
], **by_name)  # fmt: skip
def test_the_answer_draws_its_sentence_and_is_left_as_it_was(check, key, answer):
    answer = answer.make() if isinstance(answer, Later) else answer
    own, before = describe(answer), (describe_randomness(), torch.is_grad_enabled())
    verdict = check(answer)
    assert verdict.key == key, verdict
    assert verdict.state == (key if key in ("right", "open") else "hint")
    assert describe(answer) == own
    assert (describe_randomness(), torch.is_grad_enabled()) == before


def show(answer):
    """Make of a table's answer one that a reader could hand over."""
    if answer is ...:
        return torch.tensor(123_457.0)
    if isinstance(answer, Kind):
        return answer.example
    return tuple(map(show, answer)) if isinstance(answer, tuple) else answer


def list_rows(check):
    """List the answers of an exercise's table, as a reader would hand them over."""

    def find(key, number, given):
        with torch._C.DisableTorchFunction():  # the table takes the shortcuts that readers may not
            found = [answer for name, answer, *_ in check.table(*given) if name == key]
        return show(found[min(number, len(found) - 1)])

    if not hasattr(check, "table"):
        return
    first = next(iter(check.given())) if check.given else ()
    for key, count in Counter(key for key, *_ in check.table(*first)).items():
        for number in range(count):
            if check.given is None:
                yield key, find(key, number, ())
            else:
                yield key, lambda *given, key=key, number=number: find(key, number, given)


@pytest.mark.parametrize("check", [c for c in CHECKERS if hasattr(c, "table")], **by_name)
def test_every_answer_of_a_table_draws_its_own_sentence(check):
    for key, answer in list_rows(check):
        verdict = check(answer)
        assert verdict.key == key, verdict


@every_checker
def test_an_answer_is_not_read_as_the_real_part_of_complex_numbers(check):
    for key, answer in CASES.get(check, []):
        if key == "right" and isinstance(answer, (int, float, list, tuple, torch.Tensor)):
            try:
                numbers = torch.as_tensor(answer, dtype=torch.complex128)
            except (TypeError, ValueError):  # names, say
                continue
            assert check(numbers + 1j).state == "hint", answer


@every_checker
def test_every_sentence_is_drawn_by_a_case_or_a_row(check):
    drawn = [key for key, _ in [*CASES.get(check, []), *list_rows(check)]]
    drawn += ["other"] if hasattr(check, "table") else []  # all that its rows are not
    assert set(load_hints()[check.__name__]) <= set(drawn), "a sentence that no test draws"
    assert "right" in drawn
    assert len(set(drawn) - {"right", "open", *GENERAL}) >= 4, "fewer than four mistakes told apart"


@every_checker
def test_the_sentences_are_in_their_language(check):
    assert "right" in load_hints()[check.__name__] and "open" not in load_hints()[check.__name__]
    for key, words in load_hints()[check.__name__].items():
        assert set(words) == set(LANGUAGES), key
        assert re.search("[가-힣]", words["ko"]) and not re.search("[가-힣]", words["en"]), key
        assert words["ko"].endswith(("다.", "오.", "까?")) and words["en"].endswith((".", "?")), key
        assert max(map(len, words.values())) <= 320, key
