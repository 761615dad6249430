"""The chain rule: derivatives on a path, a weight used often, division, a backward with faults."""

from dataclasses import dataclass

import torch

from lenet_course.exercises.answers import read_number, read_numbers, read_scalar
from lenet_course.exercises.engine import SAME, Kind, agrees, exercise
from lenet_course.exercises.verdict import Hint

__all__ = [
    "check_division",
    "check_edge_derivatives",
    "check_kernel_slope",
    "check_repaired_backward",
]

SEVERAL = Kind(lambda found: found.numel() != 1, torch.zeros(3))


@dataclass(eq=False)
class Number:
    """A number as the chapter's own class has it."""

    value: float
    name: str = ""
    parents: tuple = ()
    local: tuple = ()
    grad: float = 0.0


@exercise(read=read_numbers, instead={"type": "five"})
def check_edge_derivatives():
    """Exercise 5.1: the local derivatives on a path of four operations, and their product."""
    w, x, b = 2, 3, -1
    u = r = w * x
    s = r + b
    square, slope = 2 * s, 2 * s * x
    return [
        ("right", (square, 1, 1, x, slope)), ("five", Kind(lambda found: len(found) != 5, (1, 2))),
        ("reversed", (x, 1, 1, square, slope)), ("reversed", (slope, x, 1, 1, square)),
        ("values", (s**2, s, r, u, ...)), ("upstream", (square, square, square, slope, ...)),
        ("added", (square, 1, 1, x, square + 1 + 1 + x)), ("product", (square, 1, 1, x, ...)),
        ("own_value", (square, 1, 1, w, ...)), ("relu", (square, 1, ..., x, ...)),
        ("adding", (square, ..., 1, x, ...)), ("square", (..., 1, 1, x, ...)),
    ]  # fmt: skip


def draw_positions():
    for many, w in ((6, 1.5), (4, -0.7), (5, 0.8), (3, -1.2), (3, 1e-7)):  # the last: at the kink
        x = torch.randn(many).abs() + 0.1
        x[1::2] *= -1  # as many paths open in every draw: 3, 2, 3 and 1, never 2 in all of them
        yield torch.tensor(w), x, torch.randn(()) + 3


@exercise(draw_positions, read=read_scalar, without=["grad"])
def check_kernel_slope(w, x, y):
    """Exercise 5.2: the slope for a weight that is used at every position."""
    product = w * x
    gate = (product > 0).float()
    total = product.clamp(min=0).sum()
    e = total - y
    paths = 2 * e * gate * x
    slope, open_paths = paths.sum(), paths[gate > 0]
    many = len(x)
    return [
        ("right", slope), ("sign", -slope), ("no_gate", 2 * e * x.sum()),
        ("no_relu", 2 * (product.sum() - y) * x.sum()), ("no_two", slope / 2),
        ("gate_of_x", 2 * e * x.clamp(min=0).sum()), ("own_value", 2 * e * gate.sum() * w),
        ("own_value", 2 * e * many * w), ("one_path", open_paths[0]), ("one_path", open_paths[-1]),
        ("one_path", paths[-1]), ("one_path", paths[0]), ("mean", slope / many),
        ("mean", open_paths.mean()), ("no_error", (gate * x).sum()),
        ("no_target", 2 * total * (gate * x).sum()), ("loss", e.square()),
        ("per_path", SEVERAL), ("constant", SAME),
    ]  # fmt: skip


def draw_pairs():
    for _ in range(3):
        a, b = (torch.rand(2, dtype=torch.float64) + 2).tolist()
        yield Number(a, "a"), Number(-b, "b")


def read_quotient(answer) -> tuple[float, float, float]:
    """Read a Number made of a and b: its value, its local derivatives for a and for b.

    Raises:
        Hint: "plain" (no Number), "parents" (not those two, or not as many derivatives).
    """
    if not all(hasattr(answer, name) for name in ("value", "parents", "local")):
        raise Hint("plain")
    try:
        names = [parent.name for parent in answer.parents]
        local = dict(zip(names, answer.local, strict=True))
    except (TypeError, ValueError, AttributeError):
        raise Hint("parents") from None
    if sorted(names) != ["a", "b"]:
        raise Hint("parents")
    return tuple(map(read_number, (answer.value, local["a"], local["b"])))


@exercise(
    draw_pairs,
    read=read_quotient,
    instead={"'Number'": "on_numbers", "type": "on_numbers"},
)
def check_division(first, second):
    """Exercise 5.3: a division that remembers what it was made from."""
    a, b = first.value, second.value
    for_a, for_b = 1 / b, -a / b**2

    def quotient(for_a, for_b, value=a / b) -> Kind:
        local = [123.5 if slope is ... else slope for slope in (for_a, for_b)]
        example = Number(value, "÷", (first, second), tuple(local))
        return Kind(lambda found: agrees(found, (value, for_a, for_b)), example)

    return [
        ("right", quotient(for_a, for_b)), ("swapped", quotient(for_b, for_a)),
        ("sign", quotient(for_a, -for_b)), ("as_product", quotient(b, a)),
        ("for_b", quotient(for_a, a)), ("no_square", quotient(for_a, -a / b)),
        ("no_square", quotient(for_a, a / b)), ("no_factor", quotient(for_a, -1 / b**2)),
        ("no_factor", quotient(for_a, 1 / b**2)), ("as_sum", quotient(1, 1)),
        ("as_sum", quotient(1, -1)), ("for_b", quotient(for_a, ...)),
        ("for_a", quotient(..., for_b)), ("other", quotient(..., ...)),
        ("value", Kind(lambda found: True, quotient(for_a, for_b, a * b).example)),
    ]  # fmt: skip


def make(value: float, *edges: tuple[Number, float]) -> Number:
    return Number(value, "", tuple(n for n, _ in edges), tuple(slope for _, slope in edges))


def draw_graphs():
    """Graphs in the order of making; in the last, no number is used twice."""
    for a, b, c in torch.rand(2, 3).add(1).tolist():
        first, second, third = map(Number, (a, b, c))
        product = make(a * b, (first, b), (second, a))
        total = make(a * b + c, (product, 1), (third, 1))
        joint = make(total.value * a * b, (total, a * b), (product, total.value))
        loss = make(joint.value**2, (joint, joint.value), (joint, joint.value))
        yield ([first, second, third, product, total, joint, loss],)
    square = make(9.0, (three := Number(3.0), 6.0))
    less = make(7.0, (square, 1), (two := Number(2.0), -1))
    yield ([three, square, two, less, make(49.0, (less, 14.0))],)


def sweep(numbers, step=-1, adds=True, start=1.0, pass_on=lambda grad, slope, _: grad * slope):
    """The gradients that a backward finds, right or wrong."""
    grads = dict.fromkeys(numbers, 0.0)
    grads[numbers[-1]] = start
    for number in numbers[::step]:
        for parent, slope in zip(number.parents, number.local, strict=True):
            passed = pass_on(grads[number], slope, number.value)
            grads[parent] = passed + (grads[parent] if adds else 0.0)
    return tuple(grads.values())


@exercise(draw_graphs, read=read_numbers)
def check_repaired_backward(numbers):
    """Exercise 5.4: gradients of a list of numbers, by a function that had two faults."""
    right = sweep(numbers)
    return [
        ("right", right), ("unchanged", sweep(numbers, 1, adds=False)),
        ("order", sweep(numbers, 1)), ("overwritten", sweep(numbers, adds=False)),
        ("backwards_list", right[::-1]),
        ("no_derivative", sweep(numbers, pass_on=lambda grad, slope, value: grad)),
        ("no_upstream", sweep(numbers, pass_on=lambda grad, slope, value: slope)),
        ("forward_value", sweep(numbers, pass_on=lambda grad, slope, value: value * slope)),
        ("not_started", sweep(numbers, start=0.0)),
        ("loss_value", sweep(numbers, start=numbers[-1].value)),
        ("count", Kind(lambda found: len(found) != len(numbers), (1.0, 2.0))),
    ]  # fmt: skip
