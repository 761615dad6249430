"""Calls into the engine: Python's values go in, tensors come out, its errors become Python's."""

import builtins
from collections.abc import Sequence

import _engine
import _text
from _dicts import make_class
from _words import NOWHERE, missing  # noqa: F401  torch's modules take them from here

MODES = []  # the TorchFunctionModes that are on, the innermost last
ROWS = (list, tuple, Sequence)
BIG = 1 << 30
WRAP = []  # makes a Tensor of what the engine returns: _tensor.py puts it here
_made = [0]  # tensors since the engine was last told


def refuse(name, **options):
    """Say so where a call asks for an option that the engine lacks: option → whether it does."""
    for option, is_asked in options.items():
        if is_asked:
            raise NotImplementedError(NOWHERE.format(f"{name} with {option}"))


def require_tensor(name, value, word="input", place=1):
    """Say so where a number or a list stands in place of a tensor."""
    if not hasattr(value, "_h"):
        what = f"argument '{word}' (position {place}) must be Tensor, not {type(value).__name__}"
        raise TypeError(f"{name}(): {what}")


class Operation:
    """What a TorchFunctionMode is handed: it has a name and can be called."""

    def __init__(self, name, run):
        self.__name__, self.run = name, run

    def __call__(self, *args, **kwargs):
        return self.run(*args, **kwargs)


def ask_mode(operation, args, kwargs):
    """Let the innermost mode make the call, with itself off meanwhile."""
    mode = MODES.pop()
    try:
        return mode.__torch_function__(operation, (), args, kwargs)
    finally:
        MODES.append(mode)


def to_js(value):
    """Make of a value what the engine takes."""
    if hasattr(value, "_h"):
        return value._h
    if isinstance(value, ROWS):
        return _engine.list(*[to_js(each) for each in value])
    if type(value) is int and not -BIG < value < BIG:
        return float(value)  # an int of more bits would arrive as its last 32
    return value


def to_operand(value):
    """Make of a number or a tensor what the engine takes: 2.0 stays a float, True a bool."""
    if type(value) is bool:
        return _engine.scalar(value, "bool")
    if type(value) is int and not -BIG < value < BIG:
        return _engine.scalar(float(value), "int")
    if type(value) is float and value % 1 == 0:
        return _engine.scalar(value, "float")
    return to_js(value)


def check(result):
    """Raise what the engine could not do, where it returned nothing."""
    if result is None:
        failure = _engine.take_error()
        if failure:
            kind, words = failure
            raise getattr(builtins, kind, RuntimeError)(words)
    return result


def read_sizes(sizes):
    """A list of sizes or strides as Python's numbers, in one call."""
    return tuple([int(size) for size in _text.sizes(sizes).split(",") if size])


def call(name, *args):
    """Call the engine and return what it returns."""
    return check(getattr(_engine, name)(*[to_js(value) for value in args]))


def wrap(handle):
    """Make a Tensor of a handle; from time to time those that nobody holds are freed."""
    _made[0] += 1
    if _made[0] >= 16:
        _engine.takeAllocated()
        _made[0] = 0
    return WRAP[0](handle)


def make(name, *args):
    """Call the engine and return a Tensor."""
    return wrap(call(name, *args))


class Size(Sequence):
    def numel(self):
        count = 1
        for size in self._values:
            count *= size
        return count

    def __repr__(self):
        return f"torch.Size({list(self._values)})"

    __str__ = __repr__


class Pair(tuple):
    """Two tensors under names, such as values and indices."""

    def __init__(self, names, values):
        super().__init__(values)
        for name, value in zip(names, values):
            setattr(self, name, value)

    def __repr__(self):
        rows = [f"{name}={getattr(self, name)!r}" for name in ("values", "indices")]
        return type(self).__name__ + "(\n" + ",\n".join(rows) + ")"

    __str__ = __repr__


PAIRS = {}  # the operation's name → its kind of pair


def make_pair(name, names, values):
    if name not in PAIRS:
        PAIRS[name] = make_class(f"torch.return_types.{name}", Pair)
    return PAIRS[name](names, values)


def named(name, run):
    """A function that is no row as an operation of that name."""

    def operation(*args, **kwargs):
        return ask_mode(record, args, kwargs) if MODES else run(*args, **kwargs)

    record = Operation(name, operation)
    return operation
