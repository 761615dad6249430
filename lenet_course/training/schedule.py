"""The learning rate of each step: a triangle, up in a straight line and down in another."""

import torch


def compute_triangle(step: int, steps: int, warm_up: float) -> float:
    """The share of the peak learning rate at a step: up until warm_up, then down to 0."""
    climb = (step + 1) / (warm_up * steps) if warm_up else 1.0
    return min(climb, (steps - step) / ((1 - warm_up) * steps), 1.0)


def find_peak(optimizer: torch.optim.Optimizer) -> float:
    """The learning rate that an optimizer was made with, whatever a schedule has set since."""
    group = optimizer.param_groups[0]
    return group.get("initial_lr", group["lr"])


def set_rate(optimizer: torch.optim.Optimizer, share: float) -> None:
    """Set the learning rate of every parameter to a share of the one it was made with."""
    for group in optimizer.param_groups:
        # the key of torch.optim.lr_scheduler
        group["lr"] = group.setdefault("initial_lr", group["lr"]) * share
