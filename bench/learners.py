"""Networks that learn from the same mini-batches at once: on a GPU, in one captured step."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from bench.captured import MOMENTUM, WARM_UP, capture
from lenet_course.training.muon import even_out
from lenet_course.training.schedule import compute_triangle

Batch = dict[str, torch.Tensor]  # "images" is what the networks are given


@dataclass(frozen=True)
class Settings:
    """How a network learns; `orthogonal` is Muon's step, `average` the decay of the weights' mean.

    half: compute with bfloat16 where PyTorch's autocast does.
    """

    learning_rate: float
    weight_decay: float
    average: float
    orthogonal: bool = False
    half: bool = False


class Learner:
    """A network on its device, what it minimises, and the weights' moving average.

    Args:
        model: as it is before the first step.
        measure: (logits, batch) → loss.
        settings: how it learns.
        steps: how many the triangle of its learning rate spans.
    """

    def __init__(self, model: nn.Module, measure: Callable, settings: Settings, steps: int):
        self.model, self.measure, self.settings = model, measure, settings
        self.weights = list(model.parameters())
        self.velocities, self.averages = (
            [torch.zeros_like(each) for each in self.weights] for _ in range(2)
        )
        self.start = {name: value.clone() for name, value in model.state_dict().items()}
        device = self.weights[0].device
        peak = settings.learning_rate
        rates = [peak * compute_triangle(step, steps, WARM_UP) for step in range(steps)]
        self.rates = torch.tensor(rates, device=device)

    def reset(self) -> None:
        """Make the next step the first one again."""
        self.model.load_state_dict(self.start)
        torch._foreach_zero_(self.velocities)
        with torch.no_grad():
            torch._foreach_copy_(self.averages, self.weights)

    def step(self, batch: Batch, count: torch.Tensor) -> None:
        """Learn from a batch; count, int64 (1,), says which step it is."""
        images, half = batch["images"], self.settings.half
        with torch.autocast(images.device.type, torch.bfloat16, half, cache_enabled=False):
            logits = self.model(images)
        gradients = torch.autograd.grad(self.measure(logits.float(), batch), self.weights)
        with torch.no_grad():
            self.update(gradients, self.rates.index_select(0, count).view(()))
            torch._foreach_lerp_(self.averages, self.weights, 1 - self.settings.average)

    def update(self, gradients: tuple[torch.Tensor, ...], rate: torch.Tensor) -> None:
        """The step of torch.optim.SGD with Nesterov momentum, or Muon's; rate has shape ()."""
        decay, orthogonal = self.settings.weight_decay, self.settings.orthogonal
        if not orthogonal:
            gradients = torch._foreach_add(gradients, self.weights, alpha=decay)
        torch._foreach_mul_(self.velocities, MOMENTUM)
        torch._foreach_add_(self.velocities, gradients)
        updates = torch._foreach_add(gradients, self.velocities, alpha=MOMENTUM)
        if orthogonal:
            updates = even_out(updates)
            torch._foreach_mul_(self.weights, 1 - rate * decay)
        torch._foreach_mul_(updates, rate)
        torch._foreach_sub_(self.weights, updates)

    def load_average(self) -> nn.Module:
        """Give the network the mean of its weights, and return it."""
        with torch.no_grad():
            torch._foreach_copy_(self.weights, self.averages)
        return self.model


def learn_together(
    learners: list[Learner], take_batch: Callable[[torch.Tensor], Batch], steps: int
) -> float:
    """Train all learners by the same batches, each on a stream of its own; return the seconds.

    Args:
        take_batch: from count, int64 (1,) on the device, the batch of that step; without asking
            the device for a number, since it is part of what is captured.
    """
    weights = learners[0].weights[0]
    count = torch.zeros(1, dtype=torch.int64, device=weights.device)
    streams = [torch.cuda.Stream() for _ in learners] if weights.is_cuda else []

    def step() -> None:
        batch = take_batch(count)
        if streams:
            main = torch.cuda.current_stream()
            for learner, stream in zip(learners, streams, strict=True):
                stream.wait_stream(main)
                with torch.cuda.stream(stream):
                    learner.step(batch, count)
            for stream in streams:
                main.wait_stream(stream)
        else:
            for learner in learners:
                learner.step(batch, count)
        count.add_(1)

    replay = capture(step) if streams else step
    for learner in learners:
        learner.reset()
    count.zero_()
    begin = time.perf_counter()
    for _ in range(steps):
        replay()
    count.item()  # waits for the device
    return time.perf_counter() - begin


def draw_order(count: int, batch_size: int, epochs: int, device, rounds: int = 1) -> torch.Tensor:
    """Places int64 (steps, batch size): epoch by epoch all of one round, each in its own order."""
    steps = count // batch_size
    order = [
        torch.randperm(count, device=device)[: steps * batch_size] + epoch % rounds * count
        for epoch in range(epochs)
    ]
    return torch.cat(order).view(-1, batch_size)


def compute_cross_entropy(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    return F.cross_entropy(logits, batch["labels"])
