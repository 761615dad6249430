"""What the chapter on backpropagation layer by layer claims, beside what its page prints."""

import torch
import torch.nn.functional as F
from torch.autograd.functional import jacobian

from lenet_course import Net
from lenet_course.exercises.layer_by_layer import MAP, UPSTREAM, check_chosen_v, check_routed

BLOCKED = 2.0  # arrives at a ReLU whose input was negative
WINDOW, ARRIVED = (5.0, 4.9, 1.0, 0.0), 3.0


def send_back(upstream: float, bias: float = -9.0) -> torch.Tensor:
    """The gradient of a layer's weights below a ReLU."""
    x, weight = torch.rand(1, 5), torch.rand(3, 5, requires_grad=True)
    below = torch.full((1, 3), upstream)
    return torch.autograd.grad(F.relu(x @ weight.T + bias), weight, below)[0]


def test_layers_a_blocked_output_gives_its_weights_no_gradient():
    assert (send_back(BLOCKED) == 0).all() and (send_back(BLOCKED, bias=9.0) > 0).all()


def test_layers_the_solution_of_the_routing_exercise_is_what_autograd_routes():
    x = MAP.clone().requires_grad_()
    F.max_pool2d(x[None], 2).backward(UPSTREAM[None])
    assert check_routed(x.grad).state == "right"


def test_layers_the_chosen_v_is_the_derivative_of_the_difference():
    out = torch.randn(1, 10, requires_grad=True)
    (out[0, 4] - out[0, 9]).backward()
    assert check_chosen_v(out.grad).state == "right"


def test_layers_the_jacobian_of_relu_is_diagonal_and_that_of_a_layer_its_weights():
    x, fc3 = torch.randn(84), Net().fc3
    assert torch.equal(jacobian(F.relu, x), torch.diag((x > 0).float()))
    assert torch.equal(jacobian(fc3, x), fc3.weight)


def test_layers_backward_refuses_a_v_of_another_shape():
    out = Net()(torch.zeros(64, 1, 32, 32))
    for shape in ((1, 10), (64,)):
        try:
            out.backward(torch.ones(shape), retain_graph=True)
        except RuntimeError:
            continue
        raise AssertionError(shape)


def test_layers_a_tie_gives_its_gradient_to_one_place():
    for value in (0.0, 3.0):
        window = torch.full((1, 2, 2), value, requires_grad=True)
        F.max_pool2d(window, 2).sum().backward()
        assert window.grad.flatten().tolist() == [1, 0, 0, 0]


def test_layers_writing_routes_what_windows_apart_receive_and_only_adding_where_they_overlap():
    for stride in (2, 1):
        x = torch.eye(16)[5].view(1, 4, 4).requires_grad_()  # the winner of each window over it
        pooled, winner = F.max_pool2d(x, 2, stride, return_indices=True)
        upstream = torch.rand_like(pooled)
        pooled.backward(upstream)
        places, zeros = winner.flatten(), torch.zeros(16)
        written = zeros.scatter(0, places, upstream.flatten())
        added = zeros.scatter_add(0, places, upstream.flatten())
        assert torch.allclose(added, x.grad.flatten())
        assert torch.allclose(written, x.grad.flatten()) == (stride == 2)
