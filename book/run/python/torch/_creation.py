"""Functions that make tensors."""

import _engine
from torch._call import Size, call, make, named
from torch._dtype import DTYPES, device
from torch._tensor import Tensor

int64 = DTYPES["int64"]


def _finish(made, where, requires_grad):
    where = device.usual[-1] if where is None else where
    if where != "cpu":
        made = made.to(device(where))
    return made.requires_grad_() if requires_grad else made


def tensor(data, dtype=None, device=None, requires_grad=False):
    """A new tensor of a number, a list, a list of tensors, or a copy of a tensor."""
    if isinstance(data, Tensor):
        return _finish(data.detach().clone().to(dtype=dtype), device, requires_grad)
    if hasattr(data, "_tensor"):  # an array of numpy.py
        return tensor(data._tensor, dtype, device, requires_grad)
    shape, values, kinds = [], [], set()
    _collect(data, 0, shape, values, kinds)
    if dtype is None and (float in kinds or not kinds):
        dtype = get_default_dtype()
    elif dtype is None:
        dtype = int64 if int in kinds else DTYPES["bool"]
    return _finish(make("tensor", values, shape, dtype), device, requires_grad)


def _collect(data, depth, shape, values, kinds):
    if isinstance(data, Tensor):
        kinds.add(float if data.dtype.is_floating_point else type(data.flatten()[0].item()))
        data = data.tolist()
    if type(data) in (int, float, bool):
        if depth != len(shape):
            raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got 0)")
        kinds.add(type(data))
        values.append(data)
        return
    if not hasattr(data, "__len__") and not isinstance(data, (list, tuple, range, Size)):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    rows = list(data)
    if len(shape) == depth and not values:
        shape.append(len(rows))
    if depth >= len(shape) or shape[depth] != len(rows):
        wanted = shape[depth] if depth < len(shape) else 0
        raise ValueError(f"expected sequence of length {wanted} at dim {depth} (got {len(rows)})")
    for row in rows:
        _collect(row, depth + 1, shape, values, kinds)


def as_tensor(data, dtype=None, device=None):
    if isinstance(data, Tensor) or hasattr(data, "_tensor"):
        return getattr(data, "_tensor", data).to(dtype=dtype, device=device)
    return tensor(data, dtype, device)


def from_numpy(array):
    return array._tensor


def _sized(name):
    def create(*size, dtype=None, device=None, requires_grad=False, generator=None, layout=None):
        size = size[0] if len(size) == 1 and not isinstance(size[0], int) else size
        if name in ("rand", "randn"):
            return _finish(make(name, list(size), dtype, generator), device, requires_grad)
        return _finish(make(name, list(size), dtype), device, requires_grad)

    return named(name, create)


zeros, ones, empty, rand, randn = map(_sized, ("zeros", "ones", "empty", "rand", "randn"))


def _like(name):
    def create(input, dtype=None, device=None, requires_grad=False, memory_format=None):
        return _finish(make(name, input, dtype), device or input.device, requires_grad)

    return named(name, create)


zeros_like, ones_like, empty_like, rand_like, randn_like = map(
    _like, ("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like")
)


def full(size, fill_value, dtype=None, device=None, requires_grad=False):
    kind = dtype or tensor(fill_value).dtype
    size = (size,) if isinstance(size, int) else size
    return _finish(make("full", list(size), fill_value, kind), device, requires_grad)


def full_like(input, fill_value, dtype=None, device=None, requires_grad=False):
    made = make("full_like", input, fill_value, dtype)
    return _finish(made, device or input.device, requires_grad)


def arange(start, end=None, step=1, dtype=None, device=None, requires_grad=False):
    if end is None:
        start, end = 0, start
    start, end, step = (
        each.item() if isinstance(each, Tensor) else each for each in (start, end, step)
    )
    is_float = float in (type(start), type(end), type(step))
    kind = dtype or (get_default_dtype() if is_float else int64)
    return _finish(make("arange", start, end, step, kind), device, requires_grad)


def linspace(start, end, steps, dtype=None, device=None, requires_grad=False):
    return _finish(make("linspace", start, end, steps, dtype), device, requires_grad)


def eye(n, m=None, dtype=None, device=None, requires_grad=False):
    return _finish(make("eye", n, n if m is None else m, dtype), device, requires_grad)


def randint(low, high=None, size=None, generator=None, dtype=None, device=None):
    if size is None:
        low, high, size = 0, low, high
    return _finish(make("randint", low, high, list(size), dtype or int64, generator), device, False)


def randperm(n, generator=None, dtype=None, device=None):
    return _finish(make("randperm", n, generator).to(dtype), device, False)


def get_default_dtype():
    return DTYPES[_engine.getDefaultDtype()]


def set_default_dtype(kind):
    call("setDefaultDtype", kind)
