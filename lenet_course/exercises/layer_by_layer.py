"""Backpropagation layer by layer: routing, the v of backward, a product without its Jacobian."""

import itertools

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import read_numbers, read_tensor
from lenet_course.exercises.engine import Kind, exercise
from lenet_course.exercises.verdict import Hint

__all__ = ["check_chosen_v", "check_head_gradients", "check_routed", "check_vjp"]

MAP = torch.tensor([[1.0, 5, 2, 0], [3, 4, 6, 1], [2, 5, 0, 3], [7, 1, 8, 4]])
UPSTREAM = torch.tensor([[0.5, -1], [2, 3]])
GRADIENTS = ["grad"]  # torch's own backward pass


def spread(windows: torch.Tensor) -> torch.Tensor:
    """Write the number of each 2×2 window to all its places: (2, 2) → (4, 4)."""
    return windows.repeat_interleave(2, 0).repeat_interleave(2, 1)


@exercise()
def check_routed():
    """Exercise 6.1: what max pooling passes back to a map of 4×4."""
    windows, upstream = MAP.view(2, 2, 2, 2), spread(UPSTREAM)
    largest = MAP == spread(windows.amax((1, 3)))
    smallest = MAP == spread(windows.amin((1, 3)))
    corner = torch.tensor([[1, 0], [0, 0]]).repeat(2, 2)
    return [
        ("right", largest * upstream),
        ("shape", Kind(lambda found: found.shape != (4, 4), torch.zeros(2, 2))),
        ("copied", upstream), ("shared", upstream / 4), ("corner", corner * upstream),
        ("smallest", smallest * upstream), ("values", largest * MAP), ("ones", largest * 1.0),
        ("multiplied", largest * MAP * upstream), ("whole", (MAP == MAP.max()) * upstream),
        ("clipped", largest * upstream.relu()), ("exchanged", largest * upstream.T),
    ]  # fmt: skip


@exercise(read=read_numbers)
def check_chosen_v():
    """Exercise 6.2: the v that makes of backward(v) the gradient of one logit minus another."""
    four, nine = torch.eye(10)[[4, 9]]
    others = 1 - four
    wrong = [
        ("sign", nine - four), ("four_alone", four), ("nine_alone", -nine), ("nine_alone", nine),
        ("added", four + nine), ("numbers", 4 * four - 9 * nine), ("numbers", 4 * four + 9 * nine),
        ("shifted", (four - nine).roll(-1)), ("shifted", (four - nine).roll(1)),
        ("everyone", four - others), ("everyone", four - others / 9),
    ]  # fmt: skip
    return [
        ("right", tuple((four - nine).tolist())),
        ("ten", Kind(lambda found: len(found) != 10, (1, -1))),
        *[(key, tuple(value.tolist())) for key, value in wrong],
        ("scaled", Kind(is_multiple, (0, 0, 0, 0, 2, 0, 0, 0, 0, -2))),
    ]


def is_multiple(found: tuple) -> bool:
    """Whether ten numbers are those asked for, times one above 0."""
    rest = [number for place, number in enumerate(found) if place not in (4, 9)]
    return len(found) == 10 and found[4] == -found[9] > 0 and not any(rest)


def draw_products():
    for size in (6, 3, 9):
        yield torch.rand(size) + 0.5, torch.randn(size - 1) + 0.3


@exercise(draw_products, without=GRADIENTS)
def check_vjp(x, v):
    """Exercise 6.3: the vector–Jacobian product of x[:-1] * x[1:]."""

    def add(left, right, by=1):
        return F.pad(left, (0, 1)) + by * F.pad(right, (1, 0))

    left, right = v * x[1:], v * x[:-1]  # to the left and the right factor of each product
    return [
        ("right", add(left, right)),
        ("shape", Kind(lambda found: found.shape != x.shape, torch.zeros(1))),
        ("one_path", add(left, 0 * right)), ("one_path", add(0 * left, right)),
        ("overwritten", torch.cat([left[:1], right])),
        ("overwritten", torch.cat([left, right[-1:]])),
        ("own_value", add(right, left)), ("no_v", add(x[1:], x[:-1])),
        ("subtracted", add(left, right, -1)), ("subtracted", -add(left, right, -1)),
        ("averaged", add(left, right) / 2),
        ("wrong_v", add(v.roll(1) * x[1:], v.roll(-1) * x[:-1])),
        ("wrong_v", add(v.roll(-1) * x[1:], v.roll(1) * x[:-1])),
        ("outputs", add(v * x[1:] * x[:-1], v * x[1:] * x[:-1])), ("sign", -add(left, right)),
    ]  # fmt: skip


def draw_heads():
    for images, sizes in ((5, (7, 6, 4)), (3, (4, 8, 3))):
        inputs, hidden, outputs = sizes
        w2, w3 = torch.randn(hidden, inputs), torch.randn(outputs, hidden)
        x, b2 = torch.rand(images, inputs), torch.randn(hidden)
        yield w2, w3, x, x @ w2.T + b2, torch.randn(images, outputs)


def read_four(answer) -> tuple[torch.Tensor, ...]:
    if not isinstance(answer, (list, tuple)) or len(answer) != 4:
        raise Hint("four")
    return tuple(map(read_tensor, answer))


def send_back(w2, w3, x, z, upstream) -> tuple[torch.Tensor, ...]:
    """What backward leaves in .grad of w3, b3, w2 and b2."""
    b2, b3 = (z - x @ w2.T)[0], torch.zeros(len(w3))
    w3, b3, w2, b2 = parts = [part.clone().requires_grad_() for part in (w3, b3, w2, b2)]
    F.linear(F.linear(x, w2, b2).relu(), w3, b3).backward(upstream)
    return tuple(part.grad for part in parts)


@exercise(draw_heads, read=read_four, without=GRADIENTS)
def check_head_gradients(w2, w3, x, z, upstream):
    """Exercise 6.4: the gradients of w3, b3, w2 and b2 of F.relu(x @ w2.T + b2) @ w3.T + b3."""
    hidden, down, images = z.relu(), upstream @ w3, len(x)
    passed = down * (z > 0)
    a, b, c, d = right = send_back(w2, w3, x, z, upstream)
    last = a, b

    def second(changed):
        return *last, changed.T @ x, changed.sum(0)

    return [
        ("right", right),
        *[("order", order) for order in itertools.islice(itertools.permutations(right), 1, None)],
        ("transposed", (a.T, b, c.T, d)), ("transposed", (a.T, b, ..., ...)),
        ("transposed", (..., ..., c.T, d)), ("per_image", (a, upstream, c, passed)),
        ("per_image", (..., upstream, ..., ...)), ("per_image", (..., ..., ..., passed)),
        ("averaged", tuple(each / images for each in right)),
        ("averaged_bias", (a, b / images, c, d / images)),
        ("averaged_bias", (..., b / images, ..., ...)), ("averaged_bias", (a, b, c, d / images)),
        ("before_relu", (upstream.T @ z, b, ..., ...)), ("no_relu", second(down)),
        ("relu_of_gradient", second(down.relu())), ("times_value", second(down * hidden)),
        ("times_z", second(down * z)), ("opposite", second(down * (z <= 0))),
        ("second", (*last, ..., ...)), ("first", (..., ..., c, d)),
    ]  # fmt: skip
