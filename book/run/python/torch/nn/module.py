"""nn.Module: parameters, buffers and parts under names."""

from collections import OrderedDict

import torch
from torch._graph import Handle
from torch.nn._members import STORES, Members
from torch.nn.parameter import Parameter


class Module(Members):
    """A network or a part of one."""

    def __init__(self):
        for name in STORES:
            object.__setattr__(self, name, OrderedDict())
        self.training = True
        object.__setattr__(self, "_hooks", [])
        object.__setattr__(self, "_pre_hooks", [])

    def __call__(self, *args, **kwargs):
        if not (self._hooks or self._pre_hooks):
            return self.forward(*args, **kwargs)
        for hook in list(self._pre_hooks):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in list(self._hooks):
            changed = hook(self, args, result)
            result = result if changed is None else changed
        return result

    def forward(self, *args, **kwargs):
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # states
    def train(self, mode=True):
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.zero_()

    def apply(self, function):
        for module in self.children():
            module.apply(function)
        function(self)
        return self

    def to(self, *args, dtype=None, device=None, memory_format=None):
        for module in self.modules():
            for store in ("_parameters", "_buffers"):
                for name, value in list(getattr(module, store).items()):
                    if value is not None:
                        module._move(store, name, value, (*args, dtype, device))
        return self

    def _move(self, store, name, value, args):
        if not value.is_floating_point():
            args = [each for each in args if not isinstance(each, torch.dtype)]
        with torch.no_grad():
            moved = value.to(*args)
        if moved is value:
            return
        if store == "_parameters" and moved.device == value.device:
            value.data = moved  # the parameter stays the same object
            return
        self._hold(store, name, moved, value)

    def cpu(self):
        return self.to("cpu")

    def cuda(self, *_):
        return self.to("cuda")

    def float(self):
        return self.to(torch.float32)

    def double(self):
        return self.to(torch.float64)

    def half(self):
        return self.to(torch.float16)

    def state_dict(self, prefix="", keep_vars=False):
        found = OrderedDict()
        for path, module in self.named_modules():
            for store in ("_parameters", "_buffers"):
                for name, value in getattr(module, store).items():
                    if value is not None:
                        key = prefix + (f"{path}.{name}" if path else name)
                        found[key] = value if keep_vars else value.detach()
        return found

    def load_state_dict(self, state_dict, strict=True, assign=False):
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        errors = []
        for kind, names in (("Unexpected", unexpected), ("Missing", missing)):
            if strict and names:
                names = ", ".join([f'"{name}"' for name in names])
                errors.append(f"{kind} key(s) in state_dict: {names}. ")
        for name, value in own.items():
            given = state_dict.get(name)
            if given is not None and given.shape != value.shape:
                errors.append(
                    f"size mismatch for {name}: copying a param with shape {given.shape} from "
                    f"checkpoint, the shape in current model is {value.shape}."
                )
            elif given is not None:
                self._load(name, value, given, assign)
        if errors:
            lines = "\n\t".join(errors)
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{lines}"
            )
        return IncompatibleKeys(missing, unexpected)

    def _load(self, name, value, given, assign):
        if not assign:
            with torch.no_grad():
                value.copy_(given)
            return
        path, _, name = name.rpartition(".")
        store = "_parameters" if isinstance(value, Parameter) else "_buffers"
        self.get_submodule(path)._hold(store, name, given.detach(), value)

    # hooks
    def register_forward_hook(self, hook, **_):
        return _register(self._hooks, hook)

    def register_forward_pre_hook(self, hook, **_):
        return _register(self._pre_hooks, hook)

    def __deepcopy__(self, memo):
        from copy import deepcopy

        copy = object.__new__(type(self))
        memo[id(self)] = copy
        for name, value in self.__dict__.items():
            if name in ("_hooks", "_pre_hooks"):  # a method would go with a copy of its owner
                value = [hook for hook in value if type(hook).__name__ != "bound_method"]
            object.__setattr__(copy, name, deepcopy(value, memo))
        return copy

    # how it prints
    def extra_repr(self):
        return ""

    def _get_name(self):
        return type(self).__name__

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [
            f"({name}): " + repr(module).replace("\n", "\n  ")
            for name, module in self._modules.items()
        ]
        if not parts and len(lines) < 2:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"

    __str__ = __repr__


def _register(hooks, hook):
    hooks.append(hook)
    return Handle(lambda: hooks.remove(hook) if hook in hooks else None)


class IncompatibleKeys:
    def __init__(self, missing, unexpected):
        self.missing_keys, self.unexpected_keys = missing, unexpected

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        missing, unexpected = self.missing_keys, self.unexpected_keys
        return f"_IncompatibleKeys(missing_keys={missing}, unexpected_keys={unexpected})"

    __str__ = __repr__
