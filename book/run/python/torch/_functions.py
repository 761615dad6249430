"""Functions that are no rows of _tensor.py: they make tensors, join them, set how torch is."""

import math

import _engine
import torch.random as random
from torch._call import NOWHERE, Size, call, make, named
from torch._dtype import DTYPES, device
from torch._tensor import FUNCTIONS, PRINT, Tensor

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
    if dtype is None:
        kinds -= {type(None)}
        isnt_whole = float in kinds or not values and not kinds
        kind = get_default_dtype() if isnt_whole else int64 if int in kinds else DTYPES["bool"]
    made = make("tensor", values, shape, dtype or kind)
    return _finish(made, device, requires_grad)


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


def full_like(input, fill_value, dtype=None):
    return make("full_like", input, fill_value, dtype)


def arange(start, end=None, step=1, dtype=None, device=None):
    if end is None:
        start, end = 0, start
    start, end, step = (
        each.item() if isinstance(each, Tensor) else each for each in (start, end, step)
    )
    is_float = float in (type(start), type(end), type(step))
    kind = dtype or (get_default_dtype() if is_float else int64)
    return _finish(make("arange", start, end, step, kind), device, False)


def linspace(start, end, steps, dtype=None):
    return make("linspace", start, end, steps, dtype)


def eye(n, m=None, dtype=None):
    return make("eye", n, n if m is None else m, dtype)


def randint(low, high=None, size=None, generator=None, dtype=None, device=None):
    if size is None:
        low, high, size = 0, low, high
    return make("randint", low, high, list(size), dtype or int64, generator)


def randperm(n, generator=None, dtype=None, device=None):
    return make("randperm", n, generator)


def _joined(name):
    def join(tensors, dim=0):
        return make(name, list(tensors), dim)

    return named(name, join)


cat, stack = _joined("cat"), _joined("stack")
concat = cat


def outer(input, vec2):
    return input[:, None] * vec2


def addcmul(input, tensor1, tensor2, value=1):
    return input + value * tensor1 * tensor2


def log2(input):
    return input.log() / math.log(2)


def cartesian_prod(*tensors):
    grids = meshgrid(*tensors)
    return stack([grid.flatten() for grid in grids], 1) if len(grids) > 1 else tensors[0]


def meshgrid(*tensors, indexing="ij"):
    sizes = [len(each) for each in tensors]
    places = [[1] * n + [-1] + [1] * (len(sizes) - n - 1) for n in range(len(sizes))]
    return tuple([each.view(place).expand(*sizes) for each, place in zip(tensors, places)])


def _einsum(equation, *tensors):
    """Sums of products: each tensor gets a dimension for every letter; then they multiply."""
    left, _, right = equation.replace(" ", "").partition("->")
    inputs = left.split(",")
    letters = sorted(set(left) - {","})
    if "->" not in equation:
        right = "".join([letter for letter in letters if left.count(letter) == 1])
    product = None
    for names, tensor in zip(inputs, tensors):
        order = [names.index(letter) for letter in letters if letter in names]
        tensor = tensor.permute(*order)
        for place, letter in enumerate(letters):
            tensor = tensor if letter in names else tensor.unsqueeze(place)
        product = tensor if product is None else product * tensor
    summed = [place for place, letter in enumerate(letters) if letter not in right]
    product = product.sum(summed) if summed else product
    kept = [letter for letter in letters if letter in right]
    return product.permute(*[kept.index(letter) for letter in right]) if right else product


einsum = named("einsum", _einsum)


def equal(input, other):
    return call("equal", input, other)


def allclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False):
    return call("allclose", input, other, rtol, atol, equal_nan)


def nonzero(input, as_tuple=False):
    found = FUNCTIONS["nonzero"](input)
    return found.unbind(1) if as_tuple else found


Tensor.nonzero = nonzero


def std(input, dim=None, unbiased=True, keepdim=False, correction=None):
    correction = (1 if unbiased else 0) if correction is None else correction
    return FUNCTIONS["std"](input, dim, correction, keepdim)


def clone(input):
    return input.clone()


def numel(input):
    return input.numel()


def where(condition, input=None, other=None):
    if input is None:
        return condition.nonzero(as_tuple=True)
    return make("where", condition, as_tensor(input), as_tensor(other))


def set_printoptions(**options):
    PRINT.update(options)


def get_default_dtype():
    return DTYPES[_engine.getDefaultDtype()]


def set_default_dtype(kind):
    call("setDefaultDtype", kind)


def manual_seed(seed):
    call("manual_seed", int(seed))
    return random.default_generator


def get_num_threads():
    return 1


def set_num_threads(count):
    if count != 1:
        raise RuntimeError(NOWHERE.format("second thread"))


def is_grad_enabled():
    return _engine.isGradEnabled()


def compile(model, **_):
    raise RuntimeError(NOWHERE.format("torch.compile"))


class _Switch:
    """A context manager and a decorator that turns the recording of operations on or off."""

    _yes = False

    def __init__(self, mode=None):
        self._before = []

    def __enter__(self):
        self._before.append(_engine.setGradEnabled(self._yes))

    def __exit__(self, *_):
        _engine.setGradEnabled(self._before.pop())

    def __call__(self, function):
        def run(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return run


class no_grad(_Switch):
    def __new__(cls, function=None):  # @torch.no_grad and @torch.no_grad()
        made = super().__new__(cls)
        made._before = []
        return made(function) if callable(function) else made


class enable_grad(_Switch):
    _yes = True
