"""GraphExplorer: walk the graph behind a loss, from `grad_fn` to the network's input."""

import torch
import traitlets
from matplotlib.figure import Figure

from lenet_course.figures import draw_graph
from lenet_course.graph import find_chain, trace_graph
from lenet_course.graph_gradients import compute_gradients
from lenet_course.graph_lines import locate_nodes
from lenet_course.widgets.arguments import validate_range
from lenet_course.widgets.base import CourseWidget, Int

MOST_NODES = 200  # Net's graph has 26 or 27
MOST_VALUES = 5000  # of a gradient that is drawn: conv1's maps have 4,704


def _validate_loss(loss, net) -> None:
    if not isinstance(loss, torch.Tensor):
        raise ValueError(f"expected a loss, got {loss!r} of type {type(loss).__name__}")
    if loss.numel() != 1:
        raise ValueError(
            f"expected a loss, one number, got a tensor of shape {tuple(loss.shape)}; "
            "its mean() or sum() is one"
        )
    if loss.grad_fn is None:
        raise ValueError(
            f"expected a loss that operations have made from parameters, got {loss.item():.4g}, "
            f"whose grad_fn is None (requires_grad={loss.requires_grad})"
        )
    if net is not None and not isinstance(net, torch.nn.Module):
        raise ValueError(f"expected a Net, got {net!r} of type {type(net).__name__}")


class GraphExplorer(CourseWidget):
    """Walk the graph that autograd keeps behind a loss, node by node, beside the code of forward.

    At each node stands a picture of the gradient that arrives there, if that has at most 5,000
    values. A graph that `backward` has freed can still be walked; it has no gradients any more, and
    no longer tells which line made which node.

    Args:
        loss: what a loss function made of the network's output; one number.
        net: the network that the loss came from: names the parameters and shows its forward.
        chosen: the node shown first, an index into `nodes`.

    Attributes:
        nodes: the nodes of `trace_graph(loss, net)` as dicts, and after them the input. `limit` is
            the largest absolute value of the gradient, where that is drawn.
        gradients: those that are drawn, in the nodes' order: a signed byte a value, 127 for the
            limit. What is not 0 stays so.
        chosen: the node shown. Can be set.

    Raises:
        ValueError: a loss without grad_fn, or of several numbers; a net that the loss did not
            come from; a graph of more than 200 nodes.
        IndexError: an index outside 0 .. len(nodes) - 1.
    """

    _name = "graph"

    nodes = traitlets.List(traitlets.Dict()).tag(sync=True)
    chain = traitlets.List(traitlets.Int()).tag(sync=True)
    source = traitlets.List(traitlets.Unicode()).tag(sync=True)
    gradients = traitlets.Bytes().tag(sync=True)
    chosen = Int().tag(sync=True)

    def __init__(self, loss: torch.Tensor, net: torch.nn.Module | None = None, chosen: int = 0):
        _validate_loss(loss, net)
        graph = trace_graph(loss, net)
        if len(graph) > MOST_NODES:
            raise ValueError(f"expected a graph of up to {MOST_NODES} nodes, got {len(graph):,}")
        if net is not None and not any(node.parameter for node in graph):
            raise ValueError(
                f"expected the network that the loss came from, got {type(net).__name__} with "
                "other parameters; was it made anew after the loss?"
            )
        self._graph = graph
        found = locate_nodes(loss, net) if net is not None else None
        chain = find_chain(graph)
        drawn = {n: value for n, value in enumerate(compute_gradients(loss)) if _is_drawn(value)}
        super().__init__(
            nodes=_describe(graph, chain, found, drawn),
            chain=chain,
            gradients=b"".join(map(_write_shares, drawn.values())),
            source=found.source if found else [],
            chosen=chosen,
        )

    @traitlets.validate("chosen")
    def _validate_chosen(self, proposal):
        return validate_range("a node", len(self.nodes), proposal["value"])

    def _draw_picture(self) -> tuple[Figure, str]:
        names = [self._graph[index].name for index in self.chain]
        ends = [node for node in self._graph if node.name == "AccumulateGrad"]
        alt = self.words["fallback"].format(
            first=names[0], last=names[-1], count=len(names), parameters=len(ends)
        )
        return draw_graph(self._graph), alt

    def _get_page_state(self) -> dict | None:
        """All of it: the page shows the graph that was recorded."""
        names = ("nodes", "chain", "source", "gradients", "chosen")
        return {name: getattr(self, name) for name in names}


def _is_drawn(gradient: torch.Tensor | None) -> bool:
    if gradient is None or gradient.is_sparse or not gradient.is_floating_point():
        return False
    return 0 < gradient.numel() <= MOST_VALUES and bool(gradient.isfinite().all())


def _find_limit(gradient: torch.Tensor) -> float:
    return gradient.abs().max().item()


def _write_shares(gradient: torch.Tensor) -> bytes:
    shares = 127 * gradient.cpu() / (_find_limit(gradient) or 1)
    away = shares.sign() * shares.abs().clamp(min=1)  # a small value is no 0
    return away.round().to(torch.int8).numpy().tobytes()


def _describe(graph, chain, found, drawn) -> list[dict]:
    """The nodes as JSON, without what is unknown; the input, which has no node, comes last."""
    nodes = []
    for node in graph:
        each = {"name": node.name, "next": list(node.next), "shape": node.shape}
        each["parameter"] = node.parameter
        each["limit"] = _find_limit(drawn[node.index]) if node.index in drawn else None
        if found:
            each["line"] = found.lines[node.index]
            each["columns"] = found.columns[node.index]
        nodes.append(each)
    ways = nodes[chain[-1]]["next"]
    if None in ways:
        ways[ways.index(None)] = len(nodes)
        nodes.append({"name": found.input_name if found else "input", "next": [], "input": True})
        if found:
            heads = [number for number, line in enumerate(found.source) if "def " in line]
            nodes[-1] |= {"shape": found.input_shape, "line": heads[0] if heads else None}
    return [
        {key: list(value) if isinstance(value, tuple) else value for key, value in each.items()
         if value is not None}
        for each in nodes
    ]  # fmt: skip
