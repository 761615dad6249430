"""LeNetExplorer's traits, what it refuses, what it shows where; the page's script and data."""

import base64
import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from book.site import widgets as page_widgets
from lenet_course import Digits, Net, load_digits, load_trained, pick_digit, set_language
from lenet_course.text import LANGUAGES, get_language
from lenet_course.widgets import LeNetExplorer
from lenet_course.widgets.arguments import load_examples, read_weights
from lenet_course.widgets.data import pick_examples
from lenet_course.widgets.registry import FOLDER, WIDGETS, get_words, read_words


@pytest.fixture(autouse=True)
def restore_language():
    before = get_language()
    yield
    set_language(before)


@pytest.fixture(scope="module")
def net():
    return load_trained()


@pytest.fixture
def explorer(net):
    return LeNetExplorer(net)


def test_the_weights_lie_in_the_net_s_order(net, explorer):
    values = np.frombuffer(explorer.values, "<f4")
    wanted = torch.cat([parameter.detach().flatten() for parameter in net.parameters()])
    np.testing.assert_array_equal(values, wanted)


def test_two_digits_of_each_are_there_by_default(explorer):
    stored = load_digits("test")
    assert explorer.labels == list(range(10)) * 2
    images = np.frombuffer(explorer.digits, np.uint8).reshape(20, 28, 28)
    firsts = [stored.labels.tolist().index(label) for label in range(10)]
    np.testing.assert_array_equal(images[:10], stored.images[firsts])


def test_the_drawing_is_what_the_network_sees(explorer):
    wanted, _ = pick_digit(load_examples(), 0)
    assert torch.equal(explorer.drawing, wanted)
    explorer.index = 7
    wanted, _ = pick_digit(load_examples(), 7)
    assert torch.equal(explorer.drawing, wanted)


def test_what_the_page_draws_reaches_python_and_back(explorer):
    drawn = torch.rand(1, 1, 32, 32)
    explorer.set_state({"index": -1, "drawing": memoryview(drawn.numpy().tobytes())})
    assert torch.equal(explorer.drawing, drawn)
    assert explorer.index == -1
    assert explorer.get_state("drawing")["drawing"] == drawn.numpy().tobytes()
    with pytest.raises(ValueError, match=r"expected 4,096 bytes of a 32×32 input, got 12"):
        explorer.set_state({"drawing": memoryview(bytes(12))})


@pytest.mark.parametrize("index", [-2, 20, 1000])
def test_an_index_out_of_range_is_named(net, explorer, index):
    with pytest.raises(IndexError, match=f"got {index}"):
        explorer.index = index
    with pytest.raises(IndexError, match=f"got {index}"):
        LeNetExplorer(net, index=index)


def test_a_net_of_the_reader_s_own_is_taken(net):
    class Mine(Net):
        pass

    mine = Mine().double()
    mine.load_state_dict(net.state_dict())
    assert read_weights(mine) == read_weights(net)


def test_other_networks_are_named():
    wide = Net()
    wide.conv1 = torch.nn.Conv2d(1, 8, 5)
    with pytest.raises(ValueError, match=r"another network, Net.*conv1.weight \(8, 1, 5, 5\)"):
        LeNetExplorer(wide)
    with pytest.raises(ValueError, match=r"another network, Linear.*weight \(10, 84\)"):
        LeNetExplorer(torch.nn.Linear(84, 10))
    with pytest.raises(ValueError, match=r"expected a Net, got 'lenet.pt' of type str"):
        LeNetExplorer("lenet.pt")
    broken = Net()
    broken.fc3.bias.data[3] = torch.nan
    with pytest.raises(ValueError, match=r"expected finite weights, got 1 "):
        LeNetExplorer(broken)


def test_another_forward_is_named():
    class Tanh(Net):
        def forward(self, images):
            return super().forward(images).tanh()

    for seed in range(40):  # some fresh networks' logits are near 0, where tanh changes little
        torch.manual_seed(seed)
        with pytest.raises(ValueError, match=r"got Tanh, whose forward"):
            read_weights(Tanh())

    class Padding(Net):  # as the usual LeNet for 28×28
        def forward(self, images):
            return super().forward(F.pad(images, (2, 2, 2, 2)))

    with pytest.raises(ValueError, match=r"got Padding, whose forward .*: mat1 and mat2"):
        read_weights(Padding())


def test_other_digits_are_named(net):
    stored = load_digits("test")
    with pytest.raises(ValueError, match=r"expected 1 to 200 digits, got 2,000"):
        LeNetExplorer(net, stored)
    with pytest.raises(ValueError, match=r"expected 1 to 200 digits, got 0"):
        LeNetExplorer(net, Digits(stored.images[:0], stored.labels[:0]))
    with pytest.raises(
        ValueError, match=r"expected images of shape \(N, 28, 28\), got \(3, 32, 32"
    ):
        LeNetExplorer(net, Digits(torch.zeros(3, 32, 32, dtype=torch.uint8), torch.zeros(3)))


def test_the_words_are_those_of_the_language(net):
    for name in WIDGETS:
        assert all(set(words) == set(LANGUAGES) for words in read_words(name).values())
    for language in LANGUAGES:
        set_language(language)
        assert LeNetExplorer(net).words == get_words("explorer", language)
    assert LeNetExplorer(net).words["title"] == "LeNet explorer"


@pytest.mark.parametrize("name", WIDGETS)
def test_every_word_is_used_and_every_used_word_is_there(name):
    files = [path for path in (FOLDER / name).iterdir() if path.suffix in (".js", ".py")]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    words, others = set(read_words(name)), (read_words(other) for other in WIDGETS if other != name)
    assert set(re.findall(r"\bwords\.(\w+)", source)) <= words
    unused = {key for key in words if not re.search(rf"\b{key}\b", source)}
    assert unused <= words.intersection(*others) == {"digit", "failed"}  # what all can say


def test_a_notebook_takes_the_widget(explorer, monkeypatch):
    monkeypatch.delenv("LENET_BOOK", raising=False)
    data, _ = explorer._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert data["text/plain"] == "LeNetExplorer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_takes_a_mount_point_with_a_picture(net, monkeypatch, language):
    monkeypatch.setenv("LENET_BOOK", "1")
    set_language(language)
    bundles = [LeNetExplorer(net, index=13)._repr_mimebundle_() for _ in range(2)]
    assert bundles[0] == bundles[1]  # no id: the stored output is the same each time
    assert bundles[0]["text/plain"] == "LeNetExplorer"
    (tag, mount), (image, picture) = read_tags(bundles[0]["text/html"])
    assert (tag, image) == ("div", "img")
    assert mount == {
        "class": "lenet-widget",
        "data-widget": "explorer",
        "data-state": '{"index":13}',
        "lang": language,
    }
    assert picture["src"].startswith("data:image/png;base64,")
    assert "3" in picture["alt"] and "conv1" in picture["alt"] and "%" in picture["alt"]
    assert ("입니다" in picture["alt"]) == (language == "ko")


def test_the_book_s_page_is_given_a_network_and_digits_of_the_reader_s_own(monkeypatch):
    monkeypatch.setenv("LENET_BOOK", "1")
    torch.manual_seed(0)
    own, digits = Net(), Digits(load_examples().images[7:9], load_examples().labels[7:9])
    _, mount = read_tags(LeNetExplorer(own, digits, 1)._repr_mimebundle_()["text/html"])[0]
    state = json.loads(mount["data-state"])
    halves = base64.b64decode(state.pop("values")["float16"])
    wanted = torch.nn.utils.parameters_to_vector(own.half().parameters()).detach().numpy()
    assert np.frombuffer(halves, "<f2").tolist() == wanted.tolist()
    assert base64.b64decode(state.pop("digits")["base64"]) == digits.images.numpy().tobytes()
    assert state == {"index": 1, "labels": [7, 8]}


@pytest.mark.parametrize(("weight", "live"), [(65_504, True), (65_520, False)])
def test_the_book_shows_a_picture_of_weights_beyond_float16(monkeypatch, weight, live):
    monkeypatch.setenv("LENET_BOOK", "1")
    net = load_trained()
    with torch.no_grad():
        net.fc3.bias[0] = weight
    _, mount = read_tags(LeNetExplorer(net)._repr_mimebundle_()["text/html"])[0]
    assert ("data-state" in mount) == live


def test_the_page_s_script_leaves_its_comments_out():
    words = page_widgets.load_language_words()["ko"]
    loader = page_widgets.make_loader()
    assert loader.startswith('(() => {\n"use strict";\n')
    for script in (loader, *(page_widgets.make_script(name, "ko", words) for name in WIDGETS)):
        assert not re.search(r"^\s*//", script, re.MULTILINE)


def test_the_page_s_data_is_the_package_s(net):
    halves = np.frombuffer(page_widgets.read_weights(), "<f2").astype("<f4")
    assert halves.tobytes() == read_weights(net)
    images, labels = page_widgets.read_examples()
    examples = load_examples()
    assert images == examples.images.numpy().tobytes()
    assert labels == examples.labels.tolist()


def test_the_page_s_files_need_no_torch_and_are_small(tmp_path):
    code = (
        "import sys; from pathlib import Path; from book.site.widgets import *; "
        "write_page_widgets(Path(sys.argv[1]), load_language_words()); "
        "assert not {'torch', 'numpy', 'lenet_course'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in tmp_path.iterdir()}
    assert sizes.pop(page_widgets.CHECKPOINTS) <= 1_000_000  # only for who opens a scrubber
    assert sizes.pop(page_widgets.WEIGHTS) <= 6_000  # only for who opens a file of weights
    assert sizes[page_widgets.SCRIPT] <= 10_000  # of the first view
    both = sum(sizes.pop(getattr(page_widgets, name)) for name in ("SCRIPT", "DATA", "LINKS"))
    assert set(sizes) == {page_widgets.FILES[name] for name in page_widgets.SPOKEN.values()}
    assert both + max(sizes.values()) <= 160_000, sizes  # of a page with a kind of widget


def test_examples_are_the_first_of_each_label():
    labels = [*reversed(range(10)), *range(10), 3]
    assert pick_examples(labels) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, *range(10, 20)]


def read_tags(html: str) -> list[tuple[str, dict]]:
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(html)
    return tags
