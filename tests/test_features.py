"""Feature maps and receptive fields."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lenet_course import Net, compute_feature_maps, find_receptive_field
from lenet_course.features import WINDOWS

SHAPES = {
    "input": (1, 32, 32),
    "conv1": (6, 28, 28),
    "relu1": (6, 28, 28),
    "pool1": (6, 14, 14),
    "conv2": (16, 10, 10),
    "relu2": (16, 10, 10),
    "pool2": (16, 5, 5),
    "flatten": (400,),
    "fc1": (120,),
    "relu3": (120,),
    "fc2": (84,),
    "relu4": (84,),
    "fc3": (10,),
}


@pytest.fixture
def net():
    torch.manual_seed(0)
    return Net()


def test_every_step_is_named_in_order_with_its_shape(net):
    maps = compute_feature_maps(net, torch.randn(2, 1, 32, 32))
    assert {name: tuple(value.shape[1:]) for name, value in maps.items()} == SHAPES
    assert list(maps) == list(SHAPES)


def test_the_steps_are_what_forward_computes(net):
    images = torch.randn(2, 1, 32, 32)
    maps = compute_feature_maps(net, images)
    assert torch.equal(maps["input"], images)
    assert torch.equal(maps["conv1"], net.conv1(images))
    assert torch.equal(maps["pool1"], F.max_pool2d(F.relu(net.conv1(images)), 2))
    assert torch.equal(maps["fc3"], net(images))
    assert not any(value.requires_grad for value in maps.values())


def test_another_forward_gives_other_steps():
    class Short(Net):
        def forward(self, images):
            return self.conv1(images)

    assert list(compute_feature_maps(Short(), torch.zeros(1, 1, 32, 32))) == ["input", "conv1"]


def test_steps_in_place_layers_used_again_and_shapes_asked_for_are_followed(net):
    class Own(Net):
        def __init__(self):
            super().__init__()
            self.act, self.pool = nn.ReLU(inplace=True), nn.MaxPool2d(2)

        def forward(self, x):
            x = self.pool(self.act(self.conv2(self.pool(self.act(self.conv1(x))))))
            return self.fc3(self.fc2(self.act(self.fc1(x.view(x.shape[0], -1)))))

    own, images = Own(), torch.randn(2, 1, 32, 32)
    own.load_state_dict(net.state_dict())
    maps = compute_feature_maps(own, images)
    steps = "conv1 act pool conv2 act-2 pool-2 fc1 act-3 fc2 fc3".split()
    assert list(maps) == ["input", *steps]
    theirs = compute_feature_maps(net, images)
    others = "conv1 relu1 pool1 conv2 relu2 pool2 fc1".split()
    for mine, other in zip(steps[:7], others, strict=True):
        assert torch.equal(maps[mine], theirs[other])


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(1, 28, 28), r"\(N, 1, 32, 32\), got \(1, 28, 28\); pad or resize"),
        (torch.zeros(1, 1, 28, 28), r"got \(1, 1, 28, 28\)"),
        (torch.zeros(1, 1, 32, 32, dtype=torch.uint8), "dtype torch.float32, got torch.uint8"),
        (torch.zeros(1, 1, 32, 32, device="meta"), "images on cpu, like the network, got meta"),
    ],
)
def test_wrong_images_are_named(net, images, message):
    with pytest.raises(ValueError, match=message):
        compute_feature_maps(net, images)


@pytest.mark.parametrize("layer", WINDOWS)
@pytest.mark.parametrize("corner", [0, -1])
def test_the_receptive_field_is_where_the_gradient_is(layer, corner):
    """With all weights 1 a value depends on exactly the pixels that get a gradient."""
    images = torch.rand(1, 1, 32, 32, requires_grad=True)
    x = F.conv2d(images, torch.ones(1, 1, 5, 5))
    steps = {"conv1": x, "pool1": F.avg_pool2d(x, 2)}  # a mean, so that each of the four counts
    steps["conv2"] = F.conv2d(steps["pool1"], torch.ones(1, 1, 5, 5))
    steps["pool2"] = F.avg_pool2d(steps["conv2"], 2)
    place = range(steps[layer].shape[-1])[corner]
    steps[layer][0, 0, place, place].backward()
    touched = torch.zeros(32, 32, dtype=torch.bool)
    touched[find_receptive_field(layer, place, place)] = True
    assert torch.equal(images.grad[0, 0] != 0, touched)


def test_a_wrong_layer_or_place_is_named():
    with pytest.raises(ValueError, match="got 'fc1'"):
        find_receptive_field("fc1", 0, 0)
    with pytest.raises(IndexError, match="from 0 to 4 in pool2, got 5"):
        find_receptive_field("pool2", 0, 5)
