"""Tensors that a module counts among its own."""

import torch
from torch._tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module counts among its parameters."""

    def __init__(self, data=None, requires_grad=True):
        data = torch.empty(0) if data is None else data
        self._h = data.detach()._h
        if requires_grad:
            self.requires_grad_()

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()

    __str__ = __repr__


def is_lazy(parameter):
    return False
