"""What the quick questions of chapter 7 claim, beside what its page prints."""

import torch
import torch.nn.functional as F

from lenet_course import Net

FAR = {"loss": 1.0, "gradient": -2.0, "move": 3.0}


def test_07_a_frozen_layer_passes_gradients_on():
    net = Net()
    net.fc3.requires_grad_(False)
    F.cross_entropy(net(torch.rand(1, 1, 32, 32)), torch.tensor([5])).backward()
    got = {name.split(".")[0] for name, p in net.named_parameters() if p.grad is not None}
    assert got == {"conv1", "conv2", "fc1", "fc2"}


def test_07_a_gradient_does_not_say_what_a_long_way_brings():
    """Losses that are never negative, alike at the present place, and not where it leads."""
    ends = []
    for make in (lambda w: (w - 1) ** 2, lambda w: (-2 * w).exp(), lambda w: 1 - 2 * w + 3 * w**2):
        w = torch.tensor(0.0, requires_grad=True)
        loss = make(w)
        loss.backward()
        assert (loss.item(), w.grad.item()) == (FAR["loss"], FAR["gradient"])
        ends.append(make(torch.tensor(FAR["move"])).item())
    assert min(ends) < FAR["loss"] < max(ends)
