"""Chapter 11."""

import torch

from lenet_course.exercises import many_machines as exercises
from tests.exercises.judging import *  # noqa: F403


def cut(order, rank, processes):
    size = -(-len(order) // processes)
    bounds = [round(part * len(order) / processes) for part in range(processes + 1)]
    assert size >= 1
    return order[bounds[rank] : bounds[rank + 1]]


def drop(order, rank, processes):
    size = len(order) // processes
    return order[rank * size : (rank + 1) * size]


def two_more_to_the_last(order, rank, processes):
    sizes, rest = [len(order) // processes] * processes, len(order) % processes
    for turn in range(rest):
        sizes[-1 - turn // 2] += 1
    return order[sum(sizes[:rank]) : sum(sizes[: rank + 1])]


def rest_to_the_last(order, rank, processes):
    size = len(order) // processes
    return order[rank * size :] if rank == processes - 1 else order[rank * size : (rank + 1) * size]


def fill_up(order, rank, processes):
    size = -(-len(order) // processes)
    return torch.cat([order, order])[rank * size : (rank + 1) * size]


def change(gradients, counts):
    total = gradients[0]
    total *= counts[0]
    for gradient, count in zip(gradients[1:], counts[1:], strict=True):
        total += count * gradient
    return total / sum(counts)


def cut_at_fractions(order, rank, processes):
    size = len(order) / processes
    return order[rank * size : (rank + 1) * size]


def unpack_two(gradients, counts):
    g, h = gradients
    return (counts[0] * g + counts[1] * h) / sum(counts)


def average(net, all_reduce, processes):
    for parameter in net.parameters():
        all_reduce(parameter.grad)
        parameter.grad /= processes


def divide_first(net, all_reduce, processes):
    for parameter in net.parameters():
        parameter.grad = parameter.grad / processes
        all_reduce(parameter.grad)


def average_all_at_once(net, all_reduce, processes):
    parameters = list(net.parameters())
    flat = torch.cat([p.grad.flatten() for p in parameters])
    all_reduce(flat)
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
        p.grad = part.view_as(p) / processes


def only_divide(net, all_reduce, processes):
    for parameter in net.parameters():
        parameter.grad /= processes


def send_copies(net, all_reduce, processes):
    for parameter in net.parameters():
        copy = parameter.grad.clone()
        all_reduce(copy)
        copy /= processes


def send_parameters(net, all_reduce, processes):
    for parameter in net.parameters():
        all_reduce(parameter.data)
        parameter.data /= processes


def keep_the_result(net, all_reduce, processes):
    for parameter in net.parameters():
        parameter.grad = all_reduce(parameter.grad) / processes


def first_alone(net, all_reduce, processes):
    parameter = next(net.parameters())
    all_reduce(parameter.grad)
    parameter.grad /= processes


CASES = {
    exercises.check_averaged: [
        ("right", average), ("right", divide_first), ("right", average_all_at_once),
        ("right", lambda net, all_reduce, n: [average(net, all_reduce, n), net][1]),
        ("summed", lambda net, all_reduce, n: [all_reduce(p.grad) for p in net.parameters()]),
        ("not_sent", only_divide), ("copied", send_copies), ("parameters", send_parameters),
        ("twice", lambda net, all_reduce, n: [average(net, all_reduce, n), only_divide(
            net, all_reduce, n)]),
        ("fixed", lambda net, all_reduce, n: average(net, all_reduce, 2)),
        ("no_result", keep_the_result), ("partly", first_alone),
        ("other", lambda net, all_reduce, n: average(net, all_reduce, -n)),
        ("raised", lambda net, all_reduce, n: all_reduce(net.grad)),
    ],
    exercises.check_share: [
        ("right", lambda order, rank, processes: order[rank::processes]),
        ("right", cut),
        ("right", lambda order, rank, processes: order.tensor_split(processes)[rank].tolist()),
        ("everything", lambda order, rank, processes: order),
        ("same", lambda order, rank, processes: order[: len(order) // processes]),
        ("places", lambda order, rank, processes: list(range(rank, len(order), processes))),
        ("places", lambda order, rank, processes: range(rank, len(order), processes)),
        ("missing", drop),
        ("left_out", lambda order, rank, processes: order[rank + 1 :: processes]),
        ("left_out", lambda order, rank, processes: order.split(processes)[rank]),
        ("single", lambda order, rank, processes: order[rank]),
        ("single", lambda order, rank, processes: len(order[rank::processes])),
        ("by_value", lambda order, rank, processes: order[order % processes == rank]),
        ("fraction", cut_at_fractions),
        ("remainder", lambda order, rank, processes: order.view(processes, -1)[rank]),
        ("all_shares", lambda order, rank, processes: order.chunk(processes)),
        ("twice", fill_up),
        ("twice", lambda order, rank, processes: order[rank::2]),
        ("foreign", lambda order, rank, processes: order[rank::processes] * 2),
        ("uneven", rest_to_the_last),
        ("uneven", two_more_to_the_last),
    ],
    exercises.check_combined: [
        ("right", lambda g, n: sum(c * x for c, x in zip(n, g, strict=True)) / sum(n)),
        ("right", lambda g, n: torch.stack(g).movedim(0, -1) @ (torch.tensor(n) / sum(n))),
        ("changed", change),
        ("summed", lambda g, n: sum(g)),
        ("backward", lambda g, n: sum(c * x for c, x in zip(n[::-1], g, strict=True)) / sum(n)),
        ("shape", lambda g, n: sum(c * x for c, x in zip(n, g, strict=True)).sum() / sum(n)),
        ("last", lambda g, n: n[-1] * g[-1] / sum(n)),
        ("two", lambda g, n: (n[0] * g[0] + n[1] * g[1]) / sum(n)),
        ("two", unpack_two),
        ("fixed", lambda g, n: (48 * g[0] + 16 * g[1]) / 64),
        ("other", lambda g, n: sum(c * x for c, x in zip(n, g, strict=True)) / max(n)),
    ],
}  # fmt: skip
