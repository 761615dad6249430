"""What the quick questions of chapter 8 claim, and what its sentences ask of a network."""

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits


def test_08_without_a_record_backward_raises():
    net = Net()
    with torch.no_grad(), pytest.raises(RuntimeError, match="does not require grad"):
        F.cross_entropy(net(torch.zeros(1, 1, 32, 32)), torch.tensor([0])).backward()


def test_08_batch_norm_refuses_a_single_image_in_training_mode_alone():
    layer, one = torch.nn.BatchNorm1d(3), torch.rand(1, 3)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        layer(one)
    assert layer.eval()(one).shape == (1, 3)


def test_08_measuring_in_training_mode_changes_what_batch_norm_keeps():
    layer = torch.nn.BatchNorm1d(3)
    with torch.no_grad():
        layer(1 + torch.rand(8, 3))
    assert not torch.equal(layer.running_mean, torch.zeros(3))


def test_08_a_loop_that_does_not_learn_is_as_good_as_one_answer():
    assert load_digits("train").labels[:64].bincount().max() == 10
