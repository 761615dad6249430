"""StepByStep's traits, what it refuses, what it puts into the page."""

import base64
import json
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from lenet_course import Digits, Net, load_digits, load_trained, prepare_images, set_language
from lenet_course.text import get_language
from lenet_course.widgets import StepByStep
from lenet_course.widgets.registry import get_words
from tests.test_widgets import read_tags

NO_RATES = (0, -0.1, 11, float("nan"), float("inf"), "fast", None, True)
SETTINGS = ("batch_size", "index", "criterion", "learning_rate", "momentum")


@pytest.fixture(autouse=True)
def restore():
    language, state = get_language(), torch.get_rng_state()
    yield
    set_language(language)
    torch.set_rng_state(state)


def make_fresh(seed=0):
    torch.manual_seed(seed)
    return Net()


@pytest.fixture
def stepper():
    return StepByStep(make_fresh())


def read_mount(html):
    (tag, mount), (_, picture) = read_tags(html)
    assert tag == "div"
    return mount, picture


def test_it_takes_the_net_s_weights_and_one_digit_of_each_of_eight(stepper):
    wanted = torch.nn.utils.parameters_to_vector(make_fresh().parameters()).detach()
    np.testing.assert_array_equal(np.frombuffer(stepper.values, "<f4"), wanted)
    assert stepper.labels == list(range(8))
    stored = load_digits("test")
    firsts = [stored.labels.tolist().index(label) for label in range(8)]
    images = np.frombuffer(stepper.digits, np.uint8).reshape(8, 28, 28)
    np.testing.assert_array_equal(images, stored.images[firsts])
    settings = {name: getattr(stepper, name) for name in SETTINGS}
    assert list(settings.values()) == [8, 0, "cross_entropy", 0.1, 0]


def test_python_hears_of_the_reader_s_settings(stepper):
    wanted = [1, 5, "mse_loss", 2.5, 0.9]
    stepper.set_state(dict(zip(SETTINGS, wanted, strict=True)))
    assert [getattr(stepper, name) for name in SETTINGS] == wanted


def test_a_fresh_net_is_known_by_its_seed():
    for seed in (0, 7):
        assert StepByStep(make_fresh(seed)).seed == seed
    net = make_fresh(3)
    torch.rand(5)  # what is drawn afterwards does not matter
    before = torch.get_rng_state()
    stepper = StepByStep(net)
    stepper._draw_picture(), stepper._get_page_state()
    assert stepper.seed == 3
    assert torch.equal(torch.get_rng_state(), before)
    net.conv1.bias.data[0] += 1e-3
    assert StepByStep(net).seed is None
    torch.manual_seed(3)
    torch.rand(5)
    assert StepByStep(Net()).seed is None


def test_a_gpu_s_random_numbers_are_not_begun_anew(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    StepByStep(make_fresh(3).eval())
    assert seeded == [3]  # make_fresh alone


def test_other_nets_and_digits_are_named():
    net, stored = make_fresh(), load_digits("test")
    with pytest.raises(ValueError, match=r"another network, Linear"):
        StepByStep(torch.nn.Linear(84, 10))
    for count in (0, 9):
        with pytest.raises(ValueError, match=rf"expected 1 to 8 digits, got {count};.*\[:8\]"):
            StepByStep(net, Digits(stored.images[:count], stored.labels[:count]))
    with pytest.raises(ValueError, match=r"shape \(N, 28, 28\), got \(3, 32, 32"):
        StepByStep(net, Digits(torch.zeros(3, 32, 32, dtype=torch.uint8), torch.zeros(3)))
    for labels in (torch.tensor([1, 2]), torch.tensor([1, 2, 10]), torch.tensor([1, 2, -1])):
        with pytest.raises(ValueError, match=re.escape(f"each 0 to 9, got {labels.tolist()}")):
            StepByStep(net, Digits(stored.images[:3], labels))


@pytest.mark.parametrize(
    ("name", "wanted", "values"),
    [
        ("batch_size", "a batch size of 1 or 8", (0, 2, 9, True, "8", None)),
        ("criterion", "a criterion of 'cross_entropy' or 'mse_loss'", ("l1_loss", 3, None)),
        ("learning_rate", "a learning rate from 0.001 to 10", NO_RATES),
        ("momentum", "a momentum of at least 0 and below 1", (1, -0.1, float("nan"), "0.9", None)),
    ],
)
def test_other_settings_are_named(stepper, name, wanted, values):
    kept = getattr(stepper, name)
    for value in values:
        message = re.escape(f"expected {wanted}, got {value!r}")
        with pytest.raises(ValueError, match=message):
            setattr(stepper, name, value)
        if value is not None or name != "batch_size":  # None: as many as there are
            with pytest.raises(ValueError, match=message):
                StepByStep(make_fresh(), **{name: value})
    assert getattr(stepper, name) == kept


@pytest.mark.parametrize("index", [-1, 8, 0.5, "1", None])
def test_an_index_out_of_range_is_named(stepper, index):
    message = re.escape(f"expected a digit index from 0 to 7, got {index!r}")
    with pytest.raises(IndexError, match=message):
        stepper.index = index
    with pytest.raises(IndexError, match=message):
        StepByStep(make_fresh(), index=index)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_book_takes_a_mount_point_with_a_picture(monkeypatch, language):
    monkeypatch.setenv("LENET_BOOK", "1")
    set_language(language)
    stored = load_digits("test")
    digits = Digits(stored.images[:3], stored.labels[:3])
    how = {"criterion": "mse_loss", "learning_rate": 0.5}
    steppers = [StepByStep(make_fresh(5), digits, **how) for _ in range(2)]
    htmls = [stepper._repr_mimebundle_()["text/html"] for stepper in steppers]
    assert htmls[0] == htmls[1]
    mount, picture = read_mount(htmls[0])
    assert (mount["data-widget"], mount["lang"]) == ("step", language)
    state = json.loads(mount["data-state"])
    assert base64.b64decode(state.pop("digits")["base64"]) == digits.images.numpy().tobytes()
    assert state.pop("values") == {"manual_seed": 5}
    how |= {"batch_size": 3, "index": 0, "momentum": 0}
    assert state == {"seed": 5, "labels": digits.labels.tolist(), **how}
    logits = make_fresh(5)(prepare_images(digits.images))
    loss = F.mse_loss(logits, F.one_hot(digits.labels, 10).float()).item()
    wanted = get_words("step", language)["fallback"].format(count=3, loss=f"{loss:.2f}")
    assert picture["alt"] == wanted


def test_the_page_has_the_shipped_weights_and_is_given_others(monkeypatch):
    monkeypatch.setenv("LENET_BOOK", "1")
    mount, _ = read_mount(StepByStep(load_trained())._repr_mimebundle_()["text/html"])
    assert not {"seed", "values"} & set(json.loads(mount["data-state"]))
    net = load_trained()
    for more, given in ((1, ["float16"]), (1e5, None)):  # float16 has none so large
        net.conv1.bias.data += more
        mount, picture = read_mount(StepByStep(net)._repr_mimebundle_()["text/html"])
        state = mount.get("data-state")
        assert (list(json.loads(state)["values"]) if state else None) == given
        assert "conv1" in picture["alt"]


def test_a_notebook_takes_the_widget(stepper, monkeypatch):
    monkeypatch.delenv("LENET_BOOK", raising=False)
    data, _ = stepper._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert not re.search(r"^import\b", StepByStep._esm, re.MULTILINE)


def test_the_reader_s_net_stays_as_it_is():
    net = make_fresh()
    StepByStep(net)._draw_picture()
    assert all(parameter.grad is None for parameter in net.parameters())
    fresh = make_fresh().parameters()
    assert all(torch.equal(p, q) for p, q in zip(net.parameters(), fresh, strict=True))
