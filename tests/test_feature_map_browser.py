"""FeatureMapBrowser: what its traits show and refuse, in a kernel and in the page; its pictures."""

import base64
import html
import io
import re

import numpy as np
import pytest
import torch
from matplotlib import colormaps
from PIL import Image
from torch import nn

from lenet_course import (
    Net,
    compute_feature_maps,
    load_digits,
    load_trained,
    prepare_images,
    set_language,
)
from lenet_course.pictures import LEVELS, choose_columns, encode_maps, find_limit
from lenet_course.text import LANGUAGES, get_language
from lenet_course.widgets import FeatureMapBrowser
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


def list_pictures(text: str) -> list[str]:
    return re.findall(r'src="data:image/png;base64,([^"]*)"', text)


def decode(picture: str) -> np.ndarray:
    """Red, green, blue and alpha of each pixel."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA"))


def show(browser) -> str:
    return browser.children[-1].value


def list_controls(browser) -> list:
    """The digit's box and slider, the layer's choice, the channel's box and slider."""
    return [control for row in browser.children[:3] for control in row.children]


def expect_pictures(browser, net, images, index, layer, channel):
    """The input, all maps and the chosen one, as they are encoded anew."""
    outputs = compute_feature_maps(net, images[index : index + 1])
    maps = outputs[layer][0] if outputs[layer].ndim == 4 else outputs[layer][0].view(-1, 1, 1)
    limit = find_limit(maps)
    assert list_pictures(show(browser))[:3] == [
        encode_maps(images[index], 1.0, palette="ink"),
        encode_maps(maps, limit, channel, numbered=len(maps) <= 16),
        encode_maps(maps[channel : channel + 1], limit),
    ]


def test_the_first_of_each_is_shown(browser, net, images):
    assert (browser.index, browser.layer, browser.channel) == (0, "conv1", 0)
    assert list(list_controls(browser)[2].options) == LAYERS
    expect_pictures(browser, net, images, 0, "conv1", 0)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_shows_the_maps_that_the_network_makes(net, images, layer):
    browser = FeatureMapBrowser(net, images, index=1848, layer=layer, channel=3)
    expect_pictures(browser, net, images, 1848, layer, 3)


def test_controls_and_traits_follow_each_other(browser, net, images):
    controls = digit, digit_slider, layer, channel, channel_slider = list_controls(browser)
    digit.value, layer.value, channel.value = 7, "conv2", 12
    assert (browser.index, browser.layer, browser.channel) == (7, "conv2", 12)
    expect_pictures(browser, net, images, 7, "conv2", 12)
    digit_slider.value, channel_slider.value = 8, 11
    expect_pictures(browser, net, images, 8, "conv2", 11)
    browser.index, browser.layer, browser.channel = 9, "pool1", 2
    assert [control.value for control in controls] == [9, 9, "pool1", 2, 2]
    expect_pictures(browser, net, images, 9, "pool1", 2)


def test_a_layer_with_fewer_channels_takes_its_last(browser, net, images):
    browser.layer = "conv2"
    browser.channel = 12
    browser.layer = "conv1"
    assert [control.max for control in list_controls(browser)[3:]] == [5, 5]
    expect_pictures(browser, net, images, 0, "conv1", 5)
    browser.layer = "fc1"
    assert [control.max for control in list_controls(browser)[3:]] == [119, 119]


def test_weights_that_changed_are_seen_at_the_next_event_and_by_refresh(browser, net, images):
    before = show(browser)
    with torch.no_grad():
        net.conv1.weight.neg_()
    assert show(browser) == before
    browser.refresh()
    assert show(browser) != before
    expect_pictures(browser, net, images, 0, "conv1", 0)
    with torch.no_grad():
        net.conv1.weight.neg_()
    browser.channel = 1
    expect_pictures(browser, net, images, 0, "conv1", 1)
    with torch.no_grad():
        net.conv1.weight.mul_(2)
    browser.children[3].click()
    expect_pictures(browser, net, images, 0, "conv1", 1)


def test_kernels_stand_beside_the_map_they_make_and_only_there(browser, net):
    kernel = net.conv1.weight[0]
    assert list_pictures(show(browser))[3:] == [encode_maps(kernel, find_limit(kernel))]
    browser.layer, browser.channel = "conv2", 4
    kernel = net.conv2.weight[4]
    assert list_pictures(show(browser))[3:] == [
        encode_maps(kernel, find_limit(kernel), numbered=True)
    ]
    for layer in ("relu1", "fc1"):
        browser.layer = layer
        assert len(list_pictures(show(browser))) == 3


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
    assert list(list_controls(browser)[2].options) == ["first", "tanh1", "last"]
    net.float()  # moved after construction
    browser.layer = "last"
    assert browser.channel == 3


def test_a_diverged_network_is_shown_without_its_lost_values(browser, net):
    with torch.no_grad():
        net.conv1.weight[2] = torch.nan
        net.conv1.weight[3] = torch.inf
    browser.channel = 2
    assert "nan" in show(browser)
    assert len(list_pictures(show(browser))) == 4


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
    before = show(browser)
    with pytest.raises(error, match=message):
        for name, value in arguments.items():
            setattr(browser, name, value)
    if len(arguments) == 1:
        assert (browser.index, browser.layer, browser.channel) == (0, "conv1", 0)
        assert show(browser) == before


def test_other_images_are_named(net, images):
    stored = load_digits("test").images
    for wrong, message in (
        (stored, "float tensor, got torch.uint8; prepare_images"),
        ("digits", "float tensor, got str"),
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_those_of_the_language(net, images, language):
    set_language(language)
    words = get_words("feature_maps", language)
    browser = FeatureMapBrowser(net, images, layer="conv2", channel=4)
    set_language(next(each for each in LANGUAGES if each != language))  # of another notebook
    browser.refresh()
    keys = ("picture", "layer", "channel", "refresh")
    digit, _, layer, channel, _ = list_controls(browser)
    shown = [control.description for control in (digit, layer, channel, browser.children[3])]
    assert shown == [words[key] for key in keys]
    for alt in read_attributes(show(browser), "img", "alt"):
        assert ("특징" in alt or "커널" in alt or "그림" in alt) == (language == "ko")
    assert words["colours"] in show(browser)


def read_attributes(text: str, tag: str, name: str) -> list[str]:
    return [attributes[name] for each, attributes in read_tags(text) if each == tag]


def test_a_notebook_takes_the_widget(browser, monkeypatch):
    monkeypatch.delenv("LENET_BOOK", raising=False)
    data = browser._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert (view["model_id"], view["version_major"]) == (browser.model_id, 2)
    assert data["text/plain"] == "FeatureMapBrowser"
    assert "text/html" not in data


@pytest.fixture
def page(net, images, monkeypatch):
    """What the book stores of a browser of some of the images."""
    monkeypatch.setenv("LENET_BOOK", "1")

    def page(chosen, **arguments):
        browser = FeatureMapBrowser(net, images[chosen], **arguments)
        data = browser._repr_mimebundle_()
        assert data["text/plain"] == "FeatureMapBrowser"
        return data["text/html"]

    return page


def test_the_page_holds_every_layer_of_a_few_images(page, net, images):
    chosen = [1848, 3, 7]
    text = page(chosen, layer="conv2")
    assert text == page(chosen, layer="conv2")  # nothing in it is of this run alone
    assert "<script" not in text and 'id="' not in text and "\n" not in text
    outputs = compute_feature_maps(net, images[chosen])
    inputs = [encode_maps(image, 1.0, palette="ink") for image in images[chosen]]
    maps = [
        value if value.ndim == 3 else value.view(-1, 1, 1)
        for number in range(3)
        for value in (outputs[layer][number] for layer in LAYERS)
    ]
    assert list_pictures(text) == inputs + [
        encode_maps(each, find_limit(each), numbered=len(each) <= 16) for each in maps
    ]
    buttons = [attributes for tag, attributes in read_tags(text) if tag == "input"]
    chosen = [(b["name"], b["value"]) for b in buttons if "checked" in b]
    assert chosen == [("image", "0"), ("layer", "3")]
    assert re.findall(r"<code>(\w+)</code></label>", text) == LAYERS
    alts = read_attributes(text, "img", "alt")
    low, high = (f"{v:.3g}".replace("-", "−") for v in outputs["conv2"][0].aminmax())
    assert alts[3 + 3] == (
        f"16 feature maps of conv2, 10×10 each, with values from {low} to {high}."
    )
    assert all(alts)


def test_the_page_holds_the_chosen_image_of_many(page, images):
    text = page(slice(None), index=1848)
    assert list_pictures(text)[0] == encode_maps(images[1848], 1.0, palette="ink")
    assert len(list_pictures(text)) == 1 + len(LAYERS)
    assert {a["name"] for tag, a in read_tags(text) if tag == "input"} == {"layer"}


def test_three_images_take_60_kb(page):
    for start in (0, 500, 1000):
        text = page(slice(start, start + 3))
        assert sum(len(base64.b64decode(each)) for each in list_pictures(text)) <= 60_000


def test_the_page_speaks_the_notebook_s_language(page):
    set_language("ko")
    text = page([0])
    assert 'lang="ko"' in text and "계층" in text and "기록해 둔 그림" in text
    assert "conv1의 특징 맵 6장. 크기는 28×28" in html.unescape(text)


def test_colours_are_those_of_the_figures():
    values = torch.tensor([[[-2.0, -1.0], [0.0, 1.0]]])
    pixels = decode(encode_maps(values, 2.0))
    scale = (len(pixels) - 4) // 2
    found = pixels[2:-2, 2:-2][scale // 2 :: scale, scale // 2 :: scale, :3]
    wanted = colormaps["RdBu_r"]([[0.0, 0.25], [0.5, 0.75]], bytes=True)[..., :3]
    assert np.abs(found.astype(int) - wanted).max() <= 255 / LEVELS
    ink = decode(encode_maps(torch.tensor([[[0.0, 1.0]]]), 1.0, palette="ink"))
    assert [ink[2:-2, column, :3].mean() for column in (4, -4)] == [255, 0]


def test_a_marked_map_has_another_frame_and_a_lost_value_no_colour():
    maps = torch.zeros(4, 28, 28)
    maps[1, 5, 6] = torch.nan
    plain, marked = (decode(encode_maps(maps, 1.0, mark)) for mark in (None, 2))
    assert plain.shape == (64, 64, 4)
    changed = np.argwhere((plain != marked).any(2))
    assert changed.min(0).tolist() == [32, 0] and changed.max(0).tolist() == [63, 31]
    assert np.argwhere(plain[2:30, 34:62, 3] == 0).tolist() == [[5, 6]]


def test_columns_fill_their_rows_where_they_can():
    counts = {1: 1, 6: 3, 16: 4, 10: 5, 120: 12, 84: 12, 7: 3, 400: 20}
    assert {count: choose_columns(count) for count in counts} == counts
