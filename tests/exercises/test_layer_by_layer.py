"""Backpropagation layer by layer."""

import torch
import torch.nn.functional as F

from lenet_course.exercises import layer_by_layer as exercises
from lenet_course.exercises.layer_by_layer import MAP, UPSTREAM
from tests.exercises.judging import *  # noqa: F403


def route_by_loops():
    routed = [[0.0] * 4 for _ in range(4)]
    for row in range(2):
        for column in range(2):
            places = [(2 * row + r, 2 * column + c) for r in (0, 1) for c in (0, 1)]
            r, c = max(places, key=lambda place: MAP[place])
            routed[r][c] = UPSTREAM[row, column].item()
    return routed


def route_to_an_edge():
    """The winners of rows, not of windows."""
    routed = torch.zeros(4, 4)
    routed[torch.arange(4), MAP.argmax(1)] = UPSTREAM.flatten()
    return routed


def product_by_jacobian(x, v):
    table = torch.zeros(len(v), len(x))
    for i in range(len(v)):
        table[i, i], table[i, i + 1] = x[i + 1], x[i]
    return v @ table


def product_number_by_number(x, v):
    found = []
    for i in range(len(x)):
        right = v[i] * x[i + 1] if i < len(v) else 0.0
        left = v[i - 1] * x[i - 1] if i else 0.0
        found.append(float(right + left))
    return found


def product_by_autograd(x, v):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(x[:-1] * x[1:], x, v)[0]


def product_overwritten(x, v):
    gradient = torch.zeros_like(x)
    gradient[:-1] = v * x[1:]
    gradient[1:] = v * x[:-1]
    return gradient


def head_by_hand(mask=lambda z: z > 0, gather=lambda rows: rows.sum(0), last=F.relu):
    def backward(w2, w3, x, z, upstream):
        d_z = (upstream @ w3) * mask(z)
        return [upstream.T @ last(z), gather(upstream), d_z.T @ x, gather(d_z)]

    return backward


def head_by_outer_products(w2, w3, x, z, upstream):
    found = [torch.zeros_like(w3), torch.zeros(len(w3)), torch.zeros_like(w2), torch.zeros(len(w2))]
    for image in range(len(x)):
        down = (w3.T @ upstream[image]) * (z[image] > 0).float()
        found[0] += torch.outer(upstream[image], z[image].clamp(min=0))
        found[1] += upstream[image]
        found[2] += torch.outer(down, x[image])
        found[3] += down
    return tuple(found)


def head_by_autograd(w2, w3, x, z, upstream):
    w2, w3 = w2.clone().requires_grad_(), w3.clone().requires_grad_()
    b2 = (z - x @ w2.T).detach().requires_grad_()
    b3 = torch.zeros(upstream.shape, requires_grad=True)
    out = F.relu(x @ w2.T + b2) @ w3.T + b3
    found = torch.autograd.grad(out, [w3, b3, w2, b2], upstream)
    return [found[0], found[1].sum(0), found[2], found[3].sum(0)]


def head_with_columns(w2, w3, x, z, upstream):
    w3_, b3, w2_, b2 = head_by_hand()(w2, w3, x, z, upstream)
    return [w3_.T, b3, w2_.T, b2]


def head_of_hidden(w2, w3, x, z, upstream):
    """x in place of the hidden values: the shapes do not fit."""
    return [upstream.T @ x, upstream.sum(0), z.T @ x, z.sum(0)]


CASES = {
    exercises.check_routed: [
        ("right", route_by_loops()),
        ("right", torch.tensor(route_by_loops())),
        ("copied", [[0.5, 0.5, -1, -1], [0.5, 0.5, -1, -1], [2, 2, 3, 3], [2, 2, 3, 3]]),
        ("shape", [0.5, -1.0, 2.0, 3.0]),
        ("shape", UPSTREAM),
        ("values", [[0, 5, 0, 0], [0, 0, 6, 0], [0, 0, 0, 0], [7, 0, 8, 0]]),
        ("whole", [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 3, 0]]),
        ("other", route_to_an_edge()),
        ("other", torch.zeros(4, 4)),
    ],
    exercises.check_chosen_v: [
        ("right", [0, 0, 0, 0, 1, 0, 0, 0, 0, -1]),
        ("right", torch.tensor([[0.0, 0, 0, 0, 1, 0, 0, 0, 0, -1]])),
        ("ten", [1, -1]),
        ("ten", 1),
        ("numbers", [0, 0, 0, 0, 4, 0, 0, 0, 0, -9]),
        ("shifted", [0, 0, 0, 1, 0, 0, 0, 0, -1, 0]),
        ("scaled", [0, 0, 0, 0, 0.5, 0, 0, 0, 0, -0.5]),
        ("everyone", [-1, -1, -1, -1, 1, -1, -1, -1, -1, -1]),
        ("other", [0.1] * 10),
        ("other", [0] * 10),
    ],
    exercises.check_vjp: [
        ("right", product_by_jacobian),
        ("right", product_number_by_number),
        ("right", lambda x, v: F.pad(v * x[1:], (0, 1)) + F.pad(v * x[:-1], (1, 0))),
        ("overwritten", product_overwritten),
        ("one_path", lambda x, v: F.pad(v * x[1:], (0, 1))),
        ("shape", lambda x, v: v * x[1:] + v * x[:-1]),
        ("shape", lambda x, v: (v * x[1:] * x[:-1]).sum()),
        ("no_v", lambda x, v: product_number_by_number(x, torch.ones_like(v))),
        ("outputs", lambda x, v: product_number_by_number(torch.ones_like(x), v * x[1:] * x[:-1])),
        ("other", lambda x, v: x),
        ("shortcut", product_by_autograd),
        ("raised", lambda x, v: v * x),
        ("changed", lambda x, v: x.zero_()),
    ],
    exercises.check_head_gradients: [
        ("right", head_by_hand()),
        ("right", head_by_hand(mask=lambda z: torch.where(z > 0, 1.0, 0.0))),
        ("right", head_by_outer_products),
        ("right", lambda *given: [each.tolist() for each in head_by_hand()(*given)]),
        ("no_relu", head_by_hand(mask=torch.ones_like)),
        ("times_value", head_by_hand(mask=F.relu)),
        ("times_z", head_by_hand(mask=lambda z: z)),
        ("opposite", head_by_hand(mask=lambda z: z < 0)),
        ("per_image", head_by_hand(gather=lambda rows: rows)),
        ("averaged_bias", head_by_hand(gather=lambda rows: rows.mean(0))),
        ("before_relu", head_by_hand(last=lambda z: z)),
        ("before_relu", head_by_hand(last=lambda z: z, mask=torch.ones_like)),
        ("transposed", head_with_columns),
        ("order", lambda *given: head_by_hand()(*given)[::-1]),
        ("four", lambda *given: head_by_hand()(*given)[:3]),
        ("four", lambda *given: head_by_hand()(*given)[0]),
        ("second", lambda *given: [*head_by_hand()(*given)[:2], 0.0, 0.0]),
        ("first", lambda *given: [0.0, 0.0, *head_by_hand()(*given)[2:]]),
        ("other", head_of_hidden),
        ("shortcut", head_by_autograd),
        ("raised", lambda w2, w3, x, z, upstream: w2 @ w3),
        ("changed", lambda w2, w3, x, z, upstream: z.relu_()),
    ],
}
