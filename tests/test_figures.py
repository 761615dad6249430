"""Every figure is tested on the data that it draws."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn as nn
from matplotlib.colors import to_hex

from book.course import ROOT
from lenet_course import (
    Net,
    draw_curves,
    draw_digits,
    draw_feature_maps,
    draw_graph,
    draw_kernels,
    draw_network,
    draw_probabilities,
    trace_graph,
)
from lenet_course.figures import BLUE, GREY, ORANGE, SIGNED, draw_confusion
from tests.sentences.colours import name_colour


def drawn_images(figure):
    return [axes.images[0].get_array() for axes in figure.axes if axes.images]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("shape", [(7, 28, 28), (7, 1, 32, 32)])
def test_digits_are_drawn_as_they_are_with_their_labels(shape):
    images = torch.rand(shape)
    figure = draw_digits(images, list("abcdefg"), columns=4)
    for drawn, image in zip(drawn_images(figure), images.reshape(7, *shape[-2:]), strict=True):
        assert np.array_equal(drawn, image.numpy())
    assert [axes.get_title() for axes in figure.axes] == list("abcdefg")
    assert len({axes.get_subplotspec().rowspan.start for axes in figure.axes}) == 2
    assert figure.axes[0].images[0].get_cmap().name == "gray_r"


def test_labels_and_images_must_match():
    with pytest.raises(ValueError, match="expected 2 labels, one for each image, got 3"):
        draw_digits(torch.zeros(2, 28, 28), [1, 2, 3])
    with pytest.raises(ValueError, match=r"got \(28, 28\)"):
        draw_digits(torch.zeros(28, 28))


def test_feature_maps_share_one_scale():
    maps = torch.arange(3 * 4 * 4.0).reshape(3, 4, 4)
    figure = draw_feature_maps(maps)
    assert [axes.images[0].get_clim() for axes in figure.axes] == [(-47, 47)] * 3
    assert [axes.get_title() for axes in figure.axes] == ["0", "1", "2"]
    assert np.array_equal(np.stack(drawn_images(figure)), maps.numpy())


def test_signed_values_have_the_colours_of_the_widgets():
    script = (ROOT / "lenet_course/widgets/shared/maps.js").read_text(encoding="utf-8")
    light = script.split("light:")[1].split("dark:")[0]
    (middle,) = re.findall(r"PLACES = \[0, (.*?), 1\]", script)
    for name, sign in (("zero", 0), ("below", -1), ("above", 1)):
        parts = re.findall(r"\d+", re.search(rf"{name}: ([\[\], \d]+)", light)[1])
        stops = [0] if sign == 0 else [sign * float(middle), sign]
        for share, colour in zip(stops, np.reshape(parts, (-1, 3)).astype(int), strict=True):
            assert np.allclose(SIGNED(0.5 + share / 2)[:3], colour / 255, atol=0.01), name


def test_zeros_are_grey_and_what_is_not_finite_hides_nothing_else():
    (image,) = draw_feature_maps(torch.zeros(1, 2, 2)).axes[0].images
    assert to_hex(image.to_rgba(0.0)) == to_hex(SIGNED(0.5))
    image = draw_feature_maps(torch.tensor([[[3.0, torch.nan, torch.inf]]])).axes[0].images[0]
    assert image.get_clim() == (-3, 3)
    assert len(draw_feature_maps(torch.rand(6, 1, 5, 5)).axes) == 6


def test_kernels_are_grey_at_zero_and_tell_their_scale():
    weight = torch.tensor([[[[-2.0, 0.0], [1.0, 0.5]]]]).expand(2, 1, 2, 2)
    figure = draw_kernels(weight.clone().requires_grad_())
    image = figure.axes[0].images[0]
    assert image.get_clim() == (-2, 2)
    assert name_colour(image.cmap(image.norm(0.0))[:3]) == "grey"
    red, _, blue, _ = image.cmap(image.norm(2.0))
    assert red > blue
    assert len(figure.axes) == 3  # two kernels, one scale beside them


def test_the_network_figure_shows_the_network_s_own_shapes():
    wanted = """input 1×32×32 conv1 6×28×28 pool1 6×14×14 conv2 16×10×10 pool2 16×5×5
                fc1 120 fc2 84 fc3 10"""
    assert texts(draw_network(Net())) == wanted.split()
    sheets = draw_network(Net()).axes[0].patches
    assert len(sheets) == 1 + 6 + 6 + 16 + 16 + 3


def test_another_network_gives_another_figure():
    class Wide(Net):
        def __init__(self):
            super().__init__()
            self.fc2 = nn.Linear(120, 50)
            self.fc3 = nn.Linear(50, 10)

    assert "50" in texts(draw_network(Wide()))


def test_probabilities_are_bars_and_the_largest_is_marked():
    probabilities = torch.tensor([0.05] * 9 + [0.55])
    figure = draw_probabilities(probabilities)
    bars = figure.axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx(probabilities.tolist())
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [BLUE] * 9 + [ORANGE]
    assert texts(figure) == ["0.55"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.ones(9) / 9, r"shape \(10,\), got \(9,\)"),
        (torch.arange(10.0), "a sum of 45; logits become probabilities"),
        (torch.tensor([-1.0] + [2 / 9] * 9), "a smallest value of -1"),
        (torch.full((10,), torch.nan), "a smallest value of nan"),
    ],
)
def test_what_are_no_probabilities_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        draw_probabilities(values)


def test_curves_are_drawn_as_given():
    figure = draw_curves({"SGD": [3.0, 2.0, 1.0], "Adam": [3.0, 1.0]}, ylabel="loss", log=True)
    axes = figure.axes[0]
    assert [list(line.get_ydata()) for line in axes.lines] == [[3, 2, 1], [3, 1]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["SGD", "Adam"]
    assert axes.get_yscale() == "log"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")
    assert len({line.get_linestyle() for line in axes.lines}) == 2  # not by colour alone


def test_curves_stand_where_they_are_told_to_and_dots_are_numbered():
    at, points = [0.001, 0.1, 10.0], [(0.1, 4.0), (10.0, 5.0)]
    axes = draw_curves({"a": [3.0, 4.0, 5.0]}, x=at, points=points).axes[0]
    line, *dots = axes.lines
    assert list(line.get_xdata()) == at and list(line.get_ydata()) == [3, 4, 5]
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == points
    assert [text.get_text() for text in axes.texts] == ["0", "1"]
    assert [text.xy for text in axes.texts] == points
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "linear")
    axes = draw_curves({"a": [3.0, 4.0, 5.0]}, x=at, log=True).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert draw_curves({"a": [3.0, 4.0]}, log=True).axes[0].get_xscale() == "linear"


def test_curves_are_as_long_as_their_places():
    with pytest.raises(ValueError, match=r"as long as x, 3, got \{'a': 2\}"):
        draw_curves({"a": [1.0, 2.0]}, x=[1.0, 2.0, 3.0])


@pytest.mark.parametrize("curves", [{}, {"a": []}])
def test_no_curve_is_refused(curves):
    with pytest.raises(ValueError, match="at least one curve"):
        draw_curves(curves)


def test_the_graph_figure_shows_the_chain_and_every_parameter():
    net = Net()
    loss = nn.MSELoss()(net(torch.randn(1, 1, 32, 32)), torch.randn(1, 10))
    shown = texts(draw_graph(trace_graph(loss, net)))
    assert shown[0] == "" or shown[0] == "MseLossBackward0"
    operations = [text for text in shown if text.endswith("Backward0")]
    assert operations[0] == "MseLossBackward0"
    assert operations[-1] == "ConvolutionBackward0"
    assert len(operations) == 13
    named = {name for text in shown if "." in text for name in text.split(", ")}
    assert named == {name for name, _ in net.named_parameters()}


@pytest.mark.parametrize(
    ("draw", "inches"),
    [
        (lambda: draw_digits(torch.zeros(20, 28, 28), list(range(20))), (6.4, 2 * 0.84)),
        (lambda: draw_digits(torch.zeros(3, 28, 28)), (6.0, 2.0)),  # no wider than 2 inches each
        (lambda: draw_digits(torch.zeros(40, 28, 28), columns=20), (6.4, 0.64)),
        (lambda: draw_feature_maps(torch.rand(16, 10, 10)), (6.4, 2.0)),
        (lambda: draw_kernels(torch.rand(6, 1, 5, 5)), (6.4, 6.4 / 6 + 0.2)),
        (lambda: draw_network(Net()), (6.4, 2.7)),
        (lambda: draw_probabilities(torch.full((10,), 0.1)), (6.4, 2.2)),
        (lambda: draw_curves({"a": [1.0, 2.0]}), (6.4, 2.8)),
    ],
)
def test_a_figure_is_no_wider_than_the_text(draw, inches):
    figure = draw()
    assert tuple(figure.get_size_inches()) == pytest.approx(inches)
    assert figure.dpi * figure.get_size_inches()[0] <= 768.1  # pixels


def test_the_network_s_blocks_stand_from_left_to_right_as_high_as_their_maps():
    patches = draw_network(Net()).axes[0].patches
    firsts = [patches[place] for place in (0, 1, 7, 13, 29, 45, 46, 47)]
    assert [patch.get_height() for patch in firsts[:5]] == [32, 28, 14, 10, 5]
    heights = [patch.get_height() for patch in firsts[5:]]
    assert heights == pytest.approx([2 * n**0.5 for n in (120, 84, 10)])
    lefts = [patch.get_x() for patch in firsts]
    assert lefts == sorted(lefts)
    colours = [to_hex(patch.get_facecolor()).upper() for patch in firsts]
    assert colours == [GREY] + [BLUE] * 4 + [ORANGE] * 3


def test_probabilities_stand_on_one_scale_whatever_they_are():
    axes = draw_probabilities(torch.full((10,), 0.1)).axes[0]
    assert axes.get_ylim() == (0, 1.15) and list(axes.get_xticks()) == list(range(10))


def test_five_curves_differ_in_colour_and_one_has_no_legend():
    figure = draw_curves({name: [1.0, 2.0] for name in "abcde"})
    lines = figure.axes[0].lines
    assert len({line.get_color() for line in lines}) == 5
    assert len({line.get_linestyle() for line in lines[:4]}) == 4
    assert figure.axes[0].get_yscale() == "linear"
    assert draw_curves({"a": [1.0, 2.0]}).axes[0].get_legend() is None


def test_the_graph_s_boxes_go_down_and_each_parameter_stands_beside_its_operation():
    net = Net()
    loss = nn.MSELoss()(net(torch.randn(1, 1, 32, 32)), torch.randn(1, 10))
    boxes = [text for text in draw_graph(trace_graph(loss, net)).axes[0].texts if text.get_text()]
    places = [text.get_position() for text in boxes]
    rows = [y for x, y in places if x == 0.3]
    assert rows == [-row for row in range(13)]
    beside = {y: text.get_text() for (x, y), text in zip(places, boxes, strict=True) if x > 0.3}
    assert beside == {
        -1: "fc3.bias, fc3.weight",
        -3: "fc2.bias, fc2.weight",
        -5: "fc1.bias, fc1.weight",
        -9: "conv2.weight, conv2.bias",
        -12: "conv1.weight, conv1.bias",
    }


def test_the_confusion_matrix_shows_every_count_in_its_place_and_colours_mistakes_alone():
    table = torch.tensor([[50, 0, 2], [1, 60, 0], [0, 5, 70]])
    figure = draw_confusion(table, {"2→1": torch.ones(5, 1, 32, 32)})
    axes, *examples = figure.axes
    found = {text.get_position(): text.get_text() for text in axes.texts}
    assert {place: int(count) for place, count in found.items()} == {
        (0, 0): 50, (2, 0): 2, (0, 1): 1, (1, 1): 60, (1, 2): 5, (2, 2): 70,
    }  # fmt: skip
    colours = axes.images[0].get_array()
    assert colours.argmax() == 7 and (colours.diagonal() == 0).all()
    assert len(examples) == 4 and figure.texts[0].get_text() == "2→1"
    with pytest.raises(ValueError, match=r"expected a table of shape \(N, N\), got \(2, 3\)"):
        draw_confusion(table[:2])


def test_no_figure_leaves_global_state():
    before = dict(plt.rcParams)
    draw_curves({"a": [1.0, 2.0]})
    draw_network(Net())
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before
