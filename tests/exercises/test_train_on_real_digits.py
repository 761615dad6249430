"""Chapter 9."""

import copy

import torch

from lenet_course import Digits, Net, load_digits, load_trained, train
from lenet_course.exercises import train_on_real_digits as exercises
from tests.exercises.judging import *  # noqa: F403
from tests.exercises.later import Later
from tests.exercises.taught import taught


def make_history():
    digits = load_digits("train")
    return train(Net(), Digits(digits.images[:64], digits.labels[:64]), epochs=1)


def make_one_answer():
    net = Net()
    with torch.no_grad():
        net.fc3.weight.zero_()
        net.fc3.bias.copy_(torch.arange(10) == 7)
    return net


def make_nan():
    net = Net()
    with torch.no_grad():
        net.fc3.bias.fill_(float("nan"))
    return net


def first_rise(training, validation):
    return next(n for n in range(1, len(validation)) if validation[n] > validation[n - 1])


def loop(training, validation):
    best = 0
    for epoch, loss in enumerate(validation):
        if loss < validation[best]:
            best = epoch
    return torch.tensor(best)


def pick_sum(training, validation):
    sums = [taught + kept for taught, kept in zip(training, validation, strict=True)]
    return sums.index(min(sums))


def make_random():
    net = load_trained()
    with torch.no_grad():
        for parameter in net.fc3.parameters():
            parameter.copy_(parameter.roll(1, 0))
    return net


CASES = {
    exercises.check_row: [
        ("right", 0.9), ("right", torch.tensor([4, 0, 36])[2] / 40),
        ("column", 36 / 41), ("count", 36),
        ("other_row", 58 / 60), ("other", 3),
        ("percent", 92),
    ],
    exercises.check_picked_epoch: [
        ("right", lambda training, validation: validation.index(min(validation))),
        ("right", loop),
        ("first_rise", first_rise),
        ("from_one", lambda training, validation: validation.index(min(validation)) - 1),
        ("untaught", lambda training, validation: validation.index(max(validation))),
        ("both", pick_sum),
        ("fixed", lambda training, validation: -5),
        ("reordered", lambda training, validation: validation.sort() or 0),
        ("other", lambda training, validation: -len(validation)),
    ],
    exercises.check_trained: [
        ("right", Later(lambda: taught((0, 2)))),
        ("right", Later(lambda: copy.deepcopy(taught((0, 2))).half())),
        ("more", load_trained()),
        ("history", Later(make_history)),
        ("untrained", make_random()),
        ("one_answer", make_one_answer()),
        ("nan", make_nan()),
        ("input", torch.nn.Linear(28, 10)),
        ("too_short", Later(lambda: taught((0, 2), epochs=3, augment=None))),
        ("overfit", Later(lambda: taught((0, 2), epochs=15, augment=None))),
    ],
}  # fmt: skip
