"""Optimizers: torch.optim. The formulas are those of PyTorch's documentation."""

import torch
from torch._call import NOWHERE
from torch._tensor import Handle
from torch.optim import lr_scheduler


class State:
    """What an optimizer keeps of each parameter, by the parameter itself."""

    def __init__(self):
        self._kept = {}

    def __getitem__(self, parameter):
        return self._kept.setdefault(id(parameter), {})

    def __setitem__(self, parameter, value):
        self._kept[id(parameter)] = value

    def __contains__(self, parameter):
        return id(parameter) in self._kept

    def __len__(self):
        return len(self._kept)

    def get(self, parameter, default=None):
        return self._kept.get(id(parameter), default)


class Optimizer:
    """param_groups: dicts of settings and "params"; state: what is kept of each parameter."""

    def __init__(self, params, defaults):
        if isinstance(params, torch.Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                "but got torch.FloatTensor"
            )
        self.defaults, self.state, self.param_groups = defaults, State(), []
        self._pre_hooks, self._post_hooks = [], []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, group):
        params = group["params"]
        params = [params] if isinstance(params, torch.Tensor) else list(params)
        for each in params:
            if not isinstance(each, torch.Tensor):
                raise TypeError(
                    "optimizer can only optimize Tensors, "
                    f"but one of the params is {type(each).__name__}"
                )
            if not each.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        self.param_groups.append(
            {
                "params": params,
                **{k: v for k, v in self.defaults.items()},
                **{k: v for k, v in group.items() if k != "params"},
            }
        )

    def zero_grad(self, set_to_none=True):
        for group in self.param_groups:
            for parameter in group["params"]:
                if set_to_none:
                    parameter._h.grad = None
                elif parameter.grad is not None:
                    parameter.grad.zero_()

    @torch.no_grad()
    def step(self, closure=None):
        for hook in self._pre_hooks:
            hook(self, (), {})
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                grad = parameter.grad
                if grad is not None:
                    self.update(parameter, grad, group, self.state[parameter])
        for hook in self._post_hooks:
            hook(self, (), {})
        return loss

    def register_step_pre_hook(self, hook):
        return self._register(self._pre_hooks, hook)

    def register_step_post_hook(self, hook):
        return self._register(self._post_hooks, hook)

    @staticmethod
    def _register(hooks, hook):
        hooks.append(hook)
        return Handle(lambda: hooks.remove(hook))

    def state_dict(self):
        kept, groups, number = {}, [], 0
        for group in self.param_groups:
            places = list(range(number, number + len(group["params"])))
            number += len(places)
            for place, parameter in zip(places, group["params"]):
                if self.state.get(parameter):
                    kept[place] = self.state[parameter]
            groups.append({**{k: v for k, v in group.items() if k != "params"}, "params": places})
        return {"state": kept, "param_groups": groups}

    def load_state_dict(self, state_dict):
        number = 0
        for group, given in zip(self.param_groups, state_dict["param_groups"], strict=True):
            for parameter in group["params"]:
                if number in state_dict["state"]:
                    kept = state_dict["state"][number]
                    self.state[parameter] = {
                        k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in kept.items()
                    }
                number += 1
            group.update({name: value for name, value in given.items() if name != "params"})

    def __repr__(self):
        lines = [type(self).__name__ + " ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join(lines) + "\n)"

    __str__ = __repr__


def _require_positive(**settings):
    for name, value in settings.items():
        if value < 0:
            raise ValueError(f"Invalid {name}: {value}")


class SGD(Optimizer):
    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False,
        maximize=False, foreach=None, differentiable=False, fused=None,
    ):  # fmt: skip
        _require_positive(**{"learning rate": lr}, **{"momentum value": momentum})
        _require_positive(**{"weight_decay value": weight_decay})
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
    decoupled = False

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False,
        maximize=False, foreach=None, **_,
    ):  # fmt: skip
        _require_positive(**{"learning rate": lr}, **{"epsilon value": eps})
        if amsgrad:
            raise NotImplementedError(NOWHERE.format("amsgrad"))
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": False, "differentiable": False,
            "fused": None, "decoupled_weight_decay": self.decoupled,
        })  # fmt: skip

    def update(self, parameter, grad, group, state):
        grad = -grad if group["maximize"] else grad
        decay, (beta1, beta2) = group["weight_decay"], group["betas"]
        if decay and self.decoupled:
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


def __getattr__(name):
    words = NOWHERE.format(f"torch.optim.{name}")
    raise AttributeError(f"module 'torch.optim' has no attribute '{name}': {words}")
