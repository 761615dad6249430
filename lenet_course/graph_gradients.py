"""The gradient that arrives at each node of a graph, as backward would bring it."""

import torch

from lenet_course.graph import walk_functions


def compute_gradients(loss: torch.Tensor) -> list[torch.Tensor | None]:
    """Compute what arrives at each node of `trace_graph(loss)`; no `.grad` changes, no graph goes.

    Args:
        loss: one number, made by operations.

    Returns:
        For each node a tensor of its shape, or None where nothing arrives. All are None where
        backward would fail: on a graph that it has freed, for one.
    """
    functions, _ = walk_functions(loss.grad_fn)
    found = [None] * len(functions)

    def note(index):
        def take(gradients):
            found[index] = gradients[0]

        return take

    # `grad` hands an end its gradient without running the end's function
    ends = [n for n, function in enumerate(functions) if hasattr(function, "variable")]
    hooks = [function.register_prehook(note(n)) for n, function in enumerate(functions)]
    try:
        variables = [functions[n].variable for n in ends]
        arrived = torch.autograd.grad(loss, variables, retain_graph=True, allow_unused=True)
    except Exception:  # freed, or changed since, or what a backward of the reader's own raises
        return [None] * len(functions)
    finally:
        for hook in hooks:
            hook.remove()
    for n, gradient in zip(ends, arrived, strict=True):
        found[n] = gradient
    return found
