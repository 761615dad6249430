"""What the quick question of chapter 11 claims."""

import copy

import torch

from lenet_course import Net


def test_11_copies_keep_the_difference_they_began_with():
    torch.manual_seed(0)
    left = Net().double()
    right = copy.deepcopy(left)
    with torch.no_grad():
        for parameter in right.parameters():
            parameter.add_(torch.randn_like(parameter))
    pairs = list(zip(left.parameters(), right.parameters(), strict=True))
    before = [(p - q).detach() for p, q in pairs]
    optimizers = [torch.optim.SGD(net.parameters(), lr=0.05) for net in (left, right)]
    for _ in range(10):
        for p, q in pairs:
            p.grad = torch.randn_like(p)  # the mean of both, whatever it is
            q.grad = p.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    for (p, q), difference in zip(pairs, before, strict=True):
        torch.testing.assert_close((p - q).detach(), difference)
