"""Which line of forward made which node of the graph.

Autograd does not keep it, so forward runs once more on the input that the graph has saved, and
every operation is asked from which line it was called. Nothing of the network changes.
"""

import ast
import inspect
import sys
import textwrap
from contextlib import redirect_stdout
from dataclasses import dataclass

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from lenet_course.graph import find_chain, trace_graph, walk_functions


@dataclass(frozen=True)
class ForwardLines:
    """A network's forward, and where in it the nodes of a graph were made.

    source: the lines of forward.
    lines: for each node the index of its line; None for a node of another function.
    columns: for each node the first and the last column + 1 of its call; None where unknown.
    input_name: the argument that forward takes, such as "images".
    input_shape: the shape of what the graph starts from.
    """

    source: list[str]
    lines: list[int | None]
    columns: list[tuple[int, int] | None]
    input_name: str
    input_shape: tuple[int, ...]


class _Recorder(TorchFunctionMode):
    """Notes, for every new grad_fn, the line and the instruction of `code` that asked for it."""

    def __init__(self, code):
        super().__init__()
        self.code = code
        self.calls = {}  # grad_fn → (line number, instruction)
        self.instructions = {}  # line number → instructions

    def __torch_function__(self, function, types, args=(), kwargs=None):
        results = function(*args, **(kwargs or {}))
        frame = sys._getframe()
        while frame is not None and frame.f_code is not self.code:
            frame = frame.f_back
        if frame is None or function.__name__ == "__get__":  # reads an attribute: no call
            return results
        self.instructions.setdefault(frame.f_lineno, set()).add(frame.f_lasti)
        for result in results if isinstance(results, (tuple, list)) else [results]:
            if isinstance(result, torch.Tensor) and result.grad_fn is not None:
                for made in walk_functions(result.grad_fn)[0]:
                    self.calls.setdefault(made, (frame.f_lineno, frame.f_lasti))
        return results


def locate_nodes(loss: torch.Tensor, net: nn.Module) -> ForwardLines | None:
    """Find the line of `net.forward` behind each node of `trace_graph(loss, net)`.

    Args:
        loss: what a loss function made of the network's output.
        net: the network. Its forward must have a source and take one tensor.

    Returns:
        The lines, or None where they cannot be known: no source, a graph that backward has freed
        (it keeps no input), or a forward that would make another graph now.
    """
    images = _find_input(loss)
    forward = inspect.unwrap(net.forward)
    try:
        source, first = inspect.getsourcelines(forward)
        code = forward.__code__
        name = next(name for name in inspect.signature(forward).parameters if name != "self")
    except (OSError, TypeError, ValueError, AttributeError, StopIteration):
        return None
    if images is None:
        return None
    recorder = _Recorder(code)
    buffers = {name: buffer.clone() for name, buffer in net.named_buffers()}
    devices = [images.device] if images.is_cuda else []
    try:
        # silent, and with the state of random numbers and running means left as it is
        with redirect_stdout(None), torch.random.fork_rng(devices), torch.enable_grad(), recorder:
            again = torch.func.functional_call(net, buffers, (images,))
    except Exception:  # what a forward of the reader's own raises, only it knows
        return None
    calls = _match_calls(loss, again, recorder.calls)
    if calls is None:
        return None
    source = textwrap.dedent("".join(source)).splitlines()
    columns = _find_columns(source, first, recorder.instructions)
    return ForwardLines(
        source,
        [call and call[0] - first for call in calls],
        [columns.get(call) for call in calls],
        name,
        tuple(images.shape),
    )


def _find_input(loss: torch.Tensor) -> torch.Tensor | None:
    """Read what the last function of the chain has saved of the network's input."""
    last = walk_functions(loss.grad_fn)[0][find_chain(trace_graph(loss))[-1]]
    for name in ("_saved_input", "_saved_mat1", "_saved_self"):
        try:
            saved = getattr(last, name, None)
        except RuntimeError:  # backward has freed it
            return None
        if isinstance(saved, torch.Tensor):
            return saved.detach()
    return None


def _match_calls(loss, again, calls) -> list | None:
    """Carry what was noted for the second run's functions over to those of the loss."""
    if not isinstance(again, torch.Tensor) or again.grad_fn is None:
        return None
    fresh, wanted = _describe(again.grad_fn)
    functions, _ = walk_functions(loss.grad_fn)
    for function in functions:
        found, description = _describe(function)
        if description == wanted:
            noted = dict(zip(found, (calls.get(made) for made in fresh), strict=True))
            return [noted.get(function) for function in functions]
    return None


def _describe(function) -> tuple[list, list]:
    functions, nexts = walk_functions(function)
    names = [type(each).__name__ for each in functions]
    leaves = [id(getattr(each, "variable", None)) for each in functions]
    return functions, list(zip(names, nexts, leaves, strict=True))


def _find_columns(source, first, instructions) -> dict[tuple[int, int], tuple[int, int]]:
    """(line number, instruction) → columns of the call, where a line's calls can be told apart.

    Calls end in the order in which they run. (Code objects know their columns too, but not in
    Python 3.10.)
    """
    calls = {}
    for node in ast.walk(ast.parse("\n".join(source))):
        if isinstance(node, ast.Call) and node.lineno == node.end_lineno:
            calls.setdefault(node.lineno - 1 + first, []).append(node)
    found = {}
    for line, places in instructions.items():
        nodes = sorted(calls.get(line, ()), key=lambda node: node.end_col_offset)
        if len(nodes) != len(places):
            continue
        text = source[line - first].encode()  # ast counts bytes
        for place, node in zip(sorted(places), nodes, strict=True):
            ends = (node.col_offset, node.end_col_offset)
            found[line, place] = tuple(len(text[:end].decode()) for end in ends)
    return found
