"""Chapter 8: a learning rate, a loop that does not learn, momentum, the whole loop."""

import copy
import itertools
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.digits import load_digits, prepare_images
from lenet_course.exercises.answers import is_close, read_number, read_pair, read_tensor
from lenet_course.exercises.calling import Calls, call_function
from lenet_course.exercises.engine import between, exercise
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.exercises.watching import (
    Watch,
    fits_steps,
    is_falling,
    is_leaping,
    read_losses,
)
from lenet_course.model import Net

__all__ = ["check_mended_loop", "check_momentum_step", "check_one_step_rate", "check_whole_loop"]


@exercise(read=read_number)
def check_one_step_rate():
    """Exercise 8.1: the learning rate that reaches the bottom of (w - 3)² in one step."""
    w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    ((w - 3) ** 2).backward()
    bottom = -3 / w.grad.item()
    return [
        ("right", bottom), ("mirror", 2 * bottom), ("uphill", between(-math.inf, 0)),
        ("short", between(0, bottom)), ("past", between(bottom, 2 * bottom)), ("further", ...),
    ]  # fmt: skip


@checker
def check_mended_loop(answer):
    """Exercise 8.2: a loop that shuffled the images, and not their labels."""
    for count, steps in ((6, 5), (5, 8)):
        small = nn.Sequential(nn.Flatten(), nn.Linear(16, 6), nn.Tanh(), nn.Linear(6, count))
        images, labels = torch.randn(count, 1, 4, 4), torch.randperm(count)
        logits, net = small(images).detach(), copy.deepcopy(small)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
        watch, calls = Watch(net, optimizer, images), Calls()
        try:
            losses = call_function(answer, net, optimizer, images, labels, steps, calls=calls)
        except Hint as hint:  # images of another size do not go through
            strange = hint.key == "raised" and watch.forwards and not watch.familiar
            raise Hint("other_pictures") if strange else hint from None
        reference = train_small(small, images, labels, steps)
        same = all(map(is_close, net.parameters(), small.parameters()))
        faults = {
            "other_net": watch.forwards == 0,
            "no_backward": watch.backwards == 0,
            "no_step": watch.steps == 0,
            "thrown_away": not same and watch.idle == watch.steps,
            "piled_up": watch.stale > 0,
            "steps": watch.steps != steps,
            "other_pictures": not (watch.familiar or same),
            "unpaired": not same and is_unpaired(calls.sent[:1], logits, labels),
            "part": not same and watch.pictures < watch.forwards * count,
            "other": not same,
            "losses": not is_close(read_losses(losses), reference),
        }
        for key, found in faults.items():
            if found:
                return key
    return "right"


def is_unpaired(sent: list[float], logits: torch.Tensor, labels: torch.Tensor) -> bool:
    """Whether a first loss is that of the labels in an order other than the images'."""
    orders = torch.tensor(list(itertools.permutations(range(len(labels)))))
    picked = -logits.log_softmax(1)[torch.arange(len(labels)), labels[orders]]
    losses, paired = picked.mean(1), F.cross_entropy(logits, labels).item()
    near = [(losses - loss).abs().min() < 1e-6 and abs(loss - paired) > 1e-6 for loss in sent]
    return any(near)


def train_small(net: nn.Module, images, labels, steps: int) -> list[float]:
    """The loop as it should be: `net` is trained in place."""
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.5), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def draw_steps():
    for shape, momentum in (((3, 4), 0.9), ((5,), 0.6)):
        for rate in (0.2, 0.3, 0.02):
            yield *(torch.randn(shape) for _ in range(3)), rate, momentum


def read_step(answer) -> tuple[torch.Tensor, ...]:
    return tuple(map(read_tensor, read_pair(answer)))


@exercise(draw_steps, read=read_step, instead={"NoneType": "no_own_grad"})  # of weight.grad
def check_momentum_step(old, g, past, rate, momentum):
    """Exercise 8.3: one step of momentum as torch.optim.SGD defines it."""
    parameter = old.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=rate, momentum=momentum)
    optimizer.state[parameter]["momentum_buffer"] = past.clone()
    parameter.grad = g.clone()
    optimizer.step()
    moved, new = parameter.detach(), optimizer.state[parameter]["momentum_buffer"]
    inside = momentum * past + rate * g
    turned = momentum * past - g
    faded = momentum * past + (1 - momentum) * g
    weights = [
        ("no_memory", old - rate * g), ("late", old - rate * past), ("sign", old + rate * new),
        ("no_gradient", old - rate * momentum * past),
        ("damped", old - rate * momentum * (past + g)),
        ("damped", old - rate * (past + momentum * g)),
        *[("momentum_for_rate", old - momentum * x) for x in (new, rate * past + g)],
        *[("typed_in", old - lr * (0.9 * past + g)) for lr in (rate, 1 / 64, 1 / 8)],
        *[("typed_in", old - lr * new) for lr in (1 / 64, 1 / 8)],
        ("no_rate", old - new), ("no_fade", old - rate * (past + g)),
        ("rate_inside", old - inside), ("rate_inside", old - rate * inside),
        ("rate_inside", old + momentum * past - rate * g), ("damped", old - rate * faded),
        ("velocity_sign", old - rate * turned), ("velocity_sign", old + rate * turned),
        *[("shrunk_weight", momentum * old - rate * x) for x in (new, g, past + g)],
        ("shrunk_weight", old - rate * (momentum * old + g)),
        ("unmoved", old), ("only_step", rate * new), ("only_step", -rate * new),
        ("fade", old - rate * ((1 - momentum) * past + g)),
    ]  # fmt: skip
    return [
        ("right", (moved, new)), ("swapped", (new, moved)), ("rate_inside", (moved, rate * new)),
        ("not_kept", (moved, past)), ("not_kept", (moved, momentum * past)),
        ("wrong_velocity", (moved, ...)), *[(key, (weight, ...)) for key, weight in weights],
    ]  # fmt: skip


@checker
def check_whole_loop(answer):
    """Exercise 8.4: a network trained in place, its losses returned, on networks never seen."""
    digits = load_digits("train")
    for count in (8, 12):
        chosen = torch.randperm(len(digits.labels))[:count]
        images, labels = prepare_images(digits.images[chosen]), digits.labels[chosen]
        before = twice = 0
        while is_close(before, twice):  # in one fresh network of a hundred; then nothing tells them
            net = Net()
            z = net(images).detach()
            before, twice = (F.cross_entropy(x, labels).item() for x in (z, z.softmax(1)))
        one_hot = F.one_hot(labels, 10)
        squared = [(x - one_hot).square() for x in (z, z.softmax(1))]
        squared = [s / d for s in (s.sum() for s in squared) for d in (1, count, 10 * count)]
        watch = Watch(net, images=images)
        losses = call_function(answer, net, images, labels, limit=60, calls=(calls := Calls()))
        forwards, familiar = watch.forwards, watch.familiar
        is_one_a_step = is_falling(losses) and fits_steps(losses, watch, calls.sent)
        after = F.cross_entropy(net.cpu()(images), labels).item()
        first = read_losses(losses).flatten()[:1]
        faults = {
            "other_net": forwards == 0,
            "other_pictures": not familiar,
            "no_backward": watch.backwards == 0,
            "unchanged": not watch.is_changed(),
            "once": watch.backwards == 1,
            "not_cleared": watch.stale > 0,
            "leapt": not after <= before / 2 and is_leaping(losses),
            "other_loss": after > before and is_falling(losses) and not is_leaping(losses),
            "uphill": not after <= before,  # nan, too
            "softmax": after > before / 2 and is_close(first, [twice]),
            "squared": after > before / 2 and any(is_close(first, [loss]) for loss in squared),
            "too_little": after > before / 2,
            "losses": not is_one_a_step,
        }
        for key, found in faults.items():
            if found:
                return key
    return "right"
