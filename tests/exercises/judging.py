"""What is tried with the exercises of every chapter: right answers, wrong ones, and nonsense.

A module test_SLUG.py a chapter takes the tests from here, with `import *`, and holds CASES:
checker → [(key, answer), ...], where the key is that of the sentence the answer must draw. An
answer that takes seconds to make is a Later. The answers of a table are tried too, and each
chapter's own solutions in its notebook.
"""

import math
import random
import re
from collections import Counter

import numpy as np
import pytest
import torch

from lenet_course import Net
from lenet_course.exercises.engine import Kind
from lenet_course.exercises.verdict import load_hints
from lenet_course.text import LANGUAGES, set_language
from tests.exercises.later import Later


def pytest_generate_tests(metafunc):
    """Try the exercises and the cases of the chapter whose module took the tests from here."""
    module, named = metafunc.module, {"ids": lambda value: getattr(value, "__name__", None)}
    checkers = [getattr(module.exercises, name) for name in module.exercises.__all__]
    if "answer" in metafunc.fixturenames:
        cases = [(check, *case) for check, cases in module.CASES.items() for case in cases]
        metafunc.parametrize(("check", "key", "answer"), cases, **named)
    elif "table" in metafunc.fixturenames:
        metafunc.parametrize("table", [c for c in checkers if hasattr(c, "table")], **named)
    elif "check" in metafunc.fixturenames:
        metafunc.parametrize("check", checkers, **named)


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_makes_a_checker_raise_or_say_right(check, language):
    set_language(language)
    for answer in [*list_nonsense(), raise_exit, raise_interrupt]:
        verdict = check(answer)
        assert verdict.state in ("open", "hint"), type(answer)
        assert verdict.text and verdict._repr_html_() and repr(verdict) == verdict.text


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


def test_every_answer_of_a_table_draws_its_own_sentence(table):
    for key, answer in list_rows(table):
        verdict = table(answer)
        assert verdict.key == key, verdict


def test_an_answer_is_not_read_as_the_real_part_of_complex_numbers(check, request):
    for key, answer in request.module.CASES.get(check, []):
        if key == "right" and isinstance(answer, (int, float, list, tuple, torch.Tensor)):
            try:
                numbers = torch.as_tensor(answer, dtype=torch.complex128)
            except (TypeError, ValueError):  # names, say
                continue
            assert check(numbers + 1j).state == "hint", answer


def test_the_sentences_are_in_their_language(check):
    assert "right" in load_hints()[check.__name__] and "open" not in load_hints()[check.__name__]
    for key, words in load_hints()[check.__name__].items():
        assert set(words) == set(LANGUAGES), key
        assert re.search("[가-힣]", words["ko"]) and not re.search("[가-힣]", words["en"]), key
        assert words["ko"].endswith(("다.", "오.", "요.", "까?", "요?")) and words["en"].endswith(
            (".", "?")
        ), key
        assert max(map(len, words.values())) <= 320, key
