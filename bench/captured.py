"""99 % in a fraction of a second: a training step of `Net` captured as a CUDA graph.

A step of this network is some fifty kernels of a few microseconds each, so that a GPU that is told
of them one by one waits for Python. Here the digits lie on the device as bytes; choosing the
mini-batch, shifting, the learning rate's triangle and the update are part of the graph; and the
loop does nothing but replay it: no .item(), no copy.

Epochs, batch size, learning rate and whether digits are shifted are chosen on 10,000 training
digits that are kept aside (`choose_plan`). The test digits are looked at afterwards, with the plan
that was chosen.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net, evaluate
from lenet_course.digits import Digits
from lenet_course.training.schedule import compute_triangle
from lenet_course.training.standardise import Standardised

MOMENTUM, WEIGHT_DECAY, WARM_UP = 0.9, 5e-4, 0.2
MARGIN = 4  # zeros around a digit, so that a window of 32×32 can be shifted by up to 2 pixels
SECONDS = 0.4  # of training that a plan may take; the goal is 0.5
KEPT_ASIDE = 10000
SEEDS, TRIED_SEEDS = range(10), range(3)


@dataclass(frozen=True)
class Plan:
    """How the step is repeated: digits are shifted by -shift to shift pixels, both ways."""

    epochs: int
    batch_size: int
    learning_rate: float
    shift: int


# batch size and the learning rates to try with it
TRIED = {128: (0.05, 0.08), 256: (0.08, 0.14), 512: (0.14, 0.2, 0.3), 1024: (0.2, 0.3, 0.45)}
PLANS = [
    Plan(0, batch_size, rate, shift)  # epochs: as many as fit into SECONDS
    for batch_size, rates in TRIED.items()
    for rate in rates
    for shift in (0, 1)
]


def make_step(model: nn.Module, digits: Digits, order: torch.Tensor, plan: Plan):
    """One training step that reads everything from tensors of fixed places.

    Args:
        model: takes images of shape (N, 1, 32, 32), on the device.
        digits: images uint8 (N, 28, 28) and labels int64 (N,), on the device.
        order: int64 (steps, batch size), which digits each step learns from.
        plan: its learning rate, the peak of a triangle over all steps, and its shift.

    Returns:
        step, which learns from the next row of `order`, and reset, which makes the next step the
        first one again and forgets the velocity. Neither waits for the device.
    """
    device, (steps, batch_size) = order.device, order.shape
    rates = [plan.learning_rate * compute_triangle(n, steps, WARM_UP) for n in range(steps)]
    rates = torch.tensor(rates, device=device)
    rate = rates[0].clone()
    count = torch.zeros(1, dtype=torch.int64, device=device)
    padded = F.pad(digits.images, [MARGIN] * 4)  # (N, 36, 36)
    window = torch.arange(32, device=device)
    optimizer = torch.optim.SGD(
        model.parameters(), rate, MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True, fused=True
    )

    def take_images(batch: torch.Tensor) -> torch.Tensor:
        least, most = MARGIN - 2 - plan.shift, MARGIN - 2 + plan.shift
        rows, columns = (
            torch.randint(least, most + 1, (batch_size, 1), device=device) + window
            for _ in range(2)
        )
        images = padded[batch[:, None, None], rows[:, :, None], columns[:, None, :]]
        return images.unsqueeze(1).float() / 255

    def step() -> None:
        batch = order.index_select(0, count).view(-1)
        rate.copy_(rates.index_select(0, count).view(()))
        loss = F.cross_entropy(model(take_images(batch)), digits.labels[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        count.add_(1)

    def reset() -> None:
        count.zero_()
        for state in optimizer.state.values():
            state["momentum_buffer"].zero_()

    return step, reset


def capture(step: Callable) -> Callable:
    """Record a step as a CUDA graph; what is returned replays it.

    Source: PyTorch, CUDA semantics, "CUDA Graphs": a few steps on a side stream first, so that
    libraries choose their algorithms and every tensor that lasts has its place.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=side):  # newer PyTorch warns if it is another
        step()
    return graph.replay


class Trainer:
    """A network, its captured step and its order of digits, for as many seeds as are wanted.

    On a CPU nothing is captured, and the step itself is repeated.

    Args:
        digits: to train on, on the device.
        plan: with its number of epochs.
    """

    def __init__(self, digits: Digits, plan: Plan):
        self.digits = digits
        device = digits.images.device
        self.model = Standardised(Net()).to(device)
        self.steps = len(digits.labels) // plan.batch_size  # an epoch
        shape = plan.epochs * self.steps, plan.batch_size
        self.order = torch.zeros(shape, dtype=torch.int64, device=device)
        step, self.reset = make_step(self.model, digits, self.order, plan)
        self.step = step  # the graph's tensors live as long as it does
        self.replay = capture(step) if self.order.is_cuda else step

    def train(self, seed: int) -> float:
        """Train a new network; return the seconds, from the first order drawn to the last step."""
        torch.manual_seed(seed)
        self.model.net.load_state_dict(Net().state_dict())
        self.reset()
        self.wait()
        begin = time.perf_counter()
        for rows in self.order.split(self.steps):  # an epoch each
            shuffled = torch.randperm(len(self.digits.labels), device=self.order.device)
            rows.copy_(shuffled[: rows.numel()].view_as(rows))
        for _ in range(len(self.order)):
            self.replay()
        self.wait()
        return time.perf_counter() - begin

    def wait(self) -> None:
        """Wait until the device has done everything it was asked for."""
        if self.order.is_cuda:
            torch.cuda.synchronize()


def fit_epochs(digits: Digits, plan: Plan) -> Plan:
    """Give a plan as many epochs of `digits` as its steps can do in SECONDS, at least one."""
    trainer = Trainer(digits, replace(plan, epochs=1))
    epoch = min(trainer.train(seed) for seed in range(3))
    return replace(plan, epochs=max(1, int(SECONDS / epoch)))


def choose_plan(train: Digits) -> tuple[Plan, list[dict]]:
    """Choose the plan that answers the digits kept aside best, and list what was tried.

    A plan has as many epochs as all the digits of `train` allow in SECONDS; it is tried on all but
    KEPT_ASIDE of them, with a few seeds.
    """
    learnt = Digits(train.images[:-KEPT_ASIDE], train.labels[:-KEPT_ASIDE])
    aside = Digits(train.images[-KEPT_ASIDE:], train.labels[-KEPT_ASIDE:])
    tried = []
    for plan in PLANS:
        plan = fit_epochs(train, plan)
        trainer = Trainer(learnt, plan)
        seconds, found = [], []
        for seed in TRIED_SEEDS:
            seconds.append(trainer.train(seed))
            found.append(evaluate(trainer.model, aside)["accuracy"])
        row = {"wall": statistics.median(seconds), "accuracy": statistics.mean(found)}
        tried.append(asdict(plan) | row)
    best = max(tried, key=lambda row: row["accuracy"])
    return Plan(**{name: best[name] for name in asdict(plan)}), tried


def time_plan(train: Digits, test: Digits, plan: Plan) -> dict:
    """Train SEEDS networks by a plan: seconds to capture, then of each seed, and its accuracy."""
    begin = time.perf_counter()
    trainer = Trainer(train, plan)
    trainer.wait()
    captured = time.perf_counter() - begin
    runs = []
    for seed in SEEDS:
        seconds = trainer.train(seed)
        accuracy = evaluate(trainer.model, test)["accuracy"]
        runs.append({"seed": seed, "wall": seconds, "accuracy": accuracy})
    return {"plan": asdict(plan), "capture": captured, "runs": runs}
