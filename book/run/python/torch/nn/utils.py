"""torch.nn.utils."""

import torch
from torch._call import missing


def clip_grad_norm_(parameters, max_norm, norm_type=2.0):
    """Scale gradients so that their common norm is at most max_norm; return what it was."""
    parameters = [parameters] if isinstance(parameters, torch.Tensor) else list(parameters)
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    total = torch.stack([grad.norm(norm_type) for grad in grads]).norm(norm_type)
    share = (max_norm / (total + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(share)
    return total


def clip_grad_value_(parameters, clip_value):
    parameters = [parameters] if isinstance(parameters, torch.Tensor) else parameters
    for parameter in parameters:
        if parameter.grad is not None:
            parameter.grad.clamp_(-clip_value, clip_value)


__getattr__ = missing("torch.nn.utils")
