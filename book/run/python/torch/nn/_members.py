"""What a module holds under names: parameters, buffers and other modules."""

from torch._call import refuse
from torch.nn.parameter import Parameter

STORES = ("_parameters", "_modules", "_buffers")


class Members:
    """Each member is an attribute of the instance as well, so that reading one costs nothing."""

    def __setattr__(self, name, value):
        store = None
        if isinstance(value, Parameter):
            store = "_parameters"
        elif isinstance(value, Members):
            store = "_modules"
        if store:
            if store not in self.__dict__:
                kind = "parameters" if store == "_parameters" else "module"
                raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
            self._forget(name, store)
            self.__dict__[store][name] = value
        elif "_parameters" in self.__dict__:
            if name in self._parameters:
                if value is not None:
                    raise TypeError(
                        f"cannot assign '{type(value).__name__}' object to parameter '{name}' "
                        "(torch.nn.Parameter or None required)"
                    )
                self._parameters[name] = None
            elif name in self._modules and value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' object to child module '{name}' "
                    "(torch.nn.Module or None required)"
                )
            elif name in self._buffers:
                self._buffers[name] = value
        object.__setattr__(self, name, value)

    def _forget(self, name, kept=None):
        for store in STORES:
            if store != kept and store in self.__dict__:
                self.__dict__[store].pop(name, None)

    def __delattr__(self, name):
        self._forget(name)
        object.__delattr__(self, name)

    def __getattr__(self, name):
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def register_parameter(self, name, value):
        object.__setattr__(self, name, value)
        self._parameters[name] = value

    def register_buffer(self, name, value, persistent=True):
        refuse("register_buffer", persistent=not persistent)
        object.__setattr__(self, name, value)
        self._buffers[name] = value

    def add_module(self, name, module):
        self._modules[name] = module
        object.__setattr__(self, name, module)

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        memo = [] if memo is None else memo
        if any(self is each for each in memo):
            return
        memo.append(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name)

    def _named(self, store, prefix="", recurse=True, once=True):
        seen = set()
        for path, module in self.named_modules() if recurse else [("", self)]:
            for name, value in getattr(module, store).items():
                if value is not None and not (once and id(value) in seen):
                    seen.add(id(value))
                    yield ".".join([part for part in (prefix, path, name) if part]), value

    def modules(self):
        return (module for _, module in self.named_modules())

    def named_children(self):
        return iter(
            [(name, module) for name, module in self._modules.items() if module is not None]
        )

    def children(self):
        return (module for _, module in self.named_children())

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        return (value for _, value in self._named("_parameters", "", recurse))

    def named_buffers(self, prefix="", recurse=True):
        return self._named("_buffers", prefix, recurse)

    def buffers(self, recurse=True):
        return (value for _, value in self._named("_buffers", "", recurse))

    def get_submodule(self, target):
        module = self
        for name in target.split(".") if target else ():
            module = getattr(module, name)
        return module

    def _hold(self, store, name, value, former):
        """Hold a value in place of a former one, a parameter as a parameter."""
        if store == "_parameters" and not isinstance(value, Parameter):
            value = Parameter(value, former.requires_grad)
        getattr(self, store)[name] = value
        object.__setattr__(self, name, value)
