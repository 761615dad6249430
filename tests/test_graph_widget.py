"""GraphExplorer's traits, what it refuses, what it puts into the page."""

import json
from base64 import b64decode

import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net, set_language, trace_graph
from lenet_course.graph import walk_functions
from lenet_course.text import LANGUAGES, get_language
from lenet_course.widgets import GraphExplorer
from lenet_course.widgets.registry import get_words
from tests.test_widgets import read_tags


@pytest.fixture(autouse=True)
def restore_language():
    before = get_language()
    yield
    set_language(before)


@pytest.fixture
def net():
    return Net()


@pytest.fixture
def loss(net):
    return F.mse_loss(net(torch.randn(1, 1, 32, 32)), torch.zeros(1, 10))


def test_the_nodes_are_those_of_the_live_graph(net, loss):
    explorer = GraphExplorer(loss, net)
    graph = trace_graph(loss, net)
    assert [node["name"] for node in explorer.nodes] == [*(node.name for node in graph), "images"]
    for node, shown in zip(graph, explorer.nodes, strict=False):
        assert shown["shape"] == list(node.shape)
        assert shown.get("parameter") == node.parameter
        last = node.index == explorer.chain[-1]
        assert shown["next"] == ([len(graph), *node.next[1:]] if last else list(node.next))
    images = {"name": "images", "next": [], "input": True, "shape": [1, 1, 32, 32], "line": 0}
    assert explorer.nodes[-1] == images
    assert explorer.source[-1] == "    return self.fc3(x)"
    assert explorer.nodes[1]["line"] == len(explorer.source) - 1
    assert "line" not in explorer.nodes[0]  # MseLoss is not of forward


def test_another_net_and_loss_give_another_chain():
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    explorer = GraphExplorer(net(torch.randn(5, 4)).exp().sum(), net)
    names = [explorer.nodes[index]["name"] for index in explorer.chain]
    assert names == [f"{name}Backward0" for name in ("Sum", "Exp", "Addmm", "Tanh", "Addmm")]
    assert explorer.nodes[-1]["shape"] == [5, 4]
    assert {node.get("parameter") for node in explorer.nodes} >= {"0.weight", "2.bias"}


def test_without_a_net_there_is_no_code(loss):
    explorer = GraphExplorer(loss)
    assert explorer.source == []
    assert explorer.nodes[-1] == {"name": "input", "next": [], "input": True}
    assert not any("parameter" in node for node in explorer.nodes)


def test_a_freed_graph_keeps_nodes_and_shapes_and_loses_its_lines(net, loss):
    live = GraphExplorer(loss, net)
    loss.backward()
    freed = GraphExplorer(loss, net)
    keys = ("name", "shape", "parameter", "next")
    for before, after in zip(live.nodes[:-1], freed.nodes[:-1], strict=True):
        assert [before.get(key) for key in keys] == [after.get(key) for key in keys]
        assert "limit" not in after
    assert freed.chain == live.chain
    assert (freed.source, freed.gradients) == ([], b"")
    assert "shape" not in freed.nodes[-1]


def test_each_node_is_drawn_with_the_gradient_that_backward_brings_to_it(net, loss):
    explorer = GraphExplorer(loss, net)
    arrived = {}
    for index, function in enumerate(walk_functions(loss.grad_fn)[0]):
        function.register_prehook(
            lambda gradients, index=index: arrived.update({index: gradients[0]})
        )
    loss.backward()
    shares = torch.frombuffer(bytearray(explorer.gradients), dtype=torch.int8).float()
    nodes, start = explorer.nodes[:-1], 0
    for index, node in enumerate(nodes):
        gradient = arrived[index]
        assert ("limit" in node) == (gradient.numel() <= 5000), node
        if "limit" not in node:
            continue
        stop = start + gradient.numel()
        drawn = shares[start:stop].view_as(gradient)
        assert node["limit"] == pytest.approx(gradient.abs().max().item(), rel=1e-4)
        assert torch.allclose(drawn * node["limit"] / 127, gradient, atol=node["limit"] / 126)
        assert torch.equal(drawn == 0, gradient == 0)
        start = stop
    assert start == len(shares)


def test_the_explorer_changes_nothing_and_keeps_no_graph(net, loss):
    before = [parameter.clone() for parameter in net.parameters()]
    GraphExplorer(loss, net)
    for parameter, value in zip(net.parameters(), before, strict=True):
        assert parameter.grad is None
        assert torch.equal(parameter, value)
    loss.backward()  # still there
    assert net.conv1.bias.grad is not None


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda net: 2.3, r"expected a loss, got 2.3 of type float"),
        (lambda net: torch.tensor(2.3), r"got 2.3, whose grad_fn is None \(requires_grad=False\)"),
        (lambda net: net.conv1.weight.sum().detach(), r"whose grad_fn is None"),
        (lambda net: net(torch.zeros(1, 1, 32, 32)), r"one number, got a tensor of shape \(1, 10"),
        (lambda net: Net()(torch.zeros(1, 1, 32, 32)).sum(), r"got Net with other parameters"),
    ],
)
def test_what_is_no_loss_of_the_net_is_named(net, make, message):
    with pytest.raises(ValueError, match=message):
        GraphExplorer(make(net), net)


def test_other_wrong_input_is_named(net, loss):
    with pytest.raises(ValueError, match=r"expected a Net, got 'net' of type str"):
        GraphExplorer(loss, "net")
    long = loss
    for _ in range(200):
        long = long + 1
    with pytest.raises(ValueError, match=r"up to 200 nodes, got 226"):
        GraphExplorer(long, net)
    for index in (-1, 27):
        with pytest.raises(IndexError, match=f"expected a node from 0 to 26, got {index}"):
            GraphExplorer(loss, net, chosen=index)
    explorer = GraphExplorer(loss, net, chosen=26)
    with pytest.raises(IndexError, match="got 27"):
        explorer.chosen = 27


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_takes_the_recorded_graph(net, loss, monkeypatch, language):
    monkeypatch.setenv("LENET_BOOK", "1")
    set_language(language)
    explorer = GraphExplorer(loss, net, chosen=3)
    assert explorer.words == get_words("graph", language)
    html = explorer._repr_mimebundle_()["text/html"]
    (_, mount), (_, picture) = read_tags(html)
    assert (mount["data-widget"], mount["lang"]) == ("graph", language)
    state = json.loads(mount["data-state"])
    assert b64decode(state.pop("gradients")["base64"]) == explorer.gradients
    assert state == {name: getattr(explorer, name) for name in state}
    assert set(state) == {"nodes", "chain", "source", "chosen"}
    assert "MseLossBackward0" in picture["alt"] and "13" in picture["alt"]
    assert ("입니다" in picture["alt"] or "있습니다" in picture["alt"]) == (language == "ko")


def test_a_notebook_takes_the_widget(net, loss, monkeypatch):
    monkeypatch.delenv("LENET_BOOK", raising=False)
    data, _ = GraphExplorer(loss, net)._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
