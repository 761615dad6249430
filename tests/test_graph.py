"""The grad_fn chain as data: what chapter 4 teaches."""

import pytest
import torch
import torch.nn as nn

from lenet_course import Net, trace_graph


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
    assert chain == [
        "MseLossBackward0", "AddmmBackward0", "ReluBackward0", "AddmmBackward0", "ReluBackward0",
        "AddmmBackward0", "ViewBackward0", "MaxPool2DWithIndicesBackward0", "ReluBackward0",
        "ConvolutionBackward0", "MaxPool2DWithIndicesBackward0", "ReluBackward0",
        "ConvolutionBackward0",
    ]  # fmt: skip


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
