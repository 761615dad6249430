"""Chapter 9."""

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


def stop_early(losses, patience):
    best = min(losses[0], float("inf")), 0
    for epoch, loss in enumerate(losses[1:], start=1):
        best = min(best, (loss, epoch))
        if epoch >= best[1] + patience:
            return torch.tensor([best[1], epoch])
    return [best[1], len(losses) - 1]


def ablate(measure, choices, seeds):
    whole = [measure(set(choices), seed) for seed in seeds]
    gains = []
    for choice in choices:
        parts = [measure(set(choices) - {choice}, seed) for seed in seeds]
        gains.append(sum(a - b for a, b in zip(whole, parts, strict=True)) / len(seeds))
    return torch.tensor(gains)


def shake(size):
    """The trained network, its parameters shaken until it misreads as many old as new digits."""
    net = load_trained()
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += size * parameter.std() * torch.randn_like(parameter)
    return net


def make_random():
    net = load_trained()
    with torch.no_grad():
        for parameter in net.fc3.parameters():
            parameter.copy_(parameter.roll(1, 0))
    return net


CASES = {
    exercises.check_early_stopping: [
        ("right", stop_early), ("right", lambda losses, patience: stop_early(losses, patience)),
        ("late", lambda losses, patience: stop_early(losses, patience + 1)),
        ("pair", lambda losses, patience: losses.index(min(losses))),
        ("never_stopped", lambda losses, patience: (losses.index(min(losses)), len(losses) - 1)),
        ("other", lambda losses, patience: (5, 9)),
    ],
    exercises.check_ablation: [
        ("right", ablate),
        ("one_seed", lambda measure, choices, seeds: ablate(measure, choices, seeds[:1])),
        ("sign", lambda measure, choices, seeds: -ablate(measure, choices, seeds)),
        ("count", lambda measure, choices, seeds: []),
    ],
    exercises.check_trained: [
        ("right", shake(0.35)),
        ("right", shake(0.35).half()),
        ("held_out_seen", Later(lambda: taught((8, 10), epochs=8, augment=None))),
        ("history", Later(make_history)),
        ("untrained", make_random()),
        ("one_answer", make_one_answer()),
        ("nan", make_nan()),
        ("input", torch.nn.Linear(28, 10)),
        ("short", shake(0.5)),
        ("overfit", Later(lambda: taught((0, 2), epochs=5, augment=None))),
    ],
}  # fmt: skip
