"""torch.nn.utils."""

import torch


def clip_grad_norm_(parameters, max_norm, norm_type=2.0):
    """Scale gradients so that their common norm is at most max_norm; return what it was."""
    parameters = [parameters] if isinstance(parameters, torch.Tensor) else list(parameters)
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    total = torch.stack([grad.norm(norm_type) for grad in grads]).norm(norm_type)
    share = (max_norm / (total + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(share)
    return total
