"""Jacobians."""

import torch
from torch._call import refuse


def jacobian(func, inputs, create_graph=False):
    """The Jacobian of a function of one tensor, of shape output + input."""
    refuse("jacobian", create_graph=create_graph)
    given = inputs.detach().clone().requires_grad_()
    output = func(given)
    rows = []
    for value in output.flatten().unbind(0):
        (row,) = torch.autograd.grad(value, given, retain_graph=True, allow_unused=True)
        rows.append(torch.zeros_like(given) if row is None else row)
    return torch.stack(rows).view(*output.shape, *given.shape)
