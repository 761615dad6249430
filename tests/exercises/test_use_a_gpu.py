"""Chapter 10."""

import copy
import itertools

import torch
import torch.nn.functional as F

from lenet_course import Net
from lenet_course.exercises import use_a_gpu as exercises
from tests.exercises.judging import *  # noqa: F403


def move(net, images, labels, device):
    net = net.to(device)
    return F.cross_entropy(net(images.to(device)), labels.to(device))


def move_in_turn(net, images, labels, device):
    net.to(device)
    parts = [tensor.to(device) for tensor in (images, labels)]
    outputs = net(parts[0]).log_softmax(1)
    return F.nll_loss(outputs, parts[1])


def forget_net(net, images, labels, device):
    return F.cross_entropy(net(images.to(device)), labels.to(device))


def drop_images(net, images, labels, device):
    net.to(device)
    images.to(device)
    return F.cross_entropy(net(images), labels.to(device))


def forget_labels(net, images, labels, device):
    return F.cross_entropy(net.to(device)(images.to(device)), labels)


def forget_all(net, images, labels, device):
    return F.cross_entropy(net(images), labels)


def say_cuda(net, images, labels, device):
    return move(net, images, labels, "cuda")


def bring_back(net, images, labels, device):
    loss = move(net, images, labels, device)
    return torch.zeros(()) if device == "meta" else loss.cpu()


def measure_first(net, images, labels, device):
    return forget_all(net, images, labels, device).to(device)


def move_a_copy(net, images, labels, device):
    return move(copy.deepcopy(net), images, labels, device)


def halve(net, images, labels, device):
    return move(net, images, labels, device) / 2


def give_number(net, images, labels, device):
    return forget_all(net, images, labels, device).item()


def leave_meta(net, images, labels, device):
    return move(net, images, labels, device).cpu()


def turn(net, images, labels, device):
    return F.cross_entropy(labels.to(device), net.to(device)(images.to(device)))


def stay_on_the_cpu(net, images, labels, device):
    return move(net, images, labels, "cpu")


def move_to_meta(net, images, labels, device):
    return F.cross_entropy(net.to(device)(images.to("meta")), labels.to("meta"))


def make_another(net, images, labels, device):
    net = Net()
    return move(net, images, labels, device)


def call_forward(net, images, labels, device):
    return F.cross_entropy(net.to(device).forward(images.to(device)), labels.to(device))


def use_own(net, images, labels, device):
    return F.cross_entropy(net.to(device)(torch.zeros(64, 1, 32, 32).to(device)), labels)


def give_outputs(net, images, labels, device):
    return net.to(device)(images.to(device))


def look_at_neighbours(rates):
    sizes = sorted(rates)
    for one, other in itertools.pairwise(sizes):
        if rates[other] < 1.1 * rates[one]:
            return one
    return sizes[-1]


def unscale_where_finite(gradients, scale):
    return [g.float() / scale for g in gradients if g.isfinite().all()]


def unscale_by(change, finite=lambda gs: all(g.isfinite().all() for g in gs)):
    def unscale(gradients, scale):
        return [change(g, scale) for g in gradients] if finite(gradients) else []

    return unscale


CASES = {
    exercises.check_flat: [
        ("right", lambda rates: min(s for s in rates if rates[s] >= 0.9 * max(rates.values()))),
        ("right", lambda rates: next(
            s for s in sorted(rates) if rates[s] / max(rates.values()) >= 0.9)),
        ("fastest", lambda rates: max(rates, key=rates.get)),
        ("largest", lambda rates: max(rates)), ("smallest", min),
        ("neighbour", look_at_neighbours), ("rate", lambda rates: max(rates.values())),
        ("slow", lambda rates: max(s for s in rates if rates[s] < 0.9 * max(rates.values()))),
        ("foreign", lambda rates: 7), ("raised", lambda rates: rates[0.9]),
        ("other", lambda rates: sorted(rates)[1]),
    ],
    exercises.check_moved: [
        ("right", move), ("right", move_in_turn), ("right", move_a_copy), ("late", measure_first),
        ("net", forget_net), ("net", forget_all),
        ("images", drop_images), ("labels", forget_labels), ("fixed", say_cuda),
        ("fixed", stay_on_the_cpu), ("fixed", move_to_meta), ("other_net", make_another),
        ("right", call_forward),
        ("kept", bring_back), ("loss", halve), ("number", give_number), ("kept", leave_meta),
        ("turned", turn), ("unused", use_own), ("unused", give_outputs),
        ("one_number", lambda net, images, labels, device: [move(net, images, labels, device)]),
    ],
    exercises.check_unscaled: [
        ("right", unscale_by(lambda g, scale: g.float() / scale)),
        ("right", unscale_by(lambda g, scale: g.to(torch.float64) * (1 / scale))),
        ("right", lambda gradients, scale: [] if any(
            g.isinf().any() or g.isnan().any() for g in gradients) else tuple(
            g.float().div(scale) for g in gradients)),
        ("half", unscale_by(lambda g, scale: g / scale)),
        ("half", unscale_by(lambda g, scale: (g / scale).float())),
        ("half", lambda gradients, scale: [(g / scale).float() for g in gradients]),
        ("scaled", unscale_by(lambda g, scale: g.float())),
        ("scaled", lambda gradients, scale: [g.float() for g in gradients]),
        ("multiplied", unscale_by(lambda g, scale: g.float() * scale)),
        ("partly", unscale_where_finite),
        ("not_skipped", lambda gradients, scale: [g.float() / scale for g in gradients]),
        ("none", lambda gradients, scale: [
            g.float() / scale if g.isfinite().all() else None for g in gradients]),
        ("not_skipped", unscale_by(
            lambda g, scale: g.float() / scale, lambda gs: gs[0].isfinite().all())),
        ("not_skipped", unscale_by(
            lambda g, scale: g.float() / scale, lambda gs: not any(g.isinf().any() for g in gs))),
        ("skipped", lambda gradients, scale: []),
        ("raised", lambda gradients, scale: [torch.cat(gradients) / scale]),
    ],
}  # fmt: skip
