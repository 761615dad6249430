"""What all optimizers share: groups of parameters, and what is kept of each parameter."""

import torch
from torch._graph import Handle


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
        settings = {k: v for k, v in group.items() if k != "params"}
        self.param_groups.append({"params": params, **self.defaults, **settings})

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
