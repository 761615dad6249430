"""Chapter 10: the line at fault, photos made to fit, a loop with two faults."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_tensor, reject
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.checks.watching import read_losses


@checker
def check_blamed_line(answer):
    """Exercise 10.1: the line that changed in place what exp had put out."""
    found = read_number(answer)
    lines = {
        1: "before", 2: "before", 3: "maker", 4: "reader", 5: "right",
        6: "reader", 7: "reader", 9: "caller", 10: "noticed",
    }  # fmt: skip
    return lines.get(found, "no_line")


@checker
def check_prepared_photos(answer):
    """Exercise 10.2: colour photos, uint8 and channels last, made into what Net takes."""
    for count in (5, 2, 1):
        photos = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8)
        labels = torch.randint(10, (count,), dtype=torch.int32)
        found = call_function(answer, photos, labels)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return "pair"
        for tensor in found:
            if not isinstance(tensor, torch.Tensor):
                reject(tensor, "tensor")
        if found[0].shape == labels.shape:  # the other way round
            return "pair"
        fault = judge_inputs(found[0], photos) or judge_targets(found[1], labels)
        if fault:
            return fault
    return "right"


def judge_inputs(inputs, photos) -> str | None:
    """Name what is wrong with the inputs made of these photos, if anything."""
    size = (len(photos), 1, 32, 32)
    if inputs.shape != size:
        shapes = {
            (len(photos), 32, 32): "no_channel",
            (len(photos), 32, 32, 1): "channel_last",
            (1, len(photos), 32, 32): "channel_first",
            (3 * len(photos), 1, 32, 32): "tripled",
            (len(photos), 3, 32, 32): "colours",
            tuple(photos.shape): "colours",
            **dict.fromkeys(
                [(len(photos), *rest) for rest in ((32, 3), (1, 32, 3), (32, 1, 3))], "other_mean"
            ),
        }
        return shapes.get(tuple(inputs.shape), "shape")
    if inputs.dtype != torch.float32:
        return "input_dtype"
    values, colours = read_tensor(inputs), photos.double() / 255
    grey = colours.mean(3).view(size)
    wrapped = sum(photos[..., c] for c in range(3)).double().view(size)
    mistakes = [
        ("scale", 255 * grey), ("twice", grey / 255), ("wrapped", wrapped / 3 / 255),
        ("sum", 3 * grey), ("sum", 765 * grey), ("whole", (255 * grey + 1e-6).floor() / 255),
        ("whole", grey.floor()), ("whole", colours.floor().mean(3).view(size)),
        ("range", 255 / 256 * grey), ("range", grey / grey.max()),
        ("range", grey / grey.amax((1, 2, 3), keepdim=True)),
        ("wrapped", wrapped / 3), ("scrambled", colours.reshape(-1, 3, 32, 32).mean(1, True)),
        ("turned", grey.transpose(2, 3)),
        *[("one_colour", colours[..., c].view(size)) for c in range(3)],
    ]  # fmt: skip
    if is_close(values, grey):
        return None
    return next((key for key, value in mistakes if is_close(values, value)), "values")


def judge_targets(targets, labels) -> str | None:
    """Name what is wrong with the targets made of these labels, if anything."""
    if targets.shape == (len(labels), 10) and targets.is_floating_point():  # probabilities will do
        return None if is_close(read_tensor(targets), F.one_hot(labels.long(), 10)) else "targets"
    if targets.shape != labels.shape or not is_close(read_tensor(targets), labels):
        return "targets"
    try:  # uint8 will do, too
        F.cross_entropy(torch.zeros(len(labels), 10), targets.cpu())
    except RuntimeError:
        return "target_dtype"
    return None


@checker
def check_two_faults(answer):
    """Exercise 10.3: a loop that cleared too early and updated a name in place of the network."""
    for pictures, steps, rate in ((8, 4, 0.3), (5, 6, 0.2)):
        start = nn.Sequential(nn.Flatten(), nn.Linear(16, 6), nn.Tanh(), nn.Linear(6, 3))
        images, labels = torch.randn(pictures, 1, 4, 4), torch.randint(3, (pictures,))
        net = copy.deepcopy(start)
        try:
            found = call_function(answer, net, images, labels, steps, rate)
        except Hint as hint:
            if "'float' and 'NoneType'" in hint.fields.get("error", ""):
                return "cleared"
            raise
        after = join(net)
        wanted, losses = teach(start, images, labels, [rate] * steps)
        if not is_close(after, wanted):
            mistakes = {
                "unmoved": (join(start), None),
                "one_step": teach(start, images, labels, [rate]),
                "piled_up": teach(start, images, labels, [rate] * steps, clear=False),
                "uphill": teach(start, images, labels, [-rate] * steps),
                "no_rate": teach(start, images, labels, [1.0] * steps),
                "same_gradient": teach(start, images, labels, [steps * rate]),
                "short": teach(start, images, labels, [rate] * (steps - 1)),
                "momentum": teach(start, images, labels, [rate] * steps, momentum=0.9),
            }
            for key, (parameters, _) in mistakes.items():
                if is_close(after, parameters):
                    return key
            pairs = zip(start.parameters(), net.parameters(), strict=False)
            still = any(torch.equal(before, p.detach().cpu()) for before, p in pairs)
            return "partly" if still else "other"
        if not is_close(read_losses(found), losses):
            return "losses"
    return "right"


def teach(start: nn.Module, images, labels, rates, clear: bool = True, momentum: float = 0):
    """Train a copy, one step for each rate; return its parameters in a row, and the losses."""
    net, losses = copy.deepcopy(start), []
    rate, uphill = abs(rates[0]), rates[0] < 0
    sgd = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum, maximize=uphill)
    for _ in rates:
        if clear:
            net.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        sgd.step()
        losses.append(loss.item())
    return join(net), losses


def join(net: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten().cpu() for p in net.parameters()])
