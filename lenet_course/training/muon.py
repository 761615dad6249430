"""Muon: gradient descent whose every step of a weight matrix is made orthogonal first."""

from collections.abc import Iterable

import torch

from lenet_course.training.arguments import validate_settings


class Muon(torch.optim.Optimizer):
    """SGD with Nesterov momentum; what it subtracts from a weight matrix has no weak direction.

    The gradient of a matrix mostly points along a few directions. An orthogonal matrix is as
    strong in every direction, so that the rare ones learn as soon as the common ones. A kernel of
    shape (out, in, rows, columns) counts as a matrix (out, in · rows · columns); a bias takes the
    plain step.

    Args:
        parameters: of a network.
        lr: of every parameter; 0.02 or 0.025 suits mini-batches of 64 to 128.
        momentum: from 0 to below 1.
        weight_decay: the share, times lr, by which a step shrinks each parameter; 0.005, say.

    Raises:
        ValueError: a number that does not fit, with what was wanted.

    Source: K. Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024. There
    the first and last layers and the convolutions' first take other steps; here all take this one.
    """

    def __init__(self, parameters, lr: float, momentum: float = 0.9, weight_decay: float = 0.0):
        lr, weight_decay, momentum = validate_settings(
            learning_rate=lr, weight_decay=weight_decay, momentum=momentum
        )
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            parameters = [each for each in group["params"] if each.grad is not None]
            if not parameters:
                continue
            for each in parameters:
                if not self.state[each]:
                    self.state[each]["velocity"] = torch.zeros_like(each)
            gradients = [each.grad for each in parameters]
            velocities = [self.state[each]["velocity"] for each in parameters]
            torch._foreach_mul_(velocities, group["momentum"])
            torch._foreach_add_(velocities, gradients)
            updates = torch._foreach_add(gradients, velocities, alpha=group["momentum"])
            updates = even_out(updates)
            torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_add_(parameters, updates, alpha=-group["lr"])


def even_out(updates: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """Make each update of a weight orthogonal, a kernel as a matrix; those of biases stay."""
    return [
        make_orthogonal(each.flatten(1)).view(each.shape) if each.dim() > 1 else each
        for each in updates
    ]


def make_orthogonal(matrix: torch.Tensor, rounds: int = 5) -> torch.Tensor:
    """Bring the singular values of a matrix near 1 and keep its singular vectors.

    Args:
        matrix: float, shape (rows, columns), of any scale.
        rounds: after 5, singular values from 0.01 of the Frobenius norm up lie in 0.6 to 1.3.

    Returns:
        A matrix of the same shape.

    Source: Newton-Schulz iteration with the coefficients of Jordan et al., 2024.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(rounds):
        square = x @ x.T
        factor = torch.addmm(square, square, square, beta=b, alpha=c)  # b·square + c·square²
        x = torch.addmm(x, factor, x, beta=a)  # a·x + factor·x
    return x.T if tall else x
