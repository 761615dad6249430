"""First values: torch.nn.init."""

import math

import torch


@torch.no_grad()
def uniform_(tensor, a=0.0, b=1.0, generator=None):
    return tensor.uniform_(a, b, generator)


@torch.no_grad()
def normal_(tensor, mean=0.0, std=1.0, generator=None):
    return tensor.normal_(mean, std, generator)


@torch.no_grad()
def constant_(tensor, val):
    return tensor.fill_(val)


def kaiming_uniform_(tensor, a=0.0):
    """As torch's layers draw their weights: `a` is the slope of a leaky ReLU."""
    std = math.sqrt(2 / (1 + a**2)) / math.sqrt(tensor[0].numel())
    return uniform_(tensor, -math.sqrt(3) * std, math.sqrt(3) * std)


def zeros_(tensor):
    return constant_(tensor, 0.0)
