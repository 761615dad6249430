"""Chapter 2."""

import numpy as np
import torch
import torch.nn as nn

from lenet_course.exercises import inspect_the_parameters as exercises
from tests.exercises.judging import *  # noqa: F403


def write_layer(weight, offset, forward=lambda self, x: self.weight * x + self.offset):
    """A layer whose attributes are what these functions make of `size`; None leaves one out."""

    class Layer(nn.Module):
        def __init__(self, size):
            super().__init__()
            for name, make in (("weight", weight), ("offset", offset)):
                if make is not None:
                    setattr(self, name, make(size))

    Layer.forward = forward
    return Layer


def ones(size):
    return nn.Parameter(torch.ones(size))


def zeros(size):
    return nn.Parameter(torch.zeros(size))


class Untouched(nn.Module):
    def __init__(self, size):
        super().__init__()
        ...


class WithoutSelf(nn.Module):
    def __init__(self, size):
        super().__init__()
        weight, offset = ones(size), zeros(size)  # noqa: F841


class Buffered(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("weight", torch.ones(size))
        self.register_buffer("offset", torch.zeros(size))


class Shared(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = self.offset = ones(size)


class Registered(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.full((size,), 1.0)))
        self.offset = nn.Parameter(torch.empty(size))
        nn.init.zeros_(self.offset)

    def forward(self, x):
        return torch.addcmul(self.offset, self.weight, x)


CASES = {
    exercises.check_colour_count: [
        ("right", 1184),
        ("right", torch.tensor(1184.0, requires_grad=True)),
        ("right", np.int64(1184)),
        ("right", sum(p.numel() for p in nn.Conv2d(3, 8, 7).parameters())),
        ("one_channel", 8 * 7 * 7),
        ("one_bias", 8 * 3 * 7 * 7 + 1),
        ("turned", 3 * (8 * 7 * 7 + 1)),
        ("other", 0),
    ],
    exercises.check_picture_side: [
        ("right", 28),
        ("right", (28, 28)),
        ("right", 2 * (1452 / 12) ** 0.5 + 7 - 1),
        ("right", torch.tensor(28)),
        ("one_side", (1, 1, 28, 28)),
        ("pooled", 11),
        ("no_pooling", 17),
        ("plus_one", 27),
        ("other", 38),
    ],
    exercises.check_own_layer: [
        ("open", Untouched),
        ("open", write_layer(None, None)),
        ("loose", WithoutSelf),
        ("plain", Buffered),
        ("start", Shared),
        ("right", write_layer(ones, zeros)),
        ("right", Registered),
        ("class", write_layer(ones, zeros)(3)),
        ("missing", write_layer(ones, None)),
        ("thing", write_layer(ones, lambda size: 0.0)),
        ("thing", write_layer(lambda size: nn.Linear(size, size), zeros)),
        ("plain", write_layer(torch.ones, zeros)),
        ("plain", write_layer(ones, torch.zeros)),
        ("plain", write_layer(torch.ones, torch.zeros)),
        ("grad_only", write_layer(ones, lambda size: torch.zeros(size, requires_grad=True))),
        ("computed", write_layer(lambda size: nn.Parameter(torch.zeros(size)) + 1, zeros)),
        ("frozen", write_layer(lambda size: ones(size).requires_grad_(False), zeros)),
        ("fixed", write_layer(lambda size: ones(3), zeros)),
        ("row", write_layer(ones, lambda size: zeros((size, size)))),
        ("row", write_layer(lambda size: ones((1, size)), zeros)),
        ("one_number", write_layer(ones, lambda size: zeros(1))),
        ("start", write_layer(zeros, ones)),
        ("start", write_layer(ones, lambda size: nn.Parameter(torch.randn(size)))),
        ("forward", write_layer(ones, zeros, lambda self, x: self.weight * (x + self.offset))),
        ("returned_none", write_layer(ones, zeros, lambda self, x: None)),
        ("raised", nn.Conv2d),
        ("class", 3),
        ("none", None),
    ],
}
