"""The formulas of the chapter on backpropagation layer by layer, each with what shows it."""

import itertools

import torch
import torch.nn.functional as F
from torch.func import grad, jacrev, vjp

random = torch.Generator().manual_seed(0)
z, h = (torch.randn(n, generator=random, dtype=torch.float64) for n in (10, 84))
weight = torch.randn(10, 84, generator=random, dtype=torch.float64)
label = torch.tensor(4)
t = F.one_hot(label, 10)


def measure_loss(logits: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits[None], label[None])


def agree(*values) -> bool:
    """Whether all values are the same to nine digits."""
    first, *others = (torch.as_tensor(value, dtype=torch.float64) for value in values)
    return all(torch.allclose(first, other, rtol=1e-9) for other in others)


def input_slopes() -> bool:
    """A layer's input gets the sum over its outputs."""
    error = (weight @ h).softmax(0) - t
    sums = [(error * weight[:, j]).sum() for j in range(84)]
    return agree(grad(lambda h: measure_loss(weight @ h))(h), torch.stack(sums))


def weight_slopes() -> bool:
    error = (weight @ h).softmax(0) - t
    products = [[error[k] * h[j] for j in range(84)] for k in range(10)]
    return agree(grad(lambda w: measure_loss(w @ h))(weight), products)


def convolve(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return F.conv2d(x[None, None], w[None, None])[0, 0]


def convolution_slopes() -> dict[str, bool]:
    """The sums of the formulas for one kernel: y, and what is sent back to the kernel w."""
    x, w, upstream = (
        torch.randn(shape, generator=random, dtype=torch.float64)
        for shape in ((9, 8), (5, 5), (5, 4))
    )
    y, at_w = torch.zeros_like(upstream), torch.zeros_like(w)
    for a, b, i, j in itertools.product(range(5), range(5), range(5), range(4)):
        y[i, j] += w[a, b] * x[i + a, j + b]
        at_w[a, b] += upstream[i, j] * x[i + a, j + b]
    found, send_back = vjp(convolve, x, w)
    return {"y": agree(y, found), "w": agree(at_w, send_back(upstream)[1])}


def channel_slopes() -> dict[str, bool]:
    """The sums with images n, output channels k and input channels c: sent back to x and w."""
    x, w, upstream = (
        torch.randn(shape, generator=random, dtype=torch.float64)
        for shape in ((2, 3, 5, 4), (2, 3, 2, 2), (2, 2, 4, 3))
    )
    at_x, at_w = torch.zeros_like(x), torch.zeros_like(w)
    for n, k, c, a, b in itertools.product(*map(range, (2, 2, 3, 2, 2))):
        for i, j in itertools.product(range(4), range(3)):
            at_w[k, c, a, b] += upstream[n, k, i, j] * x[n, c, i + a, j + b]
        for row, column in itertools.product(range(5), range(4)):
            if 0 <= row - a < 4 and 0 <= column - b < 3:
                at_x[n, c, row, column] += upstream[n, k, row - a, column - b] * w[k, c, a, b]
    slopes = vjp(F.conv2d, x, w)[1](upstream)
    return {"x": agree(at_x, slopes[0]), "w": agree(at_w, slopes[1])}


def slopes_in_a_row() -> bool:
    """One row: x has three numbers, the kernel w two; g comes from upstream."""
    x, w, g = (torch.randn(n, generator=random, dtype=torch.float64) for n in (3, 2, 2))

    def slide(kernel: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
        return F.conv1d(row[None, None], kernel[None, None])[0, 0]

    found, send_back = vjp(lambda x: slide(w, x), x)
    (slopes,) = send_back(g)
    outputs = [w[0] * x[0] + w[1] * x[1], w[0] * x[1] + w[1] * x[2]]
    sums = [g[0] * w[0], g[0] * w[1] + g[1] * w[0], g[1] * w[1]]
    zeros = torch.zeros(1, dtype=torch.float64)
    flipped = slide(torch.stack([w[1], w[0]]), torch.cat([zeros, g, zeros]))
    return agree(found, outputs) and agree(slopes, sums, flipped)


def vector_times_jacobian() -> bool:
    """The sum over rows, against a backward pass from v."""
    v, table = torch.arange(10.0, dtype=torch.float64), jacrev(torch.sin)(z)
    (product,) = vjp(torch.sin, z)[1](v)
    return agree(product, torch.stack([(v * table[:, j]).sum() for j in range(10)]))


def differentiate(function, at: float) -> float:
    return grad(function)(torch.tensor(at, dtype=torch.float64)).item()


SUM = z.exp().sum()
LAYER_BY_LAYER = {
    "w h": lambda: agree(differentiate(lambda w: w * 0.3, 0.7), 0.3),
    r"L = -\ln \frac{e^{z_y}}{\sum_i e^{z_i}} = \ln \sum_i e^{z_i} - z_y": lambda: agree(
        measure_loss(z), -(z[label].exp() / SUM).log(), SUM.log() - z[label]
    ),
    r"u = \sum_i e^{z_i}": lambda: agree(grad(lambda z: z.exp().sum())(z), z.exp()),
    "e^{z_k}": lambda: agree(grad(lambda z: z.exp().sum())(z), z.exp()),
    r"\ln u": lambda: agree(differentiate(torch.log, 0.3), 1 / 0.3),
    "1/u": lambda: agree(differentiate(torch.log, 0.3), 1 / 0.3),
    r"\frac{1}{u} \cdot e^{z_k} = \frac{e^{z_k}}{\sum_i e^{z_i}} = p_k": lambda: agree(
        z.exp() / SUM, z.softmax(0), grad(lambda z: z.exp().sum().log())(z)
    ),
    "-z_y": lambda: agree(grad(lambda z: -z[label])(z), -t),
    r"\frac{\partial L}{\partial w_{kj}} = \frac{\partial L}{\partial z_k}\, h_j": weight_slopes,
    r"\frac{\partial L}{\partial h_j} = \sum_k \frac{\partial L}{\partial z_k}\, w_{kj}":
        input_slopes,
    r"y_{ij} = \sum_{a,b} w_{ab}\, x_{i+a,\,j+b} + \beta": lambda: convolution_slopes()["y"],
    r"x_{i+a,\,j+b}": lambda: convolution_slopes()["w"],
    r"\frac{\partial L}{\partial w_{ab}} = \sum_{i,j} \frac{\partial L}{\partial y_{ij}}\, "
    r"x_{i+a,\,j+b}": lambda: convolution_slopes()["w"],
    r"w_{k,c,a,b}": lambda: all(channel_slopes().values()),
    r"\frac{\partial L}{\partial w_{k,c,a,b}} = \sum_n \sum_{i,j} \frac{\partial L}"
    r"{\partial y_{n,k,i,j}}\, x_{n,c,\,i+a,\,j+b}": lambda: channel_slopes()["w"],
    "r-a": lambda: channel_slopes()["x"],
    "s-b": lambda: channel_slopes()["x"],
    r"\frac{\partial L}{\partial x_{n,c,r,s}} = \sum_k \sum_{a,b} \frac{\partial L}"
    r"{\partial y_{n,k,\,r-a,\,s-b}}\, w_{k,c,a,b}": lambda: channel_slopes()["x"],
    **dict.fromkeys(
        (
            "x_0, x_1, x_2", "(w_0, w_1)", "x_1", "g_0", "g_1", "(w_1, w_0)", "(0, g_0, g_1, 0)",
            r"y_0 = w_0 x_0 + w_1 x_1 \quad y_1 = w_0 x_1 + w_1 x_2",
            r"g_0 w_0 \quad g_0 w_1 + g_1 w_0 \quad g_1 w_1",
        ),
        slopes_in_a_row,
    ),
    r"(vJ)_j = \sum_i v_i\, \frac{\partial y_i}{\partial x_j}": vector_times_jacobian,
    "n - 1": lambda: len(z[:-1] * z[1:]) == len(z) - 1,
    "y_i = x_i x_{i+1}": lambda: agree(z[:-1] * z[1:], [z[i] * z[i + 1] for i in range(9)]),
}  # fmt: skip
