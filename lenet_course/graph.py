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
    """

    index: int
    name: str
    next: tuple[int | None, ...]
    parameter: str | None = None


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
    if tensor.grad_fn is None:
        raise ValueError(
            "expected a tensor that operations have made from parameters, got one whose grad_fn "
            f"is None (requires_grad={tensor.requires_grad})"
        )
    names = {id(parameter): name for name, parameter in net.named_parameters()} if net else {}
    functions, places = [tensor.grad_fn], {tensor.grad_fn: 0}
    nexts = []
    for function in functions:  # grows while it is walked
        for following, _ in function.next_functions:
            if following is not None and following not in places:
                places[following] = len(functions)
                functions.append(following)
        nexts.append(tuple(places.get(following) for following, _ in function.next_functions))
    return [
        GraphNode(
            index,
            type(function).__name__,
            nexts[index],
            names.get(id(getattr(function, "variable", None))),
        )
        for index, function in enumerate(functions)
    ]
