"""Standardised inputs, and conv1 that takes them over."""

import copy

import torch

from lenet_course import Net, load_digits, prepare_images, train
from lenet_course.digits import Digits
from lenet_course.training.standardise import DEVIATION, MEAN, Standardised, fold


def test_the_pixels_have_mean_0_and_deviation_1():
    images = prepare_images(load_digits("train").images)
    assert abs(images.mean() - MEAN) < 0.002  # the 10,000 packaged of the 60,000
    assert abs(images.std() - DEVIATION) < 0.002


def test_folded_equals_standardised():
    torch.manual_seed(0)
    model = Standardised(Net())
    images = torch.rand(20, 1, 32, 32)
    images[0] = 0
    images[0, 0, 0, 0] = 1  # a border that were treated otherwise would show
    with torch.no_grad():
        before = model(images)
        net = fold(model)
        torch.testing.assert_close(net(images), before, rtol=0, atol=1e-5)
    assert isinstance(net, Net)


def test_train_takes_it_and_trains_the_net_inside():
    digits = load_digits("train")
    digits = Digits(digits.images[:256], digits.labels[:256])
    torch.manual_seed(0)
    net = Net()
    fresh = copy.deepcopy(net.state_dict())
    history = train(Standardised(net), digits, epochs=1)
    assert len(history) == 1
    assert not torch.equal(net.conv1.weight, fresh["conv1.weight"])
