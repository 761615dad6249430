"""torch.Tensor: an engine's tensor as Python sees it."""

import _engine
import _text
import ujson
from _lowered import make_class, write
from torch._call import (
    NOWHERE, WRAP, Operation, Size, ask_mode, call, check, make, make_pair, read_row, to_js,
    to_operand, wrap,
    MODES,
)  # fmt: skip
from torch._dtype import dtype, device, find_dtype

PRINT = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}

# methods, which are functions of torch as well; see _call.py for what a row says
POINTWISE = (
    "abs neg exp log sqrt square reciprocal sin cos tanh sigmoid relu floor "
    "ceil round sign isnan isinf isfinite logical_not bitwise_not "
    "nonzero detach zero_ abs_ neg_ exp_ log_ sqrt_ relu_ floor_ ceil_ round_ sigmoid_ tanh_ t "
    "diag unique is_contiguous"
)
BINARY = (
    "mul div floor_divide remainder pow maximum minimum eq ne lt le gt ge logical_and logical_or "
    "logical_xor bitwise_and bitwise_or bitwise_xor mul_ div_ pow_ bitwise_and_ bitwise_or_ fill_"
)
TABLE = """
add other! alpha
sub other! alpha
add_ other! alpha
sub_ other! alpha
rsub other!
lerp end weight!
lerp_ end weight!
addcmul_ tensor1 tensor2 value=1
addcdiv_ tensor1 tensor2 value=1
copy_ src
clamp min max
clamp_ min max
where condition other!
masked_fill mask value!
masked_fill_ mask value!
sum *dim keepdim=False dtype
mean dim keepdim=False
prod dim keepdim=False
amax *dim keepdim=False
amin *dim keepdim=False
argmax dim keepdim=False
argmin dim keepdim=False
all dim keepdim=False
any dim keepdim=False
std dim correction=1 keepdim=False
variance=var dim correction=1 keepdim=False
norm p=2 dim keepdim=False
logsumexp dim keepdim=False
cumsum dim
sort dim=-1 descending=False -> values indices
argsort dim=-1 descending=False
topk k dim=-1 largest=True -> values indices
bincount weights minlength=0
allclose other rtol=1e-5 atol=1e-8 equal_nan=False
equal other
softmax dim
log_softmax dim
view *shape
reshape *shape
flatten start_dim=0 end_dim=-1
unsqueeze dim
squeeze dim
transpose dim0 dim1
permute *dims
expand *sizes
select dim index
narrow dim start length
unbind dim=0 ->
split split_size dim=0 ->
chunk chunks dim=0 ->
tensor_split sections dim=0 ->
diagonal offset=0
unfold dimension size step
repeat *sizes
repeat_interleave repeats dim
flip *dims
roll shifts dims
gather dim index
scatter_ dim index src!
matmul other
mm mat2
mv vec
dot other
uniform_ from=0 to=1 generator
normal_ mean=0 std=1 generator
isin elements
"""


class Tensor:
    """A tensor; `_h` is the engine's."""

    def __init__(self, handle):
        if type(handle).__name__ != "JsProxy":
            raise TypeError(NOWHERE.format("torch.Tensor(…), but has torch.tensor(…)"))
        self._h = handle

    # what it is
    shape = property(
        lambda self: Size(map(int, filter(None, _text.sizes(self._h.shape).split(","))))
    )
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
        return tuple(map(int, filter(None, _text.sizes(self._h.strides).split(","))))

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
        name = {"float32": "Float", "float64": "Double", "int64": "Long", "uint8": "Byte"}
        return self.to(kind) if kind else f"torch.{name.get(self._h.dtype, self._h.dtype)}Tensor"

    # of several forms
    def max(self, dim=None, keepdim=False):
        return find_extreme("max", self, dim, keepdim)

    def min(self, dim=None, keepdim=False):
        return find_extreme("min", self, dim, keepdim)

    def median(self, dim=None, keepdim=False):
        return find_extreme("median", self, dim, keepdim)

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
        import torch

        return torch.as_tensor(other, dtype=None if isinstance(other, int) else self.dtype).pow(
            self
        )

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
for _row in POINTWISE.split() + [f"{name} other!" for name in BINARY.split()] + TABLE.split("\n"):
    if _row:
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


def read_numbers(tensor):
    """Its numbers in order, by way of text: JavaScript's whole ones lose all but 32 bits."""
    text, kind = _text.numbers(call("toArray", tensor)), tensor._h.dtype
    has_names = "N" in text or "I" in text or not text  # NaN, Infinity
    values = [part for part in text.split(",") if part] if has_names else ujson.loads(f"[{text}]")
    make = bool if kind == "bool" else float if "float" in kind else int
    return [make(value) for value in values]


def to_items(items):
    """What stands in the brackets, as the engine takes it."""
    given = []
    for item in items if type(items) is tuple else (items,):
        if item is Ellipsis:
            item = _engine.ELLIPSIS
        elif isinstance(item, SLICE):
            item = _engine.slice_of(
                *[to_bound(bound) for bound in (item.start, item.stop, item.step)]
            )
        elif isinstance(item, (list, range)):
            import torch

            item = torch.tensor(list(item))._h
        else:
            item = to_js(item)
        given.append(item)
    return _engine.list(*given)


SLICE = type(slice(None))


def to_bound(bound):
    if isinstance(bound, float):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return int(bound) if isinstance(bound, Tensor) else bound


def find_extreme(name, tensor, dim, keepdim):
    """max, min and median: of everything, along a dimension, or of two tensors."""
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
        return (
            [Metadata(Size(map(int, filter(None, _text.sizes(shape).split(",")))))] if shape else []
        )

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

    for value in list(__import__("__main__").__dict__.values()):
        for each in value.parameters() if isinstance(value, Module) else (value,):
            if isinstance(each, Tensor) and each._h is handle:
                return each
    return wrap(handle)


def write_tensor(tensor):
    """A tensor as torch writes it."""
    handle, kind, shape = tensor._h, tensor._h.dtype, tensor.shape
    start, suffixes = "tensor(", []
    usual = kind in (_engine.getDefaultDtype(), "int64", "bool")
    if handle.device != "cpu":
        suffixes.append(f"device='{handle.device}'")
        text, usual = "...", kind == _engine.getDefaultDtype()
        suffixes.append(f"size={tuple(shape)}")
    else:
        values = call("toArray", tensor)
        text = _text.tensorText(
            values, handle.shape, kind, len(start), PRINT["precision"], PRINT["sci_mode"],
            PRINT["linewidth"], PRINT["threshold"], PRINT["edgeitems"],
        )  # fmt: skip
        if not tensor.numel():
            usual = kind == _engine.getDefaultDtype()
            if len(shape) != 1:
                suffixes.append(f"size={tuple(shape)}")
    if not usual:
        suffixes.append(f"dtype=torch.{kind}")
    if handle.gradFn is not None:
        suffixes.append(f"grad_fn=<{handle.gradFn.name}>")
    elif handle.requiresGrad:
        suffixes.append("requires_grad=True")
    text = start + text
    width = len(text) - (text.rfind("\n") + 1) + 2  # as torch counts it
    for suffix in suffixes:
        if width + len(suffix) + 2 > PRINT["linewidth"]:
            text += ",\n" + " " * len(start) + suffix
            width = len(start) + len(suffix)
        else:
            text += ", " + suffix
            width += len(suffix) + 2
    return text + ")"
