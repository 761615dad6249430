"""Functions that are no rows of _rows.py: they join tensors, and set how torch is."""

import math

import _engine
import torch.random as random
from torch._call import NOWHERE, call, make, named, refuse
from torch._creation import as_tensor
from torch._printing import PRINT, PROFILES
from torch._tensor import FUNCTIONS, Tensor


def _joined(name):
    def join(tensors, dim=0, axis=None):
        return make(name, list(tensors), dim if axis is None else axis)

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
    refuse("meshgrid", indexing=indexing != "ij")
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


def nonzero(input, as_tuple=False):
    found = FUNCTIONS["nonzero"](input)
    return found.unbind(1) if as_tuple else found


Tensor.nonzero = nonzero


def _spread(name):
    def measure(input, dim=None, unbiased=True, keepdim=False, correction=None, **named):
        if type(dim) is bool:
            dim, unbiased = None, dim
        correction = int(unbiased) if correction is None else correction
        return FUNCTIONS[name](input, dim, correction, keepdim, **named)

    return measure


std, var = _spread("std"), _spread("var")
Tensor.std, Tensor.var = std, var


def div(input, other, rounding_mode=None):
    refuse("div", rounding_mode=rounding_mode not in (None, "floor"))
    return FUNCTIONS["floor_divide" if rounding_mode else "div"](input, other)


def round(input, decimals=0):
    scale = 10.0 ** abs(decimals)
    if decimals > 0:
        return FUNCTIONS["round"](input * scale) / scale
    return FUNCTIONS["round"](input / scale) * scale if decimals else FUNCTIONS["round"](input)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    refuse("unique", return_inverse=return_inverse, dim=dim is not None)
    values = FUNCTIONS["unique"](input)
    return (values, make("count_each", input, values)) if return_counts else values


Tensor.div, Tensor.round, Tensor.unique = div, round, unique


def numel(input):
    return input.numel()


def where(condition, input=None, other=None):
    if input is None:
        return condition.nonzero(as_tuple=True)
    return make("where", condition, as_tensor(input), as_tensor(other))


Tensor.where = lambda self, condition, other: where(condition, self, other)


def set_printoptions(
    precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None
):
    PRINT.update(PROFILES.get(profile, {}))
    for name, value in (
        ("precision", precision), ("threshold", threshold), ("edgeitems", edgeitems),
        ("linewidth", linewidth),
    ):  # fmt: skip
        if value is not None:
            PRINT[name] = value
    PRINT["sci_mode"] = sci_mode


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
