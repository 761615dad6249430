"""The formulas of the book, each with a computation that shows it.

A formula that is not here is a failure: an edited sign, index or number has no computation. A
symbol alone, `$w$`, says nothing and needs none.
"""

import math
import re

import torch
import torch.nn.functional as F

from lenet_course import Net
from tests.chapters import read_output
from tests.sentences.chain_rule_formulas import CHAIN_RULE
from tests.sentences.layer_formulas import LAYER_BY_LAYER

MATH = re.compile(r"\$\$(.*?)\$\$|\$([^$\n]+)\$", re.DOTALL)
LISTING = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
SYMBOL = re.compile(r"\\?[A-Za-z]+(?:_\{?[a-z]+\}?)?|2\\varepsilon|2w|5w|w\^2|e\^\{?[a-z5]\}?|N-1")

torch.manual_seed(0)
z, y, rate = torch.randn(10, dtype=torch.float64), 4, 0.25
w, x = torch.tensor(0.7), 0.3
h = torch.randn(84, dtype=torch.float64)


def close(*values) -> bool:
    """Whether all values are the same to nine digits."""
    return all(math.isclose(values[0], value, rel_tol=1e-9) for value in values)


def slope(function, at: float) -> float:
    """The derivative that autograd gives."""
    at = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    function(at).backward()
    return at.grad.item()


def bounds_hold() -> bool:
    layers = [layer for layer in Net().children()]
    roots = [1 / math.sqrt(layer.weight[0].numel()) for layer in layers]
    pairs = list(zip(layers, roots, strict=True))
    inside = all((layer.weight.abs() <= root).all() for layer, root in pairs)
    return inside and all(layer.weight.abs().max() > 0.9 * root for layer, root in pairs)


def conv_side(n: int, k: int, **given: int) -> int:
    return F.conv2d(torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k), **given).shape[-1]


def cross_entropy_slopes() -> torch.Tensor:
    logits = z.clone().requires_grad_()
    F.cross_entropy(logits[None], torch.tensor([y])).backward()
    return logits.grad


def descends() -> bool:
    """One step of SGD is the step of the rule, and the loss falls."""
    number = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([number], lr=rate)
    loss = (number - 3) ** 2
    loss.backward()
    ruled = number.item() - rate * number.grad.item()
    optimizer.step()
    return number.item() == ruled and (ruled - 3) ** 2 < loss.item()


def adam_moves() -> bool:
    """Adam's third step, with both means corrected for their beginning at 0."""
    number = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([number], lr=rate, eps=0)
    for gradient in (3.0, -1.0, 2.0):
        before, number.grad = number.item(), torch.full_like(number, gradient)
        optimizer.step()
    m = optimizer.state[number]["exp_avg"].item() / (1 - 0.9**3)
    v = optimizer.state[number]["exp_avg_sq"].item() / (1 - 0.999**3)
    return close(number.item(), before - rate * m / math.sqrt(v))


def spread_of_mistakes(n: int, p: float) -> float:
    """The standard deviation of how many of n digits are misread, from every number's chance."""
    chances = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    mean = sum(k * chance for k, chance in enumerate(chances))
    return math.sqrt(sum((k - mean) ** 2 * chance for k, chance in enumerate(chances)))


FORMULAS = {
    # chapter 1
    r"\lfloor (n + 2p - k)/s \rfloor + 1": lambda: conv_side(11, 4, padding=2, stride=3) == (
        (11 + 2 * 2 - 4) // 3 + 1
    ),
    "n - k + 1": lambda: conv_side(11, 4) == 11 - 4 + 1,
    "3(2x + 1) + 4 = 6x + 7": lambda: close(3 * (2 * x + 1) + 4, 6 * x + 7),
    # chapter 2
    r"-\frac{1}{\sqrt{n}} \le w \le \frac{1}{\sqrt{n}}": bounds_hold,
    "n = 25": lambda: Net().conv1.weight[0].numel() == 25,
    "n = 400": lambda: Net().fc1.weight[0].numel() == 400,
    # chapter 3
    r"p_i = \frac{e^{z_i}}{\sum_{j=0}^{9} e^{z_j}}": lambda: torch.allclose(
        z.exp() / sum(z[j].exp() for j in range(10)), z.softmax(0)
    ),
    "e^{z+5} = e^5 e^z": lambda: close(math.exp(x + 5), math.exp(5) * math.exp(x)),
    "e^{17.4}": lambda: close(
        math.exp(19.8) / math.exp(2.4), math.exp(17.4)
    ) and math.exp(17.4) > 30e6,
    # chapter 4
    r"L = -\ln p": lambda: close(
        -math.log(z.softmax(0)[y]), F.cross_entropy(z[None], torch.tensor([y])).item()
    ),
    "p = 1": lambda: -math.log(1) == 0,
    r"-\ln 0.11": lambda: f"{-math.log(0.11):.2f}" == "2.21",
    r"-\ln \frac{1}{10} = \ln 10": lambda: close(-math.log(1 / 10), math.log(10)),
    r"\ln 10": lambda: f"{math.log(10):.2f}" in read_output(
        "04_measure_the_loss", "untrained-loss"
    ),
    r"-\ln \frac{1}{100} = \ln 100": lambda: close(-math.log(1 / 100), math.log(100)),
    "1 - p": lambda: close(slope(lambda p: -torch.log(p.sigmoid()), x),
                           -(1 - torch.tensor(x, dtype=torch.float64).sigmoid().item())),
    "2(1-p)^2/10": lambda: close(
        2 * (1 - x) ** 2 / 10,
        F.mse_loss(torch.tensor([x, 1 - x, *[0] * 8], dtype=torch.float64),
                   torch.tensor([1, 0, *[0] * 8], dtype=torch.float64)).item(),
    ),
    r"-\ln \frac{e^1}{e^1 + 9 e^0} = \ln(e + 9) - 1": lambda: close(
        -math.log(math.e / (math.e + 9)), math.log(math.e + 9) - 1,
        F.cross_entropy(torch.eye(10, dtype=torch.float64)[:1], torch.tensor([0])).item(),
    ),
    r"\ln p_k = z_k - \ln \sum_i e^{z_i}": lambda: torch.allclose(
        z - z.exp().sum().log(), z.softmax(0).log()
    ),
    r"\ln p": lambda: torch.allclose(z.softmax(0).log(), z.log_softmax(0)),
    "e^{z_i}": lambda: torch.allclose(z.exp() / z.exp().sum(), z.softmax(0)),
    "e^{200}": lambda: torch.tensor(200.0).exp().isinf() and math.exp(200) < math.inf,
    # backpropagation layer by layer
    **LAYER_BY_LAYER,
    # backpropagation, and chapter 7
    r"z_k = \sum_j w_{kj} h_j + b_k": lambda: torch.allclose(
        torch.stack([(net.fc3.weight[k] * h.float()).sum() + net.fc3.bias[k] for k in range(10)]),
        net.fc3(h.float()), atol=1e-6,
    ),
    r"\frac{\partial L}{\partial z_k} = p_k - t_k": lambda: torch.allclose(
        cross_entropy_slopes(), z.softmax(0) - F.one_hot(torch.tensor(y), 10)
    ),
    "w = 3": lambda: slope(lambda v: (v - 3) ** 2, 3.0) == 0,
    # the chain rule: every formula of a graph on numbers of its own
    **CHAIN_RULE,
    # chapter 8
    "(w - 3)^2": lambda: slope(lambda v: (v - 3) ** 2, 0.0) == -6,
    "2(w - 3)": lambda: close(slope(lambda v: (v - 3) ** 2, x), 2 * (x - 3)),
    "w = 0": lambda: 2 * (0 - 3) == -6,
    r"w \leftarrow w - \mathrm{learning\_rate} \times \frac{\partial\, \mathrm{loss}}{\partial w}":
        descends,
    r"w \leftarrow w - \mathrm{learning\_rate} \times \frac{m}{\sqrt{v}}": adam_moves,
    r"0 - 0.25 \times (-6) = 1.5": lambda: close(0 - 0.25 * (-6), 1.5),
    r"1 + 0.9 + 0.9^2 + \dots": lambda: close(sum(0.9**n for n in range(1000)), 10),
    "1/(1 - 0.9) = 10": lambda: close(1 / (1 - 0.9), 10),
    "1/8": lambda: 0.5**3 == 1 / 8,
    "1/64": lambda: 0.5**6 == 1 / 64,
    # chapter 9
    "1/(1+e^{-x})": lambda: close(
        1 / (1 + math.exp(-x)), torch.tensor(x, dtype=torch.float64).sigmoid().item()
    ),
    "1/4": lambda: close(slope(torch.sigmoid, 0.0), 1 / 4) and all(
        slope(torch.sigmoid, at) < 1 / 4 for at in (-2.0, -0.1, 0.1, 2.0)
    ),
    # chapter 11
    r"\frac{2(N-1)}{N} \times 61706 \times 4": lambda: sum(
        p.numel() for p in Net().parameters()
    ) == 61706 and torch.float32.itemsize == 4,
    # chapter 12
    r"\text{images} \times \text{channels} \times \text{height} \times \text{width} \times 4\ "
    r"\text{bytes}": lambda: torch.zeros(2, 3, 4, 5).nbytes == 2 * 3 * 4 * 5 * 4,
    r"\text{장수} \times \text{채널} \times \text{높이} \times \text{너비} \times 4\ \text{바이트}":
        lambda: torch.zeros(2, 3, 4, 5).nbytes == 2 * 3 * 4 * 5 * 4,
    "e^{-200}": lambda: torch.tensor(-200.0).exp() == 0 < math.exp(-200),
    r"\ln 10 \approx 2.30": lambda: f"{math.log(10):.2f}" == "2.30",
    r"\ln(e + 9) - 1 \approx 1.46": lambda: f"{math.log(math.e + 9) - 1:.2f}" == "1.46",
    # chapter 13
    r"\sqrt{np(1-p)}": lambda: close(spread_of_mistakes(50, 0.1), math.sqrt(50 * 0.1 * (1 - 0.1))),
    r"\sqrt{np}": lambda: abs(spread_of_mistakes(200, 0.01) / math.sqrt(200 * 0.01) - 1) < 0.01,
}  # fmt: skip
net = Net()


def find_formulas(text: str) -> list[str]:
    """Find the formulas of a text, less those that are a symbol alone."""
    found = [(m[1] or m[2]).strip() for m in MATH.finditer(LISTING.sub("", text))]
    return [formula for formula in found if not SYMBOL.fullmatch(formula)]
