"""What the quick questions of chapter 8 claim, and what its sentences ask of a network."""

import copy
from functools import cache

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits, prepare_images
from lenet_course.exercises.run_it_forward import HELD_OUT

MORE_DIGITS, MORE_STEPS = 128, 200


def take_steps(net, optimizer, images, labels):
    """Train for as long as is asked; yield each step's loss and logits, from before its update."""
    while True:
        optimizer.zero_grad()
        logits = net(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        yield loss.item(), logits


class Learning:
    """The chapter's network, trained with Adam on the first digits for as long as is asked."""

    def __init__(self, count: int):
        digits = load_digits("train")
        images, labels = prepare_images(digits.images[:count]), digits.labels[:count]
        torch.manual_seed(0)
        self.net = Net()
        optimizer = torch.optim.Adam(self.net.parameters(), lr=0.001)
        self.steps = take_steps(self.net, optimizer, images, labels)
        self.losses, self.kept = [], {}

    def reach(self, steps: int) -> Net:
        """The network after so many steps, a multiple of 20."""
        while len(self.losses) < steps:
            self.losses.append(next(self.steps)[0])
            if len(self.losses) % 20 == 0:
                self.kept[len(self.losses)] = copy.deepcopy(self.net)
        return self.kept[steps]


learn = cache(Learning)


@cache
def read_after(count: int, steps: int) -> float:
    """The share of the validation digits that it reads then."""
    net, digits = learn(count).reach(steps), load_digits("train")
    with torch.no_grad():
        answers = net(prepare_images(digits.images[HELD_OUT:])).argmax(1)
    return (answers == digits.labels[HELD_OUT:]).float().mean().item()


def take_gradient(times: int) -> float:
    """The gradient of a number after so many backward passes, with nothing cleared."""
    weight = torch.tensor(2.0, requires_grad=True)
    for _ in range(times):
        (3 * weight).backward()
    return weight.grad.item()


def test_08_without_a_record_backward_raises():
    net = Net()
    with torch.no_grad(), pytest.raises(RuntimeError, match="does not require grad"):
        F.cross_entropy(net(torch.zeros(1, 1, 32, 32)), torch.tensor([0])).backward()


def test_08_more_digits_help_and_more_steps_do_not():
    assert read_after(MORE_DIGITS, 100) - read_after(64, 100) > 0.04
    assert read_after(64, MORE_STEPS) - read_after(64, 100) < 0.03


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
