"""Watching the calls of torch's functions."""

from torch._call import MODES


class TorchFunctionMode:
    """While it is on, `__torch_function__(function, types, args, kwargs)` makes each call."""

    def __enter__(self):
        MODES.append(self)
        return self

    def __exit__(self, *_):
        MODES.pop()

    def __torch_function__(self, function, types, args=(), kwargs=None):
        return function(*args, **(kwargs or {}))
