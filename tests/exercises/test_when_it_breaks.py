"""Chapter 12."""

import torch
import torch.nn.functional as F

from lenet_course.exercises import when_it_breaks as exercises
from tests.exercises.judging import *  # noqa: F403


def photos_by(change, targets=lambda labels: labels.long()):
    return lambda photos, labels: (change(photos), targets(labels))


def grey(photos):
    return photos.permute(0, 3, 1, 2).float().div(255).mean(1, keepdim=True)


def grey_by_einsum(photos, labels):
    weights = torch.full((3,), 1 / 765)
    return torch.einsum("nhwc,c->nhw", photos.to(torch.float32), weights)[:, None], labels.to(
        torch.int64
    )


def turn(photos):
    return photos.permute(0, 3, 2, 1).float().mean(1, keepdim=True) / 255


def loop_by(clear="first", sign=-1, use_rate=True, late=False, once=False):
    def teach(net, images, labels, steps, rate):
        losses = []
        for _ in range(steps):
            if clear == "first":
                net.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            loss.backward()
            with torch.no_grad():
                for p in net.parameters():
                    p += sign * (rate if use_rate else 1) * p.grad
            if clear == "last":
                net.zero_grad()
            losses.append(F.cross_entropy(net(images), labels).item() if late else loss.item())
            if once:
                return losses
        return losses

    return teach


def loop_with_optimizer(net, images, labels, steps, rate, momentum=0.0):
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum), []
    for _ in range(steps):
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses


def loop_as_given(net, images, labels, steps, rate, early=True):
    losses = []
    for _ in range(steps):
        if not early:
            net.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        if early:
            net.zero_grad()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter = parameter - rate * parameter.grad
        losses.append(loss.item())
    return losses


def loop_half_mended(*given):
    return loop_as_given(*given, early=False)


def loop_that_skips(net, images, labels, steps, rate):
    """No gradient left to use: the message gone, nothing learned."""
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        net.zero_grad()
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p -= rate * p.grad
        losses.append(loss.item())
    return losses


def backward_once(net, images, labels, steps, rate):
    F.cross_entropy(net(images), labels).backward()
    for _ in range(steps):
        with torch.no_grad():
            for p in net.parameters():
                p -= rate * p.grad
    return [0.0] * steps


def forward_once(net, images, labels, steps, rate):
    loss = F.cross_entropy(net(images), labels)
    for _ in range(steps):
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= rate * p.grad
    return [loss.item()] * steps


def loop_of_zeros(net, images, labels, steps, rate):
    """The gradient filled with zeros before it is used: no message, nothing learned."""
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        net.zero_grad(set_to_none=False)
        with torch.no_grad():
            for p in net.parameters():
                p -= rate * p.grad
        losses.append(loss.item())
    return losses


def update_at_the_end(net, images, labels, steps, rate):
    losses = []
    for _ in range(steps):
        net.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        losses.append(loss.item())
    with torch.no_grad():
        for p in net.parameters():
            p -= rate * p.grad
    return losses


def half_the_net(net, images, labels, steps, rate):
    return loop_with_optimizer(net[1:], images.flatten(1), labels, 2 * steps, rate)


def update_after_the_parameters(net, images, labels, steps, rate):
    """As if the update stood below the inner loop: only the last parameter moves."""
    losses = []
    for _ in range(steps):
        net.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        with torch.no_grad():
            p = list(net.parameters())[-1]
            p -= rate * p.grad
        losses.append(loss.item())
    return losses


def loop_with_momentum(*given):
    return loop_with_optimizer(*given, momentum=0.9)


def one_step_less(net, images, labels, steps, rate):
    return loop_by()(net, images, labels, steps - 1, rate)


def clear_while_updating(net, images, labels, steps, rate):
    for _ in range(steps):
        F.cross_entropy(net(images), labels).backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= rate * p.grad
                net.zero_grad()


def last_loss(net, images, labels, steps, rate):
    return loop_by()(net, images, labels, steps, rate)[-1]


CASES = {
    exercises.check_blamed_line: [
        ("right", 5),
        ("right", 5.0),
        ("right", torch.tensor([5])),
        ("caller", 9),
        ("before", 2),
        ("reader", 7),
        ("no_line", 5.5),
        ("text", "scores /= total"),
    ],
    exercises.check_prepared_photos: [
        ("right", photos_by(grey)),
        ("right", photos_by(lambda photos: (photos / 255).mean(3)[:, None])),
        ("right", photos_by(lambda photos: photos.sum(3, keepdim=True).permute(0, 3, 1, 2) / 765)),
        ("right", grey_by_einsum),
        ("right", lambda photos, labels: [grey(photos), labels.long()]),
        ("right", photos_by(grey, lambda labels: labels.byte())),
        ("pair", lambda photos, labels: grey(photos)),
        ("no_channel", photos_by(lambda photos: photos.float().mean(3) / 255)),
        ("colours", lambda photos, labels: (photos, labels)),
        ("other_mean", photos_by(lambda photos: photos.float().mean(1) / 255)),
        ("twice", photos_by(lambda photos: grey(photos) / 255)),
        ("whole", photos_by(lambda photos: photos.float().mean(3)[:, None] // 255)),
        ("range", photos_by(lambda photos: photos.float().mean(3)[:, None] / 256)),
        ("shape", photos_by(lambda photos: photos.float().mean(0, keepdim=True))),
        ("scale", photos_by(lambda photos: photos.float().mean(3)[:, None])),
        ("one_colour", photos_by(lambda photos: photos[..., 0][:, None] / 255)),
        ("turned", photos_by(turn)),
        ("target_dtype", photos_by(grey, lambda labels: labels.float())),
        ("raised", photos_by(lambda photos: photos.mean(3))),
        ("changed", photos_by(grey, lambda labels: labels.zero_())),
    ],
    exercises.check_two_faults: [
        ("right", loop_by()),
        ("right", loop_by(clear="last")),
        ("right", loop_with_optimizer),
        ("cleared", loop_as_given),
        ("cleared", clear_while_updating),
        ("partly", update_after_the_parameters),
        ("short", one_step_less),
        ("momentum", loop_with_momentum),
        ("unmoved", loop_half_mended),
        ("unmoved", loop_that_skips),
        ("unmoved", loop_of_zeros),
        ("piled_up", loop_by(clear=None)),
        ("one_step", loop_by(once=True)),
        ("one_step", update_at_the_end),
        ("same_gradient", backward_once),
        ("raised", forward_once),
        ("uphill", loop_by(sign=1)),
        ("no_rate", loop_by(use_rate=False)),
        ("losses", last_loss),
        ("losses", lambda net, *given: [loop_by()(net, *given), net][1]),
        ("losses", loop_by(late=True)),
        ("other", half_the_net),
    ],
}  # fmt: skip
