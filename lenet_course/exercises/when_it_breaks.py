"""Chapter 12: the line at fault, photos made to fit, a loop with two faults."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.exercises.answers import is_close, read_number, read_pair, read_tensor, reject
from lenet_course.exercises.calling import call_function
from lenet_course.exercises.engine import Kind, exercise, shaped
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.exercises.watching import read_losses

__all__ = ["check_blamed_line", "check_prepared_photos", "check_two_faults"]


@exercise(read=read_number)
def check_blamed_line():
    """Exercise 12.1: the line that changed in place what exp had put out."""
    return [
        ("right", 5), ("before", 1), ("before", 2), ("maker", 3), ("reader", 4), ("reader", 6),
        ("reader", 7), ("caller", 9), ("noticed", 10), ("no_line", ...),
    ]  # fmt: skip


def draw_photos():
    for count in (5, 2, 1):
        photos = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8)
        yield photos, torch.randint(10, (count,), dtype=torch.int32)


def read_prepared(answer) -> tuple[torch.Tensor, torch.Tensor]:
    """Read inputs and targets, each in its own dtype."""
    parts = read_pair(answer)
    for part in parts:
        if not isinstance(part, torch.Tensor):
            reject(part, "tensor")
        read_tensor(part)  # whether there are numbers in it
    return tuple(part.detach().cpu() for part in parts)


def is_target(found: torch.Tensor, labels: torch.Tensor) -> bool:
    """Whether cross_entropy takes these for the labels; probabilities will do, and uint8."""
    if found.shape == (len(labels), 10) and found.is_floating_point():
        return is_close(found, F.one_hot(labels.long(), 10))
    try:
        F.cross_entropy(torch.zeros(len(labels), 10), found)
    except (RuntimeError, IndexError):
        return False
    return is_close(found, labels)


@exercise(draw_photos, read=read_prepared)
def check_prepared_photos(photos, labels):
    """Exercise 12.2: colour photos, uint8 and channels last, made into what Net takes."""
    count, colours = len(photos), photos / 255
    size = (count, 1, 32, 32)
    grey = colours.mean(3).view(size)
    wrapped = sum(photos[..., c] for c in range(3)).float().view(size)
    one_hot = F.one_hot(labels.long(), 10)
    shapes = {
        (count, 32, 32): "no_channel", (count, 32, 32, 1): "channel_last",
        (1, count, 32, 32): "channel_first", (3 * count, 1, 32, 32): "tripled",
        (count, 3, 32, 32): "colours", (count, 32, 32, 3): "colours",
        (count, 32, 3): "other_mean", (count, 1, 32, 3): "other_mean",
        (count, 32, 1, 3): "other_mean",
    }  # fmt: skip
    inputs = [
        ("input_dtype", Kind(lambda found: found.dtype != torch.float32, grey.double())),
        ("scale", 255 * grey), ("twice", grey / 255), ("wrapped", wrapped / 3 / 255),
        ("sum", 3 * grey), ("sum", 765 * grey), ("whole", (255 * grey + 1e-3).floor() / 255),
        ("whole", grey.floor()), ("whole", colours.floor().mean(3).view(size)),
        ("range", 255 / 256 * grey), ("range", grey / grey.max()),
        ("range", grey / grey.amax((1, 2, 3), keepdim=True)),
        ("wrapped", wrapped / 3), ("scrambled", colours.reshape(-1, 3, 32, 32).mean(1, True)),
        ("turned", grey.transpose(2, 3)),
        *[("one_colour", colours[..., c].view(size)) for c in range(3)],
        ("values", Kind(lambda found: not is_close(found, grey), 2 * grey - 1)),
    ]  # fmt: skip
    return [
        ("right", (
            Kind(lambda found: found.dtype == torch.float32 and is_close(found, grey), grey),
            Kind(lambda found: is_target(found, labels), labels.long()),
        )),
        ("pair", (shaped(count), ...)),
        *[(key, (shaped(*shape), ...)) for shape, key in shapes.items()],
        ("shape", (Kind(lambda found: found.shape != size, grey[0]), ...)),
        *[(key, (found, ...)) for key, found in inputs],
        ("target_dtype", (grey, labels)), ("targets", (grey, Kind(lambda found: True, one_hot))),
    ]  # fmt: skip


@checker
def check_two_faults(answer):
    """Exercise 12.3: a loop that cleared too early and updated a name in place of the network."""
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
