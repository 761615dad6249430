"""The formulas of the chapter on the chain rule, each with a computation that shows it."""

import math
import re

import torch

from book.course import list_slugs
from book.notebooks.sources import read_source
from lenet_course.exercises.chain_rule import check_kernel_slope

A, B, W, X, Y = 0.7, -1.3, 0.4, 2.1, 3.7


def find_slopes(function, *values: float) -> list[float]:
    """The derivatives of a function for each of its numbers, as autograd gives them."""
    given = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    return [grad.item() for grad in torch.autograd.grad(function(*given), given)]


def agree(found: list[float], *wanted: float) -> bool:
    return all(math.isclose(*pair, rel_tol=1e-9) for pair in zip(found, wanted, strict=True))


def measure(function, at: float, eps: float) -> tuple[float, float]:
    """A slope, measured to one side and to both."""
    central = (function(at + eps) - function(at - eps)) / (2 * eps)
    return (function(at + eps) - function(at)) / eps, central


def neuron(w, x, b, y):
    return (w * x + b - y) ** 2


def product_of_the_chain() -> float:
    u = torch.tensor(W * X, dtype=torch.float64, requires_grad=True)
    s = u + B
    e = s - Y
    loss = e**2
    steps = [(loss, e), (e, s), (s, u)]
    return math.prod(torch.autograd.grad(*step, retain_graph=True)[0].item() for step in steps) * X


def paths_add_up() -> bool:
    e = W * A + W * B - Y
    (slope, *_) = find_slopes(lambda w: (w * A + w * B - Y) ** 2, W)
    return agree([slope], 2 * e * 1 * 1 * A + 2 * e * 1 * 1 * B)


def kernel_slope_is_that_of_the_formula() -> bool:
    w, x, y = torch.tensor(W), torch.tensor([X, B, A]), torch.tensor(Y)
    wanted = find_slopes(lambda v: ((v * x.double()).clamp(min=0).sum() - Y) ** 2, W)
    return abs(dict(check_kernel_slope.table(w, x, y)[:1])["right"].item() - wanted[0]) < 1e-5


def error_of(eps: float) -> tuple[float, float]:
    one, both = measure(math.exp, 0.0, eps)
    return abs(one - 1), abs(both - 1)


def is_used_where_gradients_are_checked() -> bool:
    """It is a good choice, and the one of the chapters' own checks."""
    texts = [cell["text"] for slug in list_slugs() for cell in read_source(slug)]
    used = [text for text in texts if re.search(r"eps ?= ?1e-6", text)]
    return bool(used) and error_of(1e-6)[1] < min(error_of(1e-2)[1], error_of(1e-12)[1])


CHAIN = (
    r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial e}"
    r" \cdot \frac{\partial e}{\partial s}"
    r" \cdot \frac{\partial s}{\partial u} \cdot \frac{\partial u}{\partial w}"
)
PATHS = r"\frac{\partial L}{\partial w} = \sum_{\text{%s}} \ \prod_{\text{%s}} \text{%s}"
TWO_WAYS = (
    r"\frac{L(\varepsilon) - L(0)}{\varepsilon} \qquad "
    r"\frac{L(\varepsilon) - L(-\varepsilon)}{2\varepsilon}"
)
CHAIN_RULE = {
    "a = 3": lambda: agree(find_slopes(lambda a: a**2, 3.0), 6),
    "a + b": lambda: agree(find_slopes(lambda a, b: a + b, A, B), 1, 1),
    "a - b": lambda: agree(find_slopes(lambda a, b: a - b, A, B), 1, -1),
    r"a \times b": lambda: agree(find_slopes(lambda a, b: a * b, A, B), B, A),
    "a^2": lambda: agree(find_slopes(lambda a: a**2, A), 2 * A),
    "2a": lambda: agree(find_slopes(lambda a: a**2, A), 2 * A),
    r"\max(0, a)": lambda: agree(find_slopes(torch.relu, A), 1),
    "a > 0": lambda: agree(find_slopes(torch.relu, A), 1),
    "a < 0": lambda: agree(find_slopes(torch.relu, B), 0),
    r"\ln a": lambda: agree(find_slopes(torch.log, A), 1 / A),
    "1/a": lambda: agree(find_slopes(torch.log, A), 1 / A),
    "wx + b": lambda: agree(find_slopes(lambda w, x, b: w * x + b, W, X, B), X, W, 1),
    "L = (wx + b - y)^2": lambda: agree(
        find_slopes(neuron, W, X, B, Y)[:1], 2 * (W * X + B - Y) * X
    ),
    r"u = w \times x": lambda: agree(find_slopes(lambda w: w * X, W), X),
    "s = u + b": lambda: agree(find_slopes(lambda u: u + B, A), 1),
    "e = s - y": lambda: agree(find_slopes(lambda s: s - Y, A), 1),
    "L = e^2": lambda: agree(find_slopes(lambda e: e**2, A), 2 * A),
    "2e": lambda: agree(find_slopes(lambda e: e**2, A), 2 * A),
    CHAIN: lambda: agree(find_slopes(neuron, W, X, B, Y)[:1], product_of_the_chain()),
    r"\frac{\partial L}{\partial w}": lambda: agree(
        find_slopes(lambda w: neuron(w, X, B, Y), W), 2 * (W * X + B - Y) * X
    ),
    r"\frac{\partial L}{\partial e}": lambda: agree(find_slopes(lambda e: e**2, A), 2 * A),
    "L = (w x_0 + w x_1 - y)^2": paths_add_up,
    "w x_0": lambda: agree(find_slopes(lambda w: w * A, W), A),
    "w x_1": lambda: agree(find_slopes(lambda w: w * B, W), B),
    "x_0": paths_add_up,
    "x_1": paths_add_up,
    PATHS % ("paths", "arrows", "local derivative"): paths_add_up,
    PATHS % ("경로", "화살표", "국소 미분"): paths_add_up,
    r"r_0 = \max(0, w x_0)": lambda: agree(find_slopes(lambda w: torch.relu(w * A), W), A),
    r"r_1 = \max(0, w x_1)": lambda: agree(find_slopes(lambda w: torch.relu(w * B), W), 0),
    "L = (r_0 + r_1 - y)^2": lambda: agree(
        find_slopes(lambda w: (torch.relu(w * A) + torch.relu(w * B) - Y) ** 2, W),
        2 * (W * A - Y) * A,
    ),
    r"p + \varepsilon": lambda: agree(find_slopes(lambda eps: A + eps, 0.0), 1),
    TWO_WAYS: lambda: max(error_of(1e-4)) < 1e-4,
    r"10^{-15}": lambda: error_of(1e-15)[0] > error_of(1e-8)[0],
    r"\varepsilon = 10^{-6}": is_used_where_gradients_are_checked,
    r"x_0, x_1, \dots": kernel_slope_is_that_of_the_formula,
    r"L = \Bigl(\sum_i \max(0, w x_i) - y\Bigr)^2": kernel_slope_is_that_of_the_formula,
    "1/b": lambda: agree(find_slopes(lambda a: a / B, A), 1 / B),
    "-1/b^2": lambda: agree(find_slopes(lambda b: 1 / b, B), -1 / B**2),
}
