"""torch.Tensor: an engine's tensor as Python sees it."""

import _engine
from _lowered import write
from torch._call import (
    MODES, NOWHERE, WRAP, Operation, Size, ask_mode, call, check, make, make_pair, read_sizes,
    refuse, require_tensor, to_operand, wrap,
)  # fmt: skip
from torch._dtype import device, find_dtype
from torch._graph import Handle, find_node, hook_of
from torch._indexing import to_items
from torch._printing import read_numbers, write_tensor
from torch._rows import NUMBERS, list_rows, read_row


class Tensor:
    """A tensor; `_h` is the engine's."""

    def __init__(self, handle):
        if type(handle).__name__ != "JsProxy":
            raise TypeError(NOWHERE.format("torch.Tensor(…), but has torch.tensor(…)"))
        self._h = handle

    # what it is
    shape = property(lambda self: Size(read_sizes(self._h.shape)))
    dtype = property(lambda self: find_dtype(self._h.dtype))
    device = property(lambda self: device(self._h.device))
    ndim = property(lambda self: self._h.shape.length)
    is_leaf = property(lambda self: self._h.isLeaf)
    is_cuda = property(lambda self: False)
    itemsize = property(lambda self: _engine.bytesOf(self._h.dtype))
    nbytes = property(lambda self: self.numel() * self.itemsize)
    T = property(
        lambda self: self.t() if self.ndim == 2 else self.permute(*reversed(range(self.ndim)))
    )

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def stride(self):
        return read_sizes(self._h.strides)

    def dim(self):
        return self._h.shape.length

    def numel(self):
        return self._h.numel

    def element_size(self):
        return self.itemsize

    def is_floating_point(self):
        return self.dtype.is_floating_point

    def is_complex(self):
        return False

    def data_ptr(self):
        return id(self._h.storage) + self._h.offset

    _version = property(lambda self: self._h.version.count)

    # autograd
    def _get_requires_grad(self):
        return self._h.requiresGrad

    def _set_requires_grad(self, yes):
        make("requires_grad_", self, yes)

    requires_grad = property(_get_requires_grad, _set_requires_grad)

    def requires_grad_(self, requires_grad=True):
        make("requires_grad_", self, requires_grad)
        return self

    def _get_grad(self):
        if MODES:
            return ask_mode(GRAD, (self,), {})
        grad = self._h.grad
        return None if grad is None else wrap(grad)

    def _set_grad(self, grad):
        self._h.grad = None if grad is None else grad._h

    grad = property(_get_grad, _set_grad)

    def _get_data(self):
        return make("data", self)

    def _set_data(self, value):
        call("setData", self, value)

    data = property(_get_data, _set_data)

    @property
    def grad_fn(self):
        return find_node(self._h.gradFn)

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        if MODES:
            return ask_mode(BACKWARD, (self, gradient, retain_graph, create_graph), {})
        from torch.autograd import run_backward

        refuse("backward", inputs=inputs is not None)
        run_backward(self, gradient, retain_graph, create_graph)

    def register_hook(self, hook):
        return Handle(call("registerHook", self, hook_of(hook)))

    def register_post_accumulate_grad_hook(self, hook):
        return Handle(call("registerPostAccumulateHook", self, lambda *_: hook(self)))

    # its values
    def item(self):
        if MODES:
            return ask_mode(ITEM, (self,), {})
        if self._h.numel != 1:
            call("item", self)  # says so
        return read_numbers(self)[0]

    def tolist(self):
        if MODES:
            return ask_mode(TOLIST, (self,), {})
        values = read_numbers(self)
        for size in reversed(self.shape[1:]._values):
            values = [values[n : n + size] for n in range(0, len(values), size)] if size else []
        return values if self.ndim else values[0]

    def numpy(self):
        import numpy

        return numpy.asarray(self)

    __array__ = numpy

    def __repr__(self, *_, **__):
        return write_tensor(self)

    __str__ = __repr__

    def __format__(self, spec):
        if self.ndim == 0 and spec:
            return write(self.item(), spec)
        if spec:
            raise TypeError("unsupported format string passed to Tensor.__format__")
        return write(self.item()) if self.ndim == 0 else repr(self)

    # no __float__: MicroPython would take it in `2.0 * tensor`, and the tensor would become a float
    def __int__(self):
        return int(self.item())

    __index__ = __int__

    def __bool__(self):
        if self.numel() != 1:
            words = "more than one value is" if self.numel() else "no values is"
            raise RuntimeError(f"Boolean value of Tensor with {words} ambiguous")
        return bool(self.item())

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self):
        if not self.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, value):
        return bool((self == value).any())

    def __hash__(self):
        return id(self)

    def __deepcopy__(self, memo):
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
                "because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001"
            )
        copy = type(self)._of(self.detach().clone()._h)
        copy.requires_grad_(self.requires_grad)
        if self._h.grad is not None:
            copy.grad = self.grad.clone()
        return copy

    @classmethod
    def _of(cls, handle):
        made = object.__new__(cls)
        made._h = handle
        return made

    # indexing
    def __getitem__(self, items):
        if MODES:
            return ask_mode(GETITEM, (self, items), {})
        if type(items) is int:
            items = (items,)
        return wrap(check(_engine.getitem(self._h, to_items(items))))

    def __setitem__(self, items, value):
        if MODES:
            return ask_mode(SETITEM, (self, items, value), {})
        if type(value) not in NUMBERS and not hasattr(value, "_h"):
            raise TypeError(f"can't assign a {type(value).__name__} to a {self.type()}")
        check(_engine.setitem(self._h, to_items(items), to_operand(value)))

    # other dtypes and devices
    def to(
        self, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None
    ):
        moved = self
        for value in (*args, dtype, device):
            if isinstance(value, Tensor):
                moved = moved.to(value.dtype, value.device)
            elif isinstance(value, type(self.dtype)):
                moved = moved if value is moved.dtype else make("to", moved, value)
            elif value is not None and type(value) is not bool:
                moved = moved._move(value)
        return moved.clone() if copy and moved is self else moved

    def _move(self, where):
        where = device(where).type
        return self if where == self._h.device else make("to_device", self, where)

    def cpu(self):
        return self._move("cpu")

    def cuda(self, *_):
        return self._move("cuda")

    def type(self, kind=None):
        return self.to(kind) if kind else f"torch.{_engine.typeOf(self._h)}Tensor"

    # of several forms
    def clone(self, memory_format=None):
        return make("clone", self)

    def contiguous(
        self, memory_format=None
    ):  # one layout serves for all: what is computed is the same
        return self if call("is_contiguous", self) else make("contiguous", self)

    def movedim(self, source, destination):
        order = [n for n in range(self.ndim) if n != source % self.ndim]
        order.insert(destination % self.ndim, source % self.ndim)
        return self.permute(*order)

    def unflatten(self, dim, sizes):
        dim = dim % self.ndim
        return self.view(*self.shape[:dim], *sizes, *self.shape[dim + 1 :])

    def view_as(self, other):
        return self.view(other.shape)

    def expand_as(self, other):
        return self.expand(other.shape)

    def __pow__(self, other):
        return self.pow(other)

    def __rpow__(self, other):
        return FUNCTIONS["pow"](other, self)

    def __rtruediv__(self, other):
        return self.reciprocal() * other

    def __rmatmul__(self, other):
        return other.matmul(self)

    def __rfloordiv__(self, other):
        return make("floor_divide", make("full_like", self, other), self)

    def __getattr__(self, name):
        raise AttributeError(
            f"'Tensor' object has no attribute '{name}': " + NOWHERE.format(f"Tensor.{name}")
        )


WRAP.append(Tensor)
GRAD = Operation("grad", Tensor._get_grad)
BACKWARD = Operation("backward", Tensor.backward)
ITEM = Operation("item", Tensor.item)
TOLIST = Operation("tolist", Tensor.tolist)
GETITEM = Operation("__getitem__", Tensor.__getitem__)
SETITEM = Operation("__setitem__", Tensor.__setitem__)

FUNCTIONS = {}
for _row in list_rows():
    _name, _operation = read_row(_row)
    FUNCTIONS[_name] = _operation
    setattr(Tensor, _name, _operation)
for _method, _name in (
    ("__add__", "add"), ("__radd__", "add"), ("__sub__", "sub"), ("__rsub__", "rsub"),
    ("__mul__", "mul"), ("__rmul__", "mul"), ("__truediv__", "div"),
    ("__floordiv__", "floor_divide"),
    ("__mod__", "remainder"), ("__matmul__", "matmul"), ("__neg__", "neg"), ("__abs__", "abs"),
    ("__eq__", "eq"), ("__ne__", "ne"), ("__lt__", "lt"), ("__le__", "le"), ("__gt__", "gt"),
    ("__ge__", "ge"), ("__and__", "bitwise_and"), ("__rand__", "bitwise_and"),
    ("__or__", "bitwise_or"), ("__ror__", "bitwise_or"), ("__xor__", "bitwise_xor"),
    ("__invert__", "bitwise_not"), ("__iadd__", "add_"), ("__isub__", "sub_"), ("__imul__", "mul_"),
    ("__itruediv__", "div_"), ("__iand__", "bitwise_and_"), ("__ior__", "bitwise_or_"),
    ("__ipow__", "pow_"),
):  # fmt: skip
    setattr(Tensor, _method, FUNCTIONS[_name])
for _method, _kind in (
    ("float", "float32"), ("double", "float64"), ("half", "float16"), ("bfloat16", "bfloat16"),
    ("long", "int64"), ("int", "int32"), ("byte", "uint8"), ("bool", "bool"),
):  # fmt: skip
    setattr(Tensor, _method, lambda self, kind=find_dtype(_kind): self.to(kind))


for _name in ("max", "min", "median"):
    setattr(
        Tensor,
        _name,
        lambda *given, name=_name, **named: find_extreme(name, *given, **named),
    )


def find_extreme(name, tensor, dim=None, keepdim=False, axis=None, keepdims=False, other=None):
    """max, min and median: of everything, along a dimension, or of two tensors."""
    require_tensor(name, tensor)
    dim, keepdim = dim if axis is None else axis, keepdim or keepdims
    dim = dim if other is None else other
    if isinstance(dim, Tensor):
        return FUNCTIONS[name + "imum"](tensor, dim)
    if dim is None:
        return make(name, tensor)
    if isinstance(dim, (list, tuple)):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - "
            f"got (Tensor, {type(dim).__name__})"
        )
    found = call(name + "_dim", tensor, dim, keepdim)
    return make_pair(name, ("values", "indices"), [wrap(handle) for handle in found])
