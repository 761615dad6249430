"""The chapter on the chain rule."""

import torch

from lenet_course.exercises import chain_rule as exercises
from tests.exercises.judging import *  # noqa: F403


class Number:
    """A reader's own."""

    def __init__(self, value, name="", parents=(), local=()):
        self.value, self.name, self.parents, self.local = value, name, parents, local
        self.grad = 0.0


def path_by_path(w, x, y, gate=lambda w, x: w * x > 0, gather=sum):
    e = sum(max(0.0, (w * value).item()) for value in x) - y
    return gather([2 * e * value for value in x if gate(w, value)])


def slope_by_torch(w, x, y):
    w = w.clone().requires_grad_()
    return torch.autograd.grad(((w * x).relu().sum() - y) ** 2, w)[0]


def slope_by_backward(w, x, y):
    w = w.clone().requires_grad_()
    (((w * x).relu().sum() - y) ** 2).backward()
    return w.grad


def slope_by_formula(w, x, y):
    on = (w * x > 0).to(x.dtype)
    return 2 * ((on * w * x).sum() - y) * (on @ x)


def divided(for_a, for_b, value=lambda a, b: a / b, turned=False):
    def divide(a, b):
        pairs = [(a, for_a(a.value, b.value)), (b, for_b(a.value, b.value))]
        parents, local = zip(*pairs[:: -1 if turned else 1], strict=True)
        return Number(value(a.value, b.value), "÷", parents, local)

    return divide


def right_a(a, b):
    return 1 / b


def right_b(a, b):
    return -a / b**2


def divide_as_product(a, b):
    """By way of 1/b, which is a number of its own: its parents are no longer a and b."""
    inverse = Number(1 / b.value, "1/b", (b,), (-1 / b.value**2,))
    return Number(a.value * inverse.value, "×", (a, inverse), (inverse.value, a.value))


def gradients_by(order=reversed, gather=lambda old, new: old + new, start=1.0):
    def find(numbers):
        numbers[-1].grad = start
        for number in order(numbers):
            for parent, derivative in zip(number.parents, number.local, strict=True):
                parent.grad = gather(parent.grad, number.grad * derivative)
        return [number.grad for number in numbers]

    return find


def gradients_by_index(numbers):
    grads = [0.0] * len(numbers)
    grads[-1] = 1
    for at in range(len(numbers) - 1, -1, -1):
        for parent, slope in zip(numbers[at].parents, numbers[at].local, strict=True):
            grads[numbers.index(parent)] += grads[at] * slope
    return torch.tensor(grads)


def gradients_of_inputs(numbers):
    found = gradients_by()(numbers)
    return [grad for grad, number in zip(found, numbers, strict=True) if not number.parents]


CASES = {
    exercises.check_edge_derivatives: [
        ("right", [10, 1, 1, 3, 30]),
        ("right", torch.tensor([10.0, 1, 1, 3, 30])),
        ("right", (10, 1.0, True + 0, 3, 10 * 3)),
        ("five", [10, 1, 1, 3]),
        ("five", 30),
        ("reversed", [3, 1, 1, 10, 30]),
        ("values", [25, 5, 6, 6, 30]),
        ("upstream", [10, 10, 10, 30, 30]),
        ("square", [5, 1, 1, 3, 15]),
        ("square", [25, 1, 1, 3, 75]),
        ("relu", [10, 1, 6, 3, 180]),
        ("relu", [10, 1, 0, 3, 0]),
        ("adding", [10, 5, 1, 3, 150]),
        ("own_value", [10, 1, 1, 2, 20]),
        ("added", [10, 1, 1, 3, 15]),
        ("product", [10, 1, 1, 3, 31]),
        ("other", [1, 2, 3, 4, 5]),
    ],
    exercises.check_kernel_slope: [
        ("right", path_by_path),
        ("right", slope_by_formula),
        ("right", lambda w, x, y: slope_by_formula(w, x, y).item()),
        ("right", lambda w, x, y: slope_by_formula(w, x, y)[None]),
        ("shortcut", slope_by_torch),
        ("shortcut", slope_by_backward),
        ("no_gate", lambda w, x, y: path_by_path(w, x, y, gate=lambda w, x: True)),
        ("gate_of_x", lambda w, x, y: path_by_path(w, x, y, gate=lambda w, x: x > 0)),
        ("mean", lambda w, x, y: path_by_path(w, x, y, gather=lambda p: sum(p) / len(p))),
        ("one_path", lambda w, x, y: path_by_path(w, x, y, gather=lambda p: p[0])),
        ("no_relu", lambda w, x, y: 2 * ((w * x).sum() - y) * x.sum()),
        ("per_path", lambda w, x, y: 2 * ((w * x).relu().sum() - y) * (w * x > 0) * x),
        ("no_two", lambda w, x, y: slope_by_formula(w, x, y) / 2),
        ("sign", lambda w, x, y: -slope_by_formula(w, x, y)),
        ("constant", lambda w, x, y: 3.5),
        ("other", lambda w, x, y: slope_by_formula(w, x, y) + 7),
    ],
    exercises.check_division: [
        ("right", divided(right_a, right_b)),
        ("right", divided(right_a, right_b, turned=True)),
        ("right", divided(right_a, lambda a, b: torch.tensor(-a / b**2, dtype=torch.float64))),
        ("plain", lambda a, b: a.value / b.value),
        ("on_numbers", lambda a, b: a / b),
        ("on_numbers", lambda a, b: Number(a.value / b.value, "÷", (a, b), (1 / b, -a))),
        ("on_numbers", lambda a, b: Number(a.value / b.value, "÷", (a, b), (b, a))),
        ("parents", lambda a, b: Number(a.value / b.value, "÷", (a,), (1 / b.value,))),
        ("parents", lambda a, b: Number(a.value / b.value, "÷", (a, b), (1 / b.value,))),
        ("parents", lambda a, b: Number(a.value / b.value)),
        ("parents", divide_as_product),
        ("swapped", divided(right_b, right_a)),
        ("sign", divided(right_a, lambda a, b: a / b**2)),
        ("as_product", divided(lambda a, b: b, lambda a, b: a)),
        ("no_square", divided(right_a, lambda a, b: -a / b)),
        ("no_factor", divided(right_a, lambda a, b: -1 / b**2)),
        ("as_sum", divided(lambda a, b: 1, lambda a, b: -1)),
        ("for_a", divided(lambda a, b: b, right_b)),
        ("for_b", divided(right_a, lambda a, b: a)),
        ("for_b", divided(right_a, lambda a, b: 7.0)),
        ("value", divided(right_a, right_b, value=lambda a, b: b / a)),
        ("other", divided(lambda a, b: 7.0, lambda a, b: 9.0)),
    ],
    exercises.check_repaired_backward: [
        ("right", gradients_by()),
        ("right", gradients_by_index),
        ("unchanged", gradients_by(order=list, gather=lambda old, new: new)),
        ("order", gradients_by(order=list)),
        ("overwritten", gradients_by(gather=lambda old, new: new)),
        ("backwards_list", lambda numbers: gradients_by()(numbers)[::-1]),
        ("not_started", gradients_by(start=0.0)),
        ("count", gradients_of_inputs),
        ("other", lambda numbers: [1.0] * len(numbers)),
    ],
}
