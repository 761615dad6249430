"""Chapter 10."""

import copy

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


CASES = {
    exercises.check_input_bytes: [
        ("right", 245_760_000), ("right", torch.zeros(60_000, 1, 32, 32, device="meta").nbytes),
        ("bits", 245_760_000 * 8),
        ("one", 4096),
        ("mega", 0.24576), ("some", 8000 * 4096),
        ("other", 5),
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
    exercises.check_float16_limit: [
        ("right", 2048), ("right", torch.tensor(2.0**11, dtype=torch.float16)),
        ("largest", 65536),
        ("too_small", 1024), ("power", 11),
        ("overflow", 2.0**20), ("overflow", torch.tensor(1e9).half()),
    ],
}  # fmt: skip
