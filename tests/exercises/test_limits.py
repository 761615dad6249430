"""How much a checker reads and how long it waits: each limit reached, and passed by one."""

import inspect
import math
import time

import numpy as np
import pytest
import torch

from lenet_course.exercises import check_convolution, check_resized_net, check_whole_loop
from lenet_course.exercises.answers import (
    MOST,
    is_close,
    read_model,
    read_name,
    read_number,
    read_shape,
    read_tensor,
)
from lenet_course.exercises.calling import LIMIT, call_function, run_limited
from lenet_course.exercises.verdict import GENERAL, Hint, Verdict
from lenet_course.text import set_language
from tests.exercises.test_misjudged import Resized, convolve_with_numpy, learn


def expect_hint(key, read, *arguments, **named):
    with pytest.raises(Hint) as caught:
        read(*arguments, **named)
    assert caught.value.key == key
    return caught.value


def test_a_number_may_be_a_thousand_million_million_and_no_more():
    for largest in (1e15, -1e15, 10**15):
        assert read_number(largest) == largest
    for larger in (1.01e15, -1.01e15, 10**15 + 1, 10**400):
        expect_hint("huge", read_number, larger)


def test_a_shape_may_have_eight_numbers_and_no_more():
    for make in (tuple, list, torch.Size):
        assert read_shape(make([1] * 8)) == (1,) * 8
        expect_hint("huge", read_shape, make([1] * 9))
    assert read_shape(torch.ones(8)) == read_shape(np.ones(8)) == (1,) * 8
    expect_hint("type", read_shape, torch.ones(9))
    expect_hint("whole", read_shape, (4, 2.5))
    expect_hint("empty", read_shape, ())


def test_a_tensor_may_have_a_million_values_and_no_more():
    assert MOST == 1_000_000
    for make in (torch.zeros, np.zeros, lambda n: [0.0] * n):
        assert len(read_tensor(make(MOST))) == MOST
        expect_hint("huge", read_tensor, make(MOST + 1))


def test_a_name_may_have_200_letters_and_no_more():
    assert read_name(" Conv1 ", ["conv1"]) == "conv1"
    assert read_name("x" * 200, ["conv1"]) == "x" * 200
    expect_hint("type", read_name, "x" * 201, ["conv1"])


def test_what_is_read_is_a_copy_that_shares_nothing():
    given = torch.ones(3, dtype=torch.float64, requires_grad=True)
    found = read_tensor(given)
    assert not found.requires_grad
    found[0] = 5
    assert given.tolist() == [1, 1, 1]
    array = np.ones(3)
    read_tensor(array)[0] = 5
    assert array.tolist() == [1, 1, 1]
    model = torch.nn.Linear(2, 2).double()
    copy = read_model(model)
    assert copy is not model and model.training and not copy.training
    assert (copy.weight.dtype, model.weight.dtype) == (torch.float32, torch.float64)
    assert copy.weight.data_ptr() != model.weight.data_ptr()


def test_numbers_agree_within_a_ten_thousandth_and_a_hundred_thousandth():
    assert is_close(1.00009, 1) and not is_close(1.0002, 1)
    assert is_close(0.000009, 0) and not is_close(0.00002, 0)
    assert not is_close([1, 1], 1)
    assert not is_close(math.nan, math.nan)


def test_a_function_has_ten_seconds():
    limit = inspect.signature(call_function).parameters["limit"].default
    assert limit == LIMIT == 10


def test_a_function_that_never_ends_is_stopped_and_stays_stopped():
    turns = []

    def run_for_ever():
        while True:
            turns.append(time.sleep(0.001))

    start = time.perf_counter()
    hint = expect_hint("slow", call_function, run_for_ever, limit=0.2)
    assert 0.15 < time.perf_counter() - start < 3
    assert hint.fields == {"limit": 0.2}
    for language in ("ko", "en"):
        set_language(language)
        assert "10" in GENERAL["slow"][language].format(limit=LIMIT)
    time.sleep(0.1)  # till the thread has taken notice
    count = len(turns)
    time.sleep(0.1)
    assert len(turns) == count


def test_a_function_works_on_copies_with_gradients_on():
    given = torch.ones(3)
    with torch.no_grad():
        assert call_function(lambda x: x * 2 + torch.is_grad_enabled(), given).tolist() == [3] * 3
    expect_hint("changed", call_function, lambda x: x.add_(1), given)
    expect_hint("changed", call_function, lambda x: x.resize_(2), given)
    assert given.tolist() == [1, 1, 1]
    assert run_limited(lambda: 3, (), 1) == (3, None)


def test_an_error_is_told_in_one_line_of_200_letters():
    def fail(x):
        raise ValueError("a" * 300 + "\nmore")

    hint = expect_hint("raised", call_function, fail, torch.ones(1))
    assert hint.fields["error"] == "ValueError: " + "a" * 200


def test_a_work_of_torch_s_that_is_to_be_done_by_hand_is_named():
    hint = expect_hint("shortcut", call_function, torch.relu, torch.ones(1), without=["relu"])
    assert hint.fields == {"name": "relu"}


def test_a_verdict_is_words_and_never_markup():
    set_language("en")
    verdict = Verdict("hint", "key", 'Is <b> in it? & "more"')
    assert repr(verdict) == 'Not yet. Is <b> in it? & "more"'
    assert verdict._repr_html_() == (
        '<p class="lenet-verdict hint">Not yet. Is &lt;b&gt; in it? &amp; &quot;more&quot;</p>'
    )


def test_a_default_dtype_changes_no_verdict_and_stays_as_it_is():
    """The book's own solutions, in a notebook that has set float64."""
    torch.set_default_dtype(torch.float64)
    try:
        for check, answer in (
            (check_resized_net, Resized),
            (check_convolution, convolve_with_numpy),
            (check_whole_loop, learn()),
        ):
            assert check(answer).state == "right", check(answer)
            assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
