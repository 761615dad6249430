"""What the quick questions of chapter 12 claim, beside what its page prints."""

import math

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits, prepare_images


def test_12_feature_maps_grow_with_the_pictures_and_parameters_do_not():
    net, kept = Net(), []
    for pictures in (64, 128):
        sizes = {}

        def note(tensor, sizes=sizes):
            sizes[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            maps = net(torch.rand(pictures, 1, 32, 32)).relu()
        own = {p.untyped_storage().data_ptr() for p in net.parameters()}
        kept.append(sum(size for place, size in sizes.items() if place not in own))
        del maps
    assert kept[1] == pytest.approx(2 * kept[0])


def test_12_a_softmax_too_many_learns_by_heart_and_stops_at_1_46():
    digits = load_digits("train")
    images, labels = prepare_images(digits.images[:8]), digits.labels[:8]
    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
    for _ in range(300):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images).softmax(1), labels)
        loss.backward()
        optimizer.step()
    assert (net(images).argmax(1) == labels).all()
    assert loss.item() == pytest.approx(math.log(math.e + 9) - 1, abs=0.01)
