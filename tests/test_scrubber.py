"""The recorded run behind the explorer's scrubber: what is stored, and who is sent it when."""

import gzip
import json

import numpy as np
import pytest
import torch
from torch.nn.utils import vector_to_parameters

from book.course import ROOT
from book.site import widgets as page_widgets
from lenet_course import Digits, Net, evaluate, load_digits, load_trained, prepare_images
from lenet_course.assets import make_checkpoints
from lenet_course.assets.make_weights import SEED, SETTINGS, make_weights
from lenet_course.training.standardise import Standardised, fold
from lenet_course.widgets import LeNetExplorer
from lenet_course.widgets.data import read_checkpoints


def decode_run(stored: dict) -> list[Net]:
    """What explorer/scrubber.js does."""
    codes = np.array([ord(letter) for letter in stored["codes"]]) - 35
    changes = np.where(codes % 2, -(codes + 1) // 2, codes // 2)
    values = torch.zeros(61706)
    nets = []
    sizes = [parameter.numel() for parameter in Net().parameters()]
    for change, exponents in zip(changes.reshape(-1, 61706), stored["exponents"], strict=True):
        steps = np.repeat(2.0 ** np.array(exponents), sizes)
        values = values + torch.from_numpy(change * steps).float()
        nets.append(Net())
        vector_to_parameters(values, nets[-1].parameters())
    return nets


@pytest.fixture(scope="module")
def stored():
    return json.loads(read_checkpoints())


@pytest.fixture(scope="module")
def nets(stored):
    return decode_run(stored)


def test_a_whole_run_is_recorded(stored, nets):
    steps = stored["steps"]
    assert steps[0] == 0 and steps[-1] == SETTINGS["epochs"] * (60_000 // SETTINGS["batch_size"])
    assert steps == sorted(set(steps)) == list(make_checkpoints.STEPS)
    assert len(steps) == len(nets) == len(stored["accuracies"]) == 20
    torch.manual_seed(SEED)
    first = fold(Standardised(Net()))
    for (name, value), start, exponent in zip(
        nets[0].named_parameters(), first.parameters(), stored["exponents"][0], strict=True
    ):
        assert (value - start).abs().max() <= 2.0**exponent / 2, name


def test_the_probabilities_are_the_run_s_own_within_a_hundredth(nets):
    images = prepare_images(load_digits("test").images)
    wanted = np.load(ROOT / "tests" / "checkpoints.npz")["shares"] / 1000
    assert wanted.shape == (20, 2000, 10)
    with torch.no_grad():
        shares = np.stack([net(images).double().softmax(1).numpy() for net in nets])
    differences = np.abs(shares - wanted).max((1, 2))
    print("largest difference of a probability, by checkpoint:", differences.round(4))
    assert differences.max() <= 0.01


def test_the_accuracies_are_those_of_the_packaged_test_digits(stored, nets):
    test = load_digits("test")
    measured = [evaluate(net, test)["accuracy"] for net in nets]
    np.testing.assert_allclose(stored["accuracies"], measured, atol=6e-4)  # one digit of 2,000
    assert measured[0] < 0.15 < 0.9 < measured[10]
    assert measured[-1] >= evaluate(load_trained(), test)["accuracy"] - 0.002


def test_the_page_s_file_is_small_and_whole(tmp_path, stored):
    page_widgets.write_page_widgets(tmp_path, page_widgets.load_language_words())
    content = (tmp_path / page_widgets.CHECKPOINTS).read_text(encoding="utf-8")
    start, end = "lenetWidgets.checkpoints(", ");\n"
    assert content.startswith(start) and content.endswith(end)
    assert json.loads(content[len(start) : -len(end)]) == stored
    size = len(gzip.compress(content.encode()))
    print(f"{size:,} bytes with compression")
    assert size <= 1_000_000


def test_the_run_is_sent_when_it_is_asked_for(stored):
    widget = LeNetExplorer(load_trained())
    assert widget.get_state()["checkpoints"] == {}
    widget.set_state({"opened": True})
    assert widget.checkpoints == stored
    assert LeNetExplorer(load_trained()).checkpoints == {}


def test_make_checkpoints_watches_make_weights(monkeypatch):
    stored = load_digits("test")
    digits = Digits(stored.images[:256], stored.labels[:256])
    steps = (0, 1, 2, 50, 200)  # 100 epochs of two mini-batches
    monkeypatch.setattr(make_checkpoints, "STEPS", steps)
    nets = make_checkpoints.record_run(digits, seed=3)
    same = make_weights(digits, seed=3)
    for value, wanted in zip(nets[-1].parameters(), same.parameters(), strict=True):
        assert torch.equal(value, wanted)
    losses = [evaluate(net, digits)["loss"] for net in nets]
    assert losses[1] != losses[2] and losses[3] < losses[0]
    encoded, shares = make_checkpoints.encode_run(nets, digits)
    with torch.no_grad():
        for net, wanted in zip(decode_run(encoded), shares, strict=True):
            found = net(prepare_images(digits.images)).softmax(1).numpy()
            assert np.abs(found - wanted).max() <= make_checkpoints.LIMIT + 1e-6
