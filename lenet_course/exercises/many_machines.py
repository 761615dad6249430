"""Chapter 11: DDP by all_reduce, each process's share, gradients of unequal shares."""

import copy

import torch
import torch.nn as nn

from lenet_course.exercises.answers import is_close, read_tensor
from lenet_course.exercises.calling import call_function
from lenet_course.exercises.engine import Kind, exercise, shaped
from lenet_course.exercises.verdict import Hint, checker

__all__ = ["check_averaged", "check_combined", "check_share"]


@checker
def check_averaged(answer):
    """Exercise 11.1: average_gradients(net, all_reduce, processes), what DDP does."""
    for processes in (2, 3):
        start = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
        own = [[torch.randn_like(p) for p in start.parameters()] for _ in range(processes)]
        # a rank hands over the same whatever it gets, so that ranks can be asked one by one
        sent = [call_rank(answer, give_gradients(start, g), processes, []) for g in own]
        for rank, gradients in enumerate(own):
            net = give_gradients(start, gradients)
            call_rank(answer, net, processes, sent[:rank] + sent[rank + 1 :])
            judge_rank(net, own, rank, sent[rank], list(start.parameters()))
    return "right"


def give_gradients(start: nn.Module, gradients: list[torch.Tensor]) -> nn.Module:
    """Copy a network as it is after backward: with these gradients."""
    net = copy.deepcopy(start)
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        parameter.grad = gradient.clone()
    return net


def call_rank(function, net: nn.Module, processes: int, others: list) -> list[torch.Tensor]:
    """Call the function as one rank; return what it handed to all_reduce.

    The stand-in for all_reduce adds, in place, what the other ranks handed over at that turn.
    """
    sent = []

    def all_reduce(tensor: torch.Tensor) -> None:
        sent.append(tensor.detach().clone())
        with torch.no_grad():
            for other in others:
                tensor += other[len(sent) - 1]

    try:
        call_function(function, net, all_reduce, processes)
    except Hint as hint:
        error = hint.fields.get("error", "")
        if "NoneType" in error:
            raise Hint("no_result") from None
        if hint.key != "returned_none":  # the gradients are changed in place
            raise
    return sent


def judge_rank(net: nn.Module, own: list, rank: int, sent: list, start: list) -> None:
    """Raise the Hint for gradients of one rank that are not the mean over all."""
    if any(p.grad is None for p in net.parameters()):
        raise Hint("no_result")
    found = [p.grad.detach() for p in net.parameters()]
    total = [sum(gradients) for gradients in zip(*own, strict=True)]
    count = len(own)
    mean = [gradient / count for gradient in total]

    def is_all(wanted: list) -> bool:
        return all(map(is_close, found, wanted))

    if is_all(mean):
        return
    if not sent:
        raise Hint("not_sent")
    if is_all(own[rank]) and all(map(is_close, sent, start)):
        raise Hint("parameters")
    mistakes = {
        "summed": total, "copied": own[rank], "copied_mean": [g / count for g in own[rank]],
        "twice": [gradient / count for gradient in mean],
        "fixed": [gradient / 2 for gradient in total],
    }  # fmt: skip
    for key, wanted in mistakes.items():
        if is_all(wanted):
            raise Hint("copied" if key == "copied_mean" else key)
    raise Hint("partly" if any(map(is_close, found, mean)) else "other")


@checker
def check_share(answer):
    """Exercise 11.2: take_share(order, rank, processes), one process's part of an order."""
    for count, processes in ((64, 2), (64, 4), (10, 3), (23, 5)):
        order = torch.randperm(1000)[:count] + 1000  # no value is also a place
        shares = [
            read_tensor_or_empty(call_share(answer, order, rank, processes))
            for rank in range(processes)
        ]
        judge_shares(order.double(), shares)
    return "right"


def call_share(function, order: torch.Tensor, rank: int, processes: int):
    """Call take_share, its likely errors told in the words of the exercise."""
    try:
        return call_function(function, order, rank, processes)
    except Hint as hint:
        error = hint.fields.get("error", "")
        if "slice indices must be integers" in error:
            raise Hint("fraction") from None
        if "is invalid for input of size" in error and len(order) % processes:
            raise Hint("remainder", count=len(order), processes=processes) from None
        raise


def read_tensor_or_empty(share) -> torch.Tensor:
    """Read a share as a flat tensor; an empty one may be meant so."""
    if isinstance(share, torch.Tensor) and share.numel() == 0:
        return torch.zeros(0, dtype=torch.float64)
    if getattr(share, "dtype", None) in (torch.bool, bool):
        raise Hint("mask")
    if isinstance(share, (list, tuple)) and share and isinstance(share[0], torch.Tensor):
        if any(item.numel() != 1 for item in share):
            raise Hint("all_shares")
    if isinstance(share, range) and len(share) <= 1000:
        share = list(share)
    return read_tensor(share).flatten()


def judge_shares(order: torch.Tensor, shares: list[torch.Tensor]) -> None:
    """Raise the Hint for shares that are not a division of `order`."""
    fields = {"count": len(order), "processes": len(shares)}
    for rank, share in enumerate(shares):
        if len(share) == len(order):
            raise Hint("everything", rank=rank)
    if all(len(share) == 1 for share in shares):
        raise Hint("single")
    if all(torch.equal(share, shares[0]) for share in shares):
        raise Hint("same")
    if len(order) % len(shares) == 0 and all(
        torch.equal(share, order[order % len(shares) == rank]) for rank, share in enumerate(shares)
    ):
        raise Hint("by_value")
    together = torch.cat(shares)
    if not torch.isin(together, order).all():
        raise Hint("places" if together.max() < len(order) else "foreign")
    if len(together.unique()) < len(together):
        raise Hint("twice", **fields)
    if len(together) < len(order):
        raise Hint("missing" if len(order) % len(shares) else "left_out", **fields)
    sizes = [len(share) for share in shares]
    if max(sizes) - min(sizes) > 1:
        raise Hint("uneven")


def draw_gradients():
    for counts, shape in (([48, 16], (10,)), ([5, 20, 40], (3, 4)), ([7, 1, 2, 30], (2,))):
        yield [torch.randn(shape) for _ in counts], counts


@exercise(draw_gradients, instead={"values to unpack (expected 2": "two"})
def check_combined(gradients, counts):
    """Exercise 11.3: combine(gradients, counts), the mean over all digits of unequal shares."""
    stacked = torch.stack(gradients).double()
    weights = torch.tensor(counts).double().view(-1, *[1] * (stacked.ndim - 1))
    weighted, inverse = weights * stacked, 1 / weights
    total, digits = weighted.sum(0), sum(counts)
    two = weighted[:2].sum(0)
    each_turn = sum(w / digits ** (len(counts) - n) for n, w in enumerate(weighted))
    return [
        ("right", total / digits), ("each_turn", each_turn),
        ("plain", stacked.mean(0)), ("summed", stacked.sum(0)),
        ("not_divided", total), ("by_parts", total / len(counts)),
        ("not_weighted", stacked.sum(0) / digits), ("not_weighted", stacked.mean(0) / digits),
        ("divided", (inverse * stacked).sum(0)), ("divided", (inverse * stacked).mean(0)),
        ("backward", (weights.flip(0) * stacked).sum(0) / digits),
        ("backward", (inverse * stacked).sum(0) / inverse.sum()),
        ("first", weighted[0] / digits), ("first", weighted[0]),
        ("last", weighted[-1] / digits), ("last", weighted[-1]),
        ("two", two / digits), ("two", two / sum(counts[:2])), ("two", two),
        ("fixed", (48 * stacked[0] + 16 * stacked[1]) / 64), ("fixed", total / 64),
        ("fixed", two / 64),
        *[("one", gradient) for gradient in stacked],
        ("apart", shaped(*stacked.shape)),
        ("shape", Kind(lambda found: found.shape != total.shape, torch.zeros(1))),
    ]  # fmt: skip
