"""The chain of grad_fn objects behind a tensor, as data."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class GraphNode:
    """One operation that autograd will run backwards.

    index: its place in the list, from 0.
    name: the class of the grad_fn, such as "AddmmBackward0".
    next: the indices of the nodes that receive its gradients, in PyTorch's order; None where an
        input needs no gradient.
    parameter: for an AccumulateGrad, the name of the parameter that collects the gradient.
    shape: of what the operation put out on the way forward, and so of the gradient that arrives;
        None where autograd does not say.
    """

    index: int
    name: str
    next: tuple[int | None, ...]
    parameter: str | None = None
    shape: tuple[int, ...] | None = None


def trace_graph(tensor: torch.Tensor, net: nn.Module | None = None) -> list[GraphNode]:
    """List the operations behind a tensor, from the last one back to the parameters.

    Args:
        tensor: the result of operations that autograd has recorded, such as a loss.
        net: gives the AccumulateGrad nodes the names of its parameters.

    Returns:
        The nodes, breadth first; the first is `tensor.grad_fn`.

    Raises:
        ValueError: a tensor without grad_fn.
    """
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"expected a tensor, got {tensor!r} of type {type(tensor).__name__}")
    if tensor.grad_fn is None:
        raise ValueError(
            "expected a tensor that operations have made from parameters, got one whose grad_fn "
            f"is None (requires_grad={tensor.requires_grad})"
        )
    names = {id(parameter): name for name, parameter in net.named_parameters()} if net else {}
    functions, nexts = walk_functions(tensor.grad_fn)
    return [
        GraphNode(
            index,
            type(function).__name__,
            nexts[index],
            names.get(id(getattr(function, "variable", None))),
            _read_shape(function),
        )
        for index, function in enumerate(functions)
    ]


def walk_functions(function) -> tuple[list, list[tuple[int | None, ...]]]:
    """List the grad_fn objects that lie behind one, breadth first, and where each leads.

    Returns:
        The objects, and for each the indices of its `next_functions`, None where there is none.
    """
    functions, places = [function], {function: 0}
    nexts = []
    for function in functions:  # grows while it is walked
        for following, _ in function.next_functions:
            if following is not None and following not in places:
                places[following] = len(functions)
                functions.append(following)
        nexts.append(tuple(places.get(following) for following, _ in function.next_functions))
    return functions, nexts


def find_chain(nodes: list[GraphNode]) -> list[int]:
    """Find the longest way from the first node to the network's input: the indices on it.

    The parameters hang beside the chain. Where no input is without gradient, the longest way
    towards a parameter is taken.

    Args:
        nodes: what `trace_graph` returns.
    """
    ranks = {}  # index → whether an input lies behind it, and how far the way goes
    pending = [0]
    while pending:
        index = pending[-1]
        ways = [way for way in nodes[index].next if way is not None]
        unranked = [way for way in ways if way not in ranks]
        if unranked:
            pending += unranked
            continue
        pending.pop()
        open_ended, length = max((ranks[way] for way in ways), default=(False, 0))
        ranks[index] = (open_ended or None in nodes[index].next, length + 1)
    chain = [0]
    while True:
        node = nodes[chain[-1]]
        ways = [way for way in node.next if way is not None]
        furthest = max(ways, key=ranks.get, default=None)
        if furthest is None or nodes[furthest].name == "AccumulateGrad":
            return chain
        if None in node.next and not ranks[furthest][0]:
            return chain
        chain.append(furthest)


def _read_shape(function) -> tuple[int, ...] | None:
    metadata = getattr(function, "_input_metadata", None)  # stays when backward frees the graph
    return tuple(metadata[0].shape) if metadata else None
