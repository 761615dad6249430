"""Watching a network while a reader's function trains it."""

import torch
import torch.nn as nn

from lenet_course.exercises.answers import read_tensor
from lenet_course.exercises.verdict import Hint

ALIKE = 0.8  # of a correlation; digits by other hands reach it less than once in ten


class Gradient:
    """Counts what happens to a parameter's gradient; its attributes are those of `Watch`."""

    def __init__(self, parameter: torch.Tensor):
        self.backwards = self.updates = self.stale = 0
        self._parameter, self._is_stale = parameter, False
        self._seen = None  # the parameter, at the last backward
        parameter.register_hook(self._see_backward)  # runs before the gradient is added
        parameter.register_post_accumulate_grad_hook(self._see_added)  # not after autograd.grad

    def _see_backward(self, _) -> None:
        held, is_first = self._parameter.grad, self._seen is None
        moved = not (is_first or self._seen.equal(self._parameter))
        self._is_stale = moved and held is not None and bool(held.any())
        self.backwards += 1
        self.updates += is_first or moved
        self._seen = self._parameter.detach().clone()

    def _see_added(self, _) -> None:
        self.stale += self._is_stale


class Watch:
    """Counts what happens to a network, on the network itself.

    Attributes:
        forwards, backwards: how often it was called, and gradients were computed.
        pictures: how many went through it.
        familiar: whether it was ever called with pictures half of which are in `images`, be they
            moved a little, noisy or standardised.
        updates: how many different numbers its parameters held when gradients were computed.
        stale: how often gradients came on top of ones that an update had already used.
        steps, idle: how often the optimizer stepped, and how often without any gradient.
    """

    def __init__(self, net: nn.Module, optimizer: torch.optim.Optimizer | None = None, images=None):
        self.forwards = self.pictures = self.steps = self.idle = 0
        self.familiar, self.images, self._net = images is None, images, net
        first, *_, last = net.parameters()  # the last one tells for all, but may be cleared alone
        self._first, self._last = Gradient(first), Gradient(last)
        self._before = [p.detach().clone() for p in net.parameters()]
        entry = next(part for part in net.modules() if not list(part.children()))
        entry.register_forward_pre_hook(self._see_forward)  # net.forward() passes here, too
        if optimizer is not None:
            optimizer.register_step_pre_hook(self._see_step)

    def _see_forward(self, _, given) -> None:
        self.forwards += 1
        self.pictures += len(given[0]) if given else 0
        if not self.familiar and given and given[0].shape[1:] == self.images.shape[1:]:
            alike = compare_pictures(given[0].detach().cpu(), self.images) > ALIKE
            self.familiar = bool(alike.float().mean() >= 0.5)

    @property
    def backwards(self) -> int:
        return self._last.backwards

    @property
    def updates(self) -> int:
        return self._last.updates

    @property
    def stale(self) -> int:
        return max(self._first.stale, self._last.stale)

    def _see_step(self, *_) -> None:
        grads = [p.grad for p in self._net.parameters()]
        self.steps += 1
        self.idle += not any(grad is not None and grad.any() for grad in grads)

    def is_changed(self) -> bool:
        """Whether the network's own parameters hold other numbers than at first."""
        pairs = zip(self._before, self._net.parameters(), strict=True)
        return not all(torch.equal(before, p.detach()) for before, p in pairs)


def compare_pictures(pictures: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Compare pictures (N, 1, H, W) with known ones (M, 1, H, W), each moved as fits best.

    Returns:
        (N,): the correlation with the one that is most alike, 1 for a copy.
    """
    spectra = []
    for images in (pictures, known):
        flat = images.flatten(1).float()
        flat = flat - flat.mean(1, keepdim=True)
        flat = flat / flat.norm(dim=1, keepdim=True).clamp(min=1e-12)
        spectra.append(torch.fft.rfft2(flat.view(len(images), *images.shape[-2:])))
    products = spectra[0][:, None] * spectra[1].conj()  # cross-correlation theorem
    return torch.fft.irfft2(products, s=pictures.shape[-2:]).flatten(1).amax(1)


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


def fits_steps(answer, watch: Watch, sent: list[float]) -> bool:
    """Whether these losses are one a step, or one each time all pictures went through.

    Each is about what was sent back there, or in one part of it.
    """
    losses, turns = read_losses(answer), watch.pictures / len(watch.images)
    if losses.ndim != 1 or len(losses) not in (watch.updates, watch.steps, turns):
        return False
    if len(sent) % len(losses) or not sent:  # found by torch.autograd.grad, say
        return True
    parts = torch.tensor(sent, dtype=torch.float64).view(len(losses), -1)
    wanted = parts.mean(1), parts.sum(1), parts[:, 0], parts[:, -1]
    return any(torch.allclose(losses, each, rtol=0.5, atol=1e-3) for each in wanted)
