"""The grad_fn chain as data: what chapter 4 teaches."""

import pytest
import torch
import torch.nn as nn

from lenet_course import Net, draw_graph, trace_graph
from lenet_course.graph import find_chain, walk_functions
from lenet_course.graph_lines import locate_nodes


@pytest.fixture
def traced():
    net = Net()
    loss = nn.MSELoss()(net(torch.randn(1, 1, 32, 32)), torch.randn(1, 10))
    return net, loss, trace_graph(loss, net)


def test_the_chain_leads_from_the_loss_to_conv1(traced):
    _, _, nodes = traced
    chain, node = [], nodes[0]
    while node.name != "AccumulateGrad":
        chain.append(node.name)
        step = {"AddmmBackward0": 1}.get(node.name, 0)  # Addmm: bias, input, weight
        if node.next[step] is None:
            break
        node = nodes[node.next[step]]
    wanted = """MseLoss Addmm Relu Addmm Relu Addmm View MaxPool2DWithIndices Relu Convolution
                MaxPool2DWithIndices Relu Convolution"""
    assert chain == [f"{name}Backward0" for name in wanted.split()]


def test_the_widely_copied_third_print_is_the_bias_and_relu_is_the_next_one(traced):
    net, loss, nodes = traced
    addmm = loss.grad_fn.next_functions[0][0]
    bias, relu = addmm.next_functions[0][0], addmm.next_functions[1][0]
    assert type(bias).__name__ == "AccumulateGrad"
    assert bias.variable is net.fc3.bias
    assert type(relu).__name__ == "ReluBackward0"
    assert [nodes[i].name for i in nodes[1].next] == [
        "AccumulateGrad",
        "ReluBackward0",
        "TBackward0",
    ]
    assert nodes[nodes[1].next[0]].parameter == "fc3.bias"


def test_every_parameter_collects_a_gradient_and_the_input_does_not(traced):
    net, _, nodes = traced
    collecting = [node.parameter for node in nodes if node.name == "AccumulateGrad"]
    assert sorted(collecting) == sorted(name for name, _ in net.named_parameters())
    assert nodes[23].name == "ConvolutionBackward0"
    assert nodes[23].next[0] is None  # conv1's input, the image


def test_without_a_net_the_parameters_have_no_names(traced):
    _, loss, nodes = traced
    nameless = trace_graph(loss)
    assert [node.name for node in nameless] == [node.name for node in nodes]
    assert {node.parameter for node in nameless} == {None}


def test_a_tensor_without_a_graph_is_refused():
    with pytest.raises(ValueError, match=r"grad_fn is None \(requires_grad=False\)"):
        trace_graph(torch.zeros(1))


def test_every_shape_is_that_of_the_value_and_stays_when_the_graph_is_freed(traced):
    net, loss, nodes = traced
    wanted = {name: tuple(value.shape) for name, value in net.named_parameters()}
    for node in nodes:
        if node.parameter:
            assert node.shape == wanted[node.parameter]
    arrived = {}
    functions, _ = walk_functions(loss.grad_fn)
    for node, function in zip(nodes, functions, strict=True):
        function.register_prehook(
            lambda gradients, index=node.index: arrived.update({index: tuple(gradients[0].shape)})
        )
    loss.backward()  # the gradient that arrives has the shape of what was put out
    assert arrived == {node.index: node.shape for node in nodes}
    assert trace_graph(loss, net) == nodes


def test_the_chain_goes_to_the_input_by_any_way():
    def name_chain(tensor):
        nodes = trace_graph(tensor)
        return [nodes[index].name.removesuffix("Backward0") for index in find_chain(nodes)]

    images = torch.randn(2, 3)
    mlp = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.ReLU(), nn.Linear(4, 1))
    assert name_chain(mlp(images).sum()) == ["Sum", "Addmm", "Relu", "Mul", "Addmm"]
    weight = torch.ones(3, requires_grad=True)
    assert name_chain((weight**2).sum()) == ["Sum", "Pow"]
    assert name_chain((weight.exp() + weight * images).sum()) == ["Sum", "Add", "Mul"]


def test_a_value_used_again_and_again_is_drawn_at_once():
    value = torch.rand(3, requires_grad=True)
    for _ in range(40):
        value = value * value  # 2^40 ways lead back
    draw_graph(trace_graph(value.sum()))


def test_many_branches_are_ranked_once_each():
    value = torch.ones(1, requires_grad=True)
    for _ in range(60):  # 2 to the 60 ways
        value = value + value * 2
    assert len(find_chain(trace_graph(value))) == 120


class Branching(nn.Module):
    """A forward with a helper, a branch, two calls without a graph, and Hangul before a call."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)
        self.norm, self.drop = nn.BatchNorm1d(4), nn.Dropout(0.5)

    def help(self, x):
        return self.drop(self.norm(x))

    def forward(self, images):
        print("forward", len(images))
        x = self.help(self.first(images))
        x = torch.cat([x, x], 1)[:, :4] + self.second(x)
        return ("끝", torch.tanh(x), x.view(x.size(0), -1))[1]


def locate(net, images, **named):
    loss = net(images, **named).square().mean()
    return loss, trace_graph(loss, net), locate_nodes(loss, net)


def read_call(found, index):
    return found.source[found.lines[index]][slice(*found.columns[index])]


@pytest.mark.parametrize("name", ["MSELoss", "CrossEntropyLoss"])
def test_each_node_has_the_line_and_the_call_that_made_it(name):
    net = Net()
    loss = getattr(nn, name)()(net(torch.randn(2, 1, 32, 32)), torch.rand(2, 10))
    nodes, found = trace_graph(loss, net), locate_nodes(loss, net)
    assert found.source[0] == "def forward(self, images):"
    assert (found.input_name, found.input_shape) == ("images", (2, 1, 32, 32))
    calls = {}
    for node in nodes:
        if found.lines[node.index] is None:
            assert node.name.startswith(("MseLoss", "Div", "Neg", "Sum", "Mul", "LogSoftmax"))
        else:
            calls.setdefault(read_call(found, node.index), []).append(node.parameter or node.name)
    assert calls["self.conv1(images)"] == ["ConvolutionBackward0", "conv1.weight", "conv1.bias"]
    assert calls["F.relu(self.conv2(x))"] == ["ReluBackward0"]
    assert calls["F.max_pool2d(F.relu(self.conv2(x)), 2)"] == ["MaxPool2DWithIndicesBackward0"]
    assert calls["torch.flatten(x, 1)"] == ["ViewBackward0"]
    assert calls["self.fc3(x)"] == ["AddmmBackward0", "fc3.bias", "TBackward0", "fc3.weight"]
    assert len(calls) == 12


def test_a_forward_of_the_reader_s_own_is_read_without_a_trace(capsys):
    torch.manual_seed(0)
    net = Branching()
    loss = net(torch.randn(3, 4)).square().mean()
    capsys.readouterr()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    random = torch.get_rng_state()
    nodes, found = trace_graph(loss, net), locate_nodes(loss, net)
    assert capsys.readouterr().out == ""
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())
    known = [node for node in nodes if found.lines[node.index] is not None]
    lines = {node.name: found.source[found.lines[node.index]].strip() for node in known}
    assert lines["NativeBatchNormBackward0"] == "x = self.help(self.first(images))"
    assert lines["CatBackward0"].startswith("x = torch.cat")
    assert lines["AddBackward0"] == lines["CatBackward0"]
    assert lines["TanhBackward0"].startswith("return")
    (norm,) = (node.index for node in nodes if node.name == "NativeBatchNormBackward0")
    assert read_call(found, norm) == "self.help(self.first(images))"
    (tanh,) = (node.index for node in nodes if node.name == "TanhBackward0")
    assert read_call(found, tanh) == "torch.tanh(x)"


def test_where_lines_cannot_be_known_there_are_none():
    class Two(Net):
        def forward(self, images, scale):
            return super().forward(images) * scale

    _, _, found = locate(Two(), torch.randn(1, 1, 32, 32), scale=2)
    assert found is None  # forward wants more than the graph has saved
    net = Net()
    loss, _, found = locate(net, torch.randn(1, 1, 32, 32))
    assert found is not None
    loss.backward()
    assert locate_nodes(loss, net) is None  # and has given back
    namespace = {"Net": Net}
    exec("class Typed(Net):\n    def forward(self, x):\n        return self.fc3(x)", namespace)
    _, _, found = locate(namespace["Typed"](), torch.randn(1, 84))
    assert found is None  # no source
    changed = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    loss = changed(torch.randn(1, 2)).sum()
    changed[1] = nn.Tanh()
    assert locate_nodes(loss, changed) is None  # another graph by now
