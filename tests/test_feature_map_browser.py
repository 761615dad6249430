"""FeatureMapBrowser: what its traits hold and refuse, what it puts into the book's page."""

import base64
import json

import numpy as np
import pytest
import torch
from torch import nn

from lenet_course import (
    Net,
    compute_feature_maps,
    load_digits,
    load_trained,
    prepare_images,
    set_language,
)
from lenet_course.text import LANGUAGES, get_language
from lenet_course.widgets import FeatureMapBrowser
from lenet_course.widgets.arguments import read_weights
from lenet_course.widgets.registry import get_words
from tests.test_widgets import read_tags

LAYERS = "conv1 relu1 pool1 conv2 relu2 pool2 fc1 relu3 fc2 relu4 fc3".split()


@pytest.fixture(autouse=True)
def restore_language():
    before = get_language()
    yield
    set_language(before)


@pytest.fixture(scope="module")
def images():
    return prepare_images(load_digits("test").images)


@pytest.fixture
def net():
    return load_trained()


@pytest.fixture
def browser(net, images):
    return FeatureMapBrowser(net, images)


def read_shown(browser) -> dict[str, torch.Tensor]:
    """Every layer's maps, and the kernel under its name, as the page reads them."""
    values = torch.frombuffer(bytearray(browser.maps), dtype=torch.float32)
    entries = [*browser.layers, *([browser.kernel] if browser.kernel else [])]
    sizes = [count * rows * columns for _, count, rows, columns in entries]
    parts = values.split(sizes)  # all of them
    return {name: part.view(shape) for (name, *shape), part in zip(entries, parts, strict=True)}


def expect_shown(browser, net, images, index, layer, channel):
    """The chosen picture, and what the network makes of it now at every layer."""
    assert (browser.index, browser.layer, browser.channel) == (index, layer, channel)
    assert browser.inputs == (255 * images[index]).to(torch.uint8).numpy().tobytes()
    outputs = compute_feature_maps(net, images[index : index + 1])
    shown = read_shown(browser)
    assert list(shown)[: len(LAYERS)] == LAYERS
    for name in LAYERS:
        assert torch.equal(shown[name], outputs[name].view(shown[name].shape)), name
        assert len(shown[name]) == outputs[name].shape[1]


def test_the_first_of_each_is_shown(browser, net, images):
    expect_shown(browser, net, images, 0, "conv1", 0)
    assert browser.count == 2000


def test_traits_follow_python_and_the_page(browser, net, images):
    browser.index, browser.layer, browser.channel = 9, "pool1", 2
    expect_shown(browser, net, images, 9, "pool1", 2)
    browser.set_state({"index": 7})
    browser.set_state({"layer": "conv2", "channel": 12})
    expect_shown(browser, net, images, 7, "conv2", 12)


def test_a_layer_with_fewer_channels_takes_its_last(browser, net, images):
    browser.layer = "conv2"
    browser.channel = 12
    browser.layer = "conv1"
    expect_shown(browser, net, images, 0, "conv1", 5)


def test_weights_that_changed_are_seen_at_the_next_event_and_by_refresh(browser, net, images):
    def change(factor):
        before = browser.maps
        with torch.no_grad():
            net.conv1.weight.mul_(factor)
        assert browser.maps == before

    change(-1)
    browser.refresh()
    expect_shown(browser, net, images, 0, "conv1", 0)
    change(-1)
    browser.channel = 1
    expect_shown(browser, net, images, 0, "conv1", 1)
    change(2)
    browser.set_state({"runs": 1})  # the button
    expect_shown(browser, net, images, 0, "conv1", 1)


def test_kernels_stand_beside_the_map_they_make_and_only_there(browser, net):
    for layer, channel in (("conv1", 0), ("conv2", 4)):
        browser.layer = layer
        browser.channel = channel
        weight = net.get_parameter(f"{layer}.weight")[channel]
        *_, (name, kernel) = read_shown(browser).items()
        assert name == f"{layer}.weight[{channel}]" and torch.equal(kernel, weight)
    for layer in ("relu1", "fc1"):
        browser.layer = layer
        assert list(read_shown(browser)) == LAYERS


def test_a_network_of_other_layers_and_another_type_works(images):
    class Mine(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(1, 7, 3, bias=False)
            self.last = nn.Linear(7, 4)

        def forward(self, x):
            x = torch.tanh(self.first(x))
            return self.last(x.mean((2, 3)))

    net = Mine().double()
    browser = FeatureMapBrowser(net, images, layer="first", channel=6)
    assert browser.layers == [["first", 7, 30, 30], ["tanh1", 7, 30, 30], ["last", 4, 1, 1]]
    net.float()  # moved after construction
    browser.layer = "last"
    assert browser.channel == 3


def test_a_few_images_are_all_there_to_choose_from(net, images):
    few = FeatureMapBrowser(net, images[:8])
    few.index = 5
    assert few.inputs == (255 * images[:8]).to(torch.uint8).numpy().tobytes()
    assert len(FeatureMapBrowser(net, images[:9]).inputs) == 1024


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"index": 2000}, IndexError, "an image index from 0 to 1999, got 2000"),
        ({"index": -1}, IndexError, "an image index from 0 to 1999, got -1"),
        ({"channel": 6}, IndexError, "a channel of conv1 from 0 to 5, got 6"),
        ({"layer": "conv2", "channel": 16}, IndexError, "a channel of conv2 from 0 to 15, got 16"),
        ({"layer": "conv3"}, ValueError, r"a layer from \['conv1', 'relu1', .*, got 'conv3'"),
    ],
)
def test_what_is_out_of_range_is_named(browser, net, images, arguments, error, message):
    with pytest.raises(error, match=message):
        FeatureMapBrowser(net, images, **arguments)
    with pytest.raises(error, match=message):
        for name, value in arguments.items():
            setattr(browser, name, value)
    expect_shown(browser, net, images, 0, "conv2" if len(arguments) > 1 else "conv1", 0)


def test_other_images_are_named(net, images):
    stored = load_digits("test").images
    for wrong, message in (
        (stored, "float tensor, got torch.uint8; prepare_images"),
        ("digits", "images, a tensor, got str"),
        (images[:, :, 2:30, 2:30], r"\(N, 1, 32, 32\), at least one, got \(2000, 1, 28, 28\)"),
        (images[0], r"got \(1, 32, 32\); one image becomes a batch"),
        (images[:0], r"at least one, got \(0, 1, 32, 32\)"),
    ):
        with pytest.raises(ValueError, match=message):
            FeatureMapBrowser(net, wrong)


def test_other_networks_are_named(images):
    class Branching(Net):
        def forward(self, images):
            return super().forward(images) if images.sum() > 0 else images

    class Blind(Net):
        def forward(self, images):
            return images

    for wrong, message in (
        ("lenet.pt", "expected a network with parameters, got 'lenet.pt' of type str"),
        (nn.ReLU(), r"with parameters, got ReLU\(\) of type ReLU"),
        (nn.Linear(84, 10), "takes images of shape .* got Linear: "),
        (Branching(), "torch.fx can follow, got Branching: "),
        (Blind(), "whose forward calls layers, got Blind without any"),
    ):
        with pytest.raises(ValueError, match=message):
            FeatureMapBrowser(wrong, images)


def test_a_notebook_takes_the_widget(browser, monkeypatch):
    monkeypatch.delenv("LENET_BOOK", raising=False)
    data, _ = browser._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert data["text/plain"] == "FeatureMapBrowser"


@pytest.fixture
def read_page(net, images, monkeypatch):
    """What the book stores of a browser of some of the images: its mount point and its picture."""
    monkeypatch.setenv("LENET_BOOK", "1")

    def read_page(chosen, net=net, **arguments):
        data = FeatureMapBrowser(net, images[chosen], **arguments)._repr_mimebundle_()
        assert data["text/plain"] == "FeatureMapBrowser"
        (_, mount), (_, picture) = read_tags(data["text/html"])
        return mount, picture

    return read_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_computes_on_a_few_images_itself(read_page, net, images, language):
    set_language(language)
    mount, picture = page = read_page([1848, 3, 7], layer="pool1")
    if language == "en":
        assert page == read_page([1848, 3, 7], layer="pool1")  # nothing is of this run alone
    assert (mount["data-widget"], mount["lang"]) == ("feature_maps", language)
    state = json.loads(mount["data-state"])
    inputs = np.frombuffer(base64.b64decode(state.pop("inputs")["base64"]), np.uint8)
    assert np.array_equal(inputs.reshape(3, 1, 32, 32) / np.float32(255), images[[1848, 3, 7]])
    assert state == {"count": 3, "index": 0, "layer": "pool1", "channel": 0}
    maps = compute_feature_maps(net, images[1848:1849])["pool1"]
    low, high = (f"{value:.3g}".replace("-", "−") for value in maps.aminmax())
    wanted = get_words("feature_maps", language)["maps"]
    assert picture["alt"] == wanted.format(
        layer="pool1", count=6, shape="14×14", low=low, high=high
    )
    assert picture["src"].startswith("data:image/png;base64,")


def test_the_page_has_the_chosen_image_of_many(read_page, images):
    mount, picture = read_page(slice(None), index=1848, layer="fc1")
    state = json.loads(mount["data-state"])
    assert (state["count"], state["index"]) == (1, 1848)
    assert base64.b64decode(state["inputs"]["base64"]) == bytes(
        (255 * images[1848]).flatten().byte().tolist()
    )
    assert picture["alt"].startswith("120 values of fc1, from ")


def test_the_page_computes_with_a_net_of_the_reader_s_own(read_page):
    own = load_trained()
    with torch.no_grad():
        own.conv1.bias += 1
    state = json.loads(read_page([0], net=own)[0]["data-state"])
    halves = np.frombuffer(base64.b64decode(state["values"]["float16"]), "<f2")
    assert np.array_equal(halves, np.frombuffer(read_weights(own), "<f4").astype("<f2"))


def test_the_page_shows_a_picture_of_what_it_cannot_compute(read_page, net, images):
    large = load_trained()
    with torch.no_grad():
        large.conv1.bias += 1e5  # float16 has none so large
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(1024, 3))
    for wrong, layer in ((large, "fc3"), (mlp, "1")):
        mount, picture = read_page([0], net=wrong, layer=layer)
        assert list(mount) == ["lang"] and layer in picture["alt"]
    assert FeatureMapBrowser(net, images[:1] / 3)._get_page_state() is None  # no bytes tell it
