"""Optimizers: torch.optim. The formulas are those of PyTorch's documentation."""

import torch
from torch._call import missing, refuse
from torch.optim import lr_scheduler
from torch.optim.optimizer import Optimizer


def _require_positive(*settings):
    for name, value in settings:
        if value < 0:
            raise ValueError(f"Invalid {name}: {value}")


class SGD(Optimizer):
    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *,
        maximize=False, foreach=None, differentiable=False, fused=None,
    ):  # fmt: skip
        refuse("SGD", differentiable=differentiable)
        _require_positive(("learning rate", lr), ("momentum value", momentum))
        _require_positive(("weight_decay value", weight_decay))
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
            "differentiable": differentiable, "fused": fused,
        })  # fmt: skip

    def update(self, parameter, grad, group, state):
        grad = -grad if group["maximize"] else grad
        if group["weight_decay"]:
            grad = grad.add(parameter, alpha=group["weight_decay"])
        momentum = group["momentum"]
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = grad.clone()
            else:
                buffer.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buffer, alpha=momentum) if group["nesterov"] else buffer
        parameter.add_(grad, alpha=-group["lr"])


class Adam(Optimizer):
    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *,
        foreach=None, maximize=False, capturable=False, differentiable=False, fused=None,
        decoupled_weight_decay=False,
    ):  # fmt: skip
        refuse("Adam", amsgrad=amsgrad, capturable=capturable, differentiable=differentiable)
        _require_positive(("learning rate", lr), ("epsilon value", eps))
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": False, "differentiable": False,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        })  # fmt: skip

    def update(self, parameter, grad, group, state):
        grad = -grad if group["maximize"] else grad
        decay, (beta1, beta2) = group["weight_decay"], group["betas"]
        if decay and group["decoupled_weight_decay"]:
            parameter.mul_(1 - group["lr"] * decay)
        elif decay:
            grad = grad.add(parameter, alpha=decay)
        if not state:
            state["step"] = torch.tensor(0.0)
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
        state["step"] += 1
        step, mean, square = state["step"].item(), state["exp_avg"], state["exp_avg_sq"]
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, 1 - beta2)
        scale = (square.sqrt() / (1 - beta2**step) ** 0.5).add_(group["eps"])
        parameter.addcdiv_(mean, scale, -group["lr"] / (1 - beta1**step))


__getattr__ = missing("torch.optim")
