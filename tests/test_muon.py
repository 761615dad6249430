"""Muon, and what makes its steps orthogonal."""

import copy

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net
from lenet_course.training.muon import Muon, make_orthogonal


@pytest.mark.parametrize("shape", [(16, 150), (150, 16), (6, 25), (10, 84)])
def test_singular_values_come_near_one_and_vectors_stay(shape):
    torch.manual_seed(0)
    matrix = 1000 * torch.randn(shape)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    inside = u.T @ make_orthogonal(matrix) @ v.T  # diagonal, where the vectors are the same
    values = inside.diagonal()
    assert 0.6 < values.min() and values.max() < 1.3
    assert (inside - torch.diag(values)).abs().max() < 1e-3


def test_a_direction_of_a_hundredth_becomes_as_strong_as_the_first():
    torch.manual_seed(0)
    u, v = (torch.linalg.qr(torch.randn(n, 2))[0] for n in (16, 150))
    values = torch.linalg.svdvals(make_orthogonal(u @ torch.diag(torch.tensor([1, 0.01])) @ v.T))
    assert 0.6 < values[1] and values[0] < 1.3


def test_a_gradient_of_zeros_stays_zero():
    assert torch.equal(make_orthogonal(torch.zeros(3, 4)), torch.zeros(3, 4))


def test_a_bias_takes_the_step_of_sgd():
    torch.manual_seed(0)
    net = Net()
    twin = copy.deepcopy(net)
    optimizer = Muon([p for p in net.parameters() if p.dim() == 1], lr=0.1, momentum=0.9)
    theirs = torch.optim.SGD(
        [p for p in twin.parameters() if p.dim() == 1], 0.1, momentum=0.9, nesterov=True
    )
    images, labels = torch.rand(4, 1, 32, 32), torch.arange(4)
    for _ in range(3):
        for model, step in ((net, optimizer), (twin, theirs)):
            step.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            step.step()
    for mine, other in zip(net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-6)


def test_a_step_shrinks_by_the_weight_decay():
    weight = torch.ones(2, 2, requires_grad=True)
    weight.grad = torch.zeros(2, 2)
    Muon([weight], lr=0.5, weight_decay=0.1).step()
    torch.testing.assert_close(weight.detach(), torch.full((2, 2), 0.95))


def test_a_kernel_keeps_its_shape_and_memory_order():
    kernel = torch.randn(16, 6, 5, 5).contiguous(memory_format=torch.channels_last)
    kernel.requires_grad_()
    kernel.grad = torch.randn(16, 6, 5, 5).contiguous(memory_format=torch.channels_last)
    before = kernel.detach().clone()
    Muon([kernel], lr=1.0).step()
    change = (before - kernel.detach()).flatten(1)
    values = torch.linalg.svdvals(change)
    assert kernel.is_contiguous(memory_format=torch.channels_last)
    assert 0.6 < values.min() and values.max() < 1.3


def test_what_has_no_gradient_stays():
    weight, frozen = (torch.ones(2, 2, requires_grad=True) for _ in range(2))
    Muon([frozen], lr=1.0, weight_decay=0.1).step()
    weight.grad = torch.eye(2)
    Muon([weight, frozen], lr=1.0, weight_decay=0.1).step()
    assert torch.equal(frozen, torch.ones(2, 2)) and not torch.equal(weight, frozen)
