"""Watching a network while a reader's function trains it."""

import torch
import torch.nn as nn

from lenet_course.checks.answers import read_tensor
from lenet_course.checks.verdict import Hint


class Watch:
    """Counts what happens to a network, on the network itself.

    Attributes:
        forwards, backwards: how often it was called, and sent gradients back.
        familiar: whether it was ever called with pictures most of which are in `images`.
        stale: how often gradients came on top of ones that an update had already used.
        steps, idle: how often the optimizer stepped, and how often without any gradient.
    """

    def __init__(self, net: nn.Module, optimizer: torch.optim.Optimizer | None = None, images=None):
        self.forwards = self.backwards = self.stale = self.steps = self.idle = 0
        self.familiar, self._images = images is None, images
        self._net, self._bias = net, list(net.parameters())[-1]  # one parameter tells for all
        self._before = [p.detach().clone() for p in net.parameters()]
        self._seen = None  # that parameter, at the last backward
        entry = next(part for part in net.modules() if not list(part.children()))
        entry.register_forward_pre_hook(self._see_forward)  # net.forward() passes here, too
        self._bias.register_hook(self._see_backward)  # runs before the gradient is added
        if optimizer is not None:
            optimizer.register_step_pre_hook(self._see_step)

    def _see_forward(self, _, given) -> None:
        self.forwards += 1
        if not self.familiar and given and given[0].shape[1:] == self._images.shape[1:]:
            same = given[0].detach().cpu()[:, None] == self._images
            self.familiar = bool(same.flatten(2).all(2).any(1).float().mean() > 0.5)

    def _see_backward(self, _) -> None:
        held, moved = self._bias.grad, not (self._seen is None or self._seen.equal(self._bias))
        self.stale += moved and held is not None and bool(held.any())
        self.backwards += 1
        self._seen = self._bias.detach().clone()

    def _see_step(self, *_) -> None:
        grads = [p.grad for p in self._net.parameters()]
        self.steps += 1
        self.idle += not any(grad is not None and grad.any() for grad in grads)

    def is_changed(self) -> bool:
        """Whether the network's own parameters hold other numbers than at first."""
        pairs = zip(self._before, self._net.parameters(), strict=True)
        return not all(torch.equal(before, p.detach()) for before, p in pairs)


def read_losses(answer) -> torch.Tensor:
    """Read what a loop returned as its losses; no numbers where they cannot be read."""
    try:
        return read_tensor(answer)
    except Hint:
        return torch.zeros(0)


def is_falling(answer) -> bool:
    """Whether these are several losses, the last below the first."""
    losses = read_losses(answer)
    return losses.ndim == 1 and len(losses) > 1 and bool(losses[-1] < losses[0])


def is_leaping(answer) -> bool:
    """Whether these losses rose to more than twice the first, and came down again by half."""
    losses = read_losses(answer)
    return losses.ndim == 1 and len(losses) > 1 and bool(losses.max() > 2 * losses[[0, -1]].max())
