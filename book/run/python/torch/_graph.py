"""The graph of operations that backward walks, as Python sees it: grad_fn and hooks."""

from _dicts import make_class
from torch._call import Size, call, read_sizes, wrap


def hook_of(hook):
    """A hook on tensors as one on the engine's."""

    def run(gradient):
        found = hook(wrap(gradient))
        return None if found is None else found._h

    return run


class Handle:
    """What takes a hook away."""

    def __init__(self, remove):
        self.remove = remove


class Node:
    """A grad_fn; its class is named after its operation."""

    def __init__(self, handle):
        self._h = handle

    @property
    def next_functions(self):
        return tuple([(find_node(node), 0) for node in self._h.next])

    def name(self):
        return self._h.name

    def register_prehook(self, hook):
        take = lambda gradient: hook((wrap(gradient),)) and None  # noqa: E731
        return Handle(call("registerPrehook", self, take))

    @property
    def _input_metadata(self):
        shape = self._h.shape
        return [Metadata(Size(read_sizes(shape)))] if shape else []

    def __getattr__(self, name):
        if name == "variable" and self._h.variable is not None:
            return find_holder(self._h.variable)
        raise AttributeError(f"'{self._h.name}' object has no attribute '{name}'")

    def __eq__(self, other):
        return isinstance(other, Node) and self._h is other._h

    def __hash__(self):
        return id(self._h)

    def __repr__(self):
        return f"<{self._h.name} object>"

    __str__ = __repr__


class Metadata:
    def __init__(self, shape):
        self.shape = shape


KINDS = {}  # name → its class


def find_node(handle):
    """The node of a handle, None of None."""
    if handle is None:
        return None
    name = handle.name
    if name not in KINDS:
        KINDS[name] = make_class(name, Node)
    return KINDS[name](handle)


def find_holder(handle):
    """The very object under which a reader's names hold a tensor, so that `is` is true of it."""
    from torch.nn import Module
    from torch._tensor import Tensor

    for value in list(__import__("__main__").__dict__.values()):
        for each in value.parameters() if isinstance(value, Module) else (value,):
            if isinstance(each, Tensor) and each._h is handle:
                return each
    return wrap(handle)
