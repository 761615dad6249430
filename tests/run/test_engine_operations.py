"""Every operation of the page's engine, and its gradient, equals PyTorch's over random shapes."""

import hypothesis.extra.numpy as arrays
import pytest
import torch
import torch.nn.functional as F
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.run.engine import Program

TOLERANCE = 1e-5  # of the largest value, or of 0.01, where what is compared cancels out
# PyTorch's node depends on the shape
UNNAMED = set(
    "getitem setitem reshape matmul linear max_pool2d cross_entropy_of_shares "
    "cross_entropy_ignoring".split()
)
pytestmark = pytest.mark.filterwarnings("ignore")

positive, anything = (lambda x: x.abs() + 0.1), (lambda x: 2 * x)
# name → what it is computed from
UNARY = {
    **dict.fromkeys("log sqrt reciprocal".split(), positive),
    **dict.fromkeys(
        "exp neg abs sign floor ceil round square sin cos tanh sigmoid relu".split(), anything
    ),
    **dict.fromkeys("isnan isfinite isinf logical_not clone".split(), anything),
}
BINARY = (
    "add sub mul div maximum minimum pow remainder eq ne lt le gt ge logical_and logical_or".split()
)
REDUCTIONS = "sum mean prod amax amin logsumexp all any argmax argmin std".split()
PAIRED = {"max_dim": torch.max, "min_dim": torch.min, "sort": torch.sort}  # values and indices


def shapes(least=0, side=5):
    return arrays.array_shapes(min_dims=least, max_dims=4, min_side=1, max_side=side)


def draw_tensor(draw, shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    return torch.randn(tuple(shape), generator=generator).to(dtype)


def draw_unary(draw, name):
    x = UNARY[name](draw_tensor(draw, draw(shapes())))
    return [x], lambda x: getattr(torch, name)(x), lambda p, x: getattr(p, name)(x)


def draw_binary(draw, name):
    pair = draw(
        arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4)
    ).input_shapes
    a, b = (draw_tensor(draw, shape) for shape in pair)
    if name in ("pow", "div", "remainder"):
        a, b = positive(a), positive(b)
    if draw(st.booleans()):
        b = b.round()  # some equal numbers, zeros and ones
        a = a if name in ("pow", "remainder", "div") else a.round()
        b = b + (name in ("div", "remainder"))
    return [a, b], lambda a, b: getattr(torch, name)(a, b), lambda p, a, b: getattr(p, name)(a, b)


def draw_reduction(draw, name):
    shape = draw(shapes(1))
    x = draw_tensor(draw, shape)
    x = x.round() if name[:3] in ("all", "any", "ama", "ami") else x
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    if name in ("sum", "mean", "amax", "amin", "logsumexp", "std") and draw(st.booleans()):
        dim = list({dim % len(shape), 0})
    keep = draw(st.booleans())
    options = (dim, 1, keep) if name == "std" else (dim, keep)
    return (
        [x],
        lambda x: getattr(x, name)(dim, keepdim=keep),
        lambda p, x: getattr(p, name)(x, *options),
    )


def draw_paired(draw, name):
    shape = draw(shapes(1))
    values = torch.randperm(100, generator=torch.Generator().manual_seed(draw(st.integers(0, 99))))
    x = values.float().repeat(8)[: torch.Size(shape).numel()].view(shape) / 7
    dim, flag = draw(st.integers(-len(shape), len(shape) - 1)), draw(st.booleans())
    if name == "sort":
        return (
            [x],
            lambda x: x.sort(dim=dim, descending=flag, stable=True),
            lambda p, x: p.sort(x, dim, flag),
        )
    return [x], lambda x: PAIRED[name](x, dim, flag), lambda p, x: getattr(p, name)(x, dim, flag)


# The rest, one function each: tensors, torch's call, the engine's call


def draw_other(draw, name):
    return OTHERS[name](draw)


def draw_index(draw):
    """A shape, and an index with a mask or with places, which are as many in every dimension."""
    shape, key = draw(shapes(1, 4)), []
    count, masked = draw(st.integers(1, 3)), draw(st.booleans())
    for size in shape[: draw(st.integers(0, len(shape)))]:
        start, step = draw(st.integers(-size - 1, size)), draw(st.integers(1, 2))
        place = st.integers(-size, size - 1)
        picks = [draw(place), slice(start, None, step), slice(None, start), slice(None)]
        if not masked:
            picks.append(torch.tensor(draw(st.lists(place, min_size=count, max_size=count))))
        elif not any(isinstance(item, torch.Tensor) for item in key):
            picks.append(torch.arange(size) % 2 == draw(st.integers(0, 1)))
        key += [None] * draw(st.integers(0, 1))
        key.append(draw(st.sampled_from(picks)))
    return shape, (*key, ...) if draw(st.booleans()) else tuple(key)


def encode_key(program, key):
    """The items of an index as the engine takes them."""
    items = []
    for item in key:
        if isinstance(item, torch.Tensor):
            items.append(program.give(item))
        elif isinstance(item, slice):
            items.append({"slice": [item.start, item.stop, item.step]})
        else:
            items.append("…" if item is ... else item)
    return items


def case_getitem(draw):
    shape, key = draw_index(draw)
    return (
        [draw_tensor(draw, shape)],
        lambda x: x[key],
        lambda p, x: p.getitem(x, encode_key(p, key)),
    )


def case_setitem(draw):
    shape, key = draw_index(draw)
    key = tuple(
        k for k in key if not isinstance(k, torch.Tensor) or k.unique().numel() == k.numel()
    )
    part = torch.zeros(shape)[key]
    value = draw_tensor(draw, part.shape[draw(st.integers(0, part.dim())) :])

    def by_torch(x, value):
        y = x * 1
        y[key] = value
        return y

    def by_engine(p, x, value):
        y = p.mul(x, 1)
        p.setitem(y, encode_key(p, key), value)
        return y

    return [draw_tensor(draw, shape), value], by_torch, by_engine


def case_view(draw):
    shape = draw(shapes(1))
    x = draw_tensor(draw, shape)
    return [x], lambda x: x.view(-1, shape[-1]), lambda p, x: p.view(x, [-1, shape[-1]])


def case_reshape(draw):
    shape = draw(shapes(2))
    order = draw(st.permutations(range(len(shape))))
    size = [-1, shape[order[0]]]
    return (
        [draw_tensor(draw, shape)],
        lambda x: x.permute(order).reshape(size),
        lambda p, x: p.reshape(p.permute(x, order), size),
    )


def case_flatten(draw):
    shape = draw(shapes(1))
    start = draw(st.integers(0, len(shape) - 1))
    return (
        [draw_tensor(draw, shape)],
        lambda x: (x * 1).flatten(start),
        lambda p, x: p.flatten(p.mul(x, 1), start),
    )


def case_transpose(draw):
    shape = draw(shapes(1))
    a, b = (draw(st.integers(-len(shape), len(shape) - 1)) for _ in range(2))
    return (
        [draw_tensor(draw, shape)],
        lambda x: x.transpose(a, b),
        lambda p, x: p.transpose(x, a, b),
    )


def case_squeeze(draw):
    shape = draw(shapes(1, 2))
    dim = draw(st.none() | st.integers(0, len(shape) - 1))
    by_torch = (lambda x: x.squeeze()) if dim is None else (lambda x: x.squeeze(dim))
    return [draw_tensor(draw, shape)], by_torch, lambda p, x: p.squeeze(x, dim)


def case_expand(draw):
    shape = draw(shapes(1, 3))
    sizes = [draw(st.integers(1, 3)), *(draw(st.integers(1, 3)) if s == 1 else -1 for s in shape)]
    return [draw_tensor(draw, shape)], lambda x: x.expand(sizes), lambda p, x: p.expand(x, sizes)


def case_unfold(draw):
    x = draw_tensor(draw, (2, draw(st.integers(3, 6)), 3))
    size, step = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return [x], lambda x: x.unfold(1, size, step), lambda p, x: p.unfold(x, 1, size, step)


def case_diagonal(draw):
    x, k = (
        draw_tensor(draw, draw(shapes(2).filter(lambda s: len(s) == 2))),
        draw(st.integers(-1, 1)),
    )
    return [x], lambda x: x.diagonal(k), lambda p, x: p.diagonal(x, k)


def case_split(draw):
    x, size = draw_tensor(draw, (draw(st.integers(1, 7)), 2)), draw(st.integers(1, 4))
    return [x], lambda x: x.split(size), lambda p, x: p.split(x, size)


def case_tensor_split(draw):
    x, n = draw_tensor(draw, (2, draw(st.integers(1, 7)))), draw(st.integers(1, 4))
    return [x], lambda x: x.tensor_split(n, 1), lambda p, x: p.tensor_split(x, n, 1)


def case_cat(draw):
    shape = draw(shapes(1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    xs = [draw_tensor(draw, shape) for _ in range(2)]
    return xs, lambda *xs: torch.cat(xs, dim), lambda p, *xs: p.cat(list(xs), dim)


def case_stack(draw):
    shape = draw(shapes())
    dim = draw(st.integers(-len(shape) - 1, len(shape)))
    xs = [draw_tensor(draw, shape) for _ in range(2)]
    return xs, lambda *xs: torch.stack(xs, dim), lambda p, *xs: p.stack(list(xs), dim)


def case_repeat(draw):
    shape = draw(shapes(1, 3))
    times = [draw(st.integers(1, 2)) for _ in range(len(shape) + draw(st.integers(0, 1)))]
    return [draw_tensor(draw, shape)], lambda x: x.repeat(times), lambda p, x: p.repeat(x, times)


def case_flip(draw):
    shape = draw(shapes(1))
    dims = draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1))
    return [draw_tensor(draw, shape)], lambda x: x.flip(dims), lambda p, x: p.flip(x, dims)


def case_roll(draw):
    shape = draw(shapes(1))
    by, dim = draw(st.integers(-4, 4)), draw(st.none() | st.integers(0, len(shape) - 1))
    return [draw_tensor(draw, shape)], lambda x: x.roll(by, dim), lambda p, x: p.roll(x, by, dim)


def case_pad(draw):
    shape = draw(shapes(2).filter(lambda s: min(s) > 1))
    sizes = [draw(st.integers(-1, 2)) for _ in range(4)]
    sizes = [max(size, 0) if shape[-1 - i // 2] < 3 else size for i, size in enumerate(sizes)]
    return [draw_tensor(draw, shape)], lambda x: F.pad(x, sizes), lambda p, x: p.pad(x, sizes)


def case_clamp(draw):
    low, high = draw(st.none() | st.floats(-1, 0)), draw(st.floats(0, 1))
    return (
        [draw_tensor(draw, draw(shapes()))],
        lambda x: x.clamp(low, high),
        lambda p, x: p.clamp(x, low, high),
    )


def case_where(draw):
    x, y = (draw_tensor(draw, (3, draw(st.integers(1, 4)))) for _ in range(2))
    return (
        [x, y[:, :1]],
        lambda x, y: torch.where(x > 0, x, y),
        lambda p, x, y: p.where(p.gt(x, 0), x, y),
    )


def case_masked_fill(draw):
    x = draw_tensor(draw, draw(shapes()))
    return [x], lambda x: x.masked_fill(x > 0, 7.0), lambda p, x: p.masked_fill(x, p.gt(x, 0), 7)


def case_lerp(draw):
    shape, w = draw(shapes()), draw(st.floats(0, 1))
    return (
        [draw_tensor(draw, shape) for _ in range(2)],
        lambda a, b: a.lerp(b, w),
        lambda p, a, b: p.lerp(a, b, w),
    )


def case_rsub(draw):
    return [draw_tensor(draw, draw(shapes()))], lambda x: 1 - x, lambda p, x: p.rsub(x, 1)


def case_power_of_number(draw):
    n = draw(st.sampled_from([0, 1, 2, 3, 0.5, -1, -2, 1.5]))
    return [positive(draw_tensor(draw, draw(shapes())))], lambda x: x**n, lambda p, x: p.pow(x, n)


def case_softmax(draw):
    shape = draw(shapes(1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return [3 * draw_tensor(draw, shape)], lambda x: x.softmax(dim), lambda p, x: p.softmax(x, dim)


def case_log_softmax(draw):
    shape = draw(shapes(1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return (
        [3 * draw_tensor(draw, shape)],
        lambda x: x.log_softmax(dim),
        lambda p, x: p.log_softmax(x, dim),
    )


def case_norm(draw):
    return [draw_tensor(draw, draw(shapes(1)))], lambda x: x.norm(), lambda p, x: p.norm(x)


def case_norm_of_rows(draw):
    keep = draw(st.booleans())
    return (
        [draw_tensor(draw, (3, 4))],
        lambda x: x.norm(dim=1, keepdim=keep),
        lambda p, x: p.norm(x, 2, 1, keep),
    )


def case_whole(draw):
    name = draw(st.sampled_from(["sum", "mean", "prod", "std", "max", "min", "median", "argmax"]))
    x = draw_tensor(draw, draw(shapes(1).filter(lambda s: torch.Size(s).numel() > 1)))
    return [x], lambda x: getattr(x, name)(), lambda p, x: getattr(p, name)(x)


def case_variance(draw):
    k = draw(st.integers(0, 1))
    return (
        [draw_tensor(draw, (3, 4))],
        lambda x: x.var(0, correction=k),
        lambda p, x: p.variance(x, 0, k),
    )


def case_cumsum(draw):
    shape = draw(shapes(1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return [draw_tensor(draw, shape)], lambda x: x.cumsum(dim), lambda p, x: p.cumsum(x, dim)


def case_topk(draw):
    k, largest = draw(st.integers(1, 3)), draw(st.booleans())
    return (
        [draw_tensor(draw, (2, 5))],
        lambda x: x.topk(k, 1, largest),
        lambda p, x: p.topk(x, k, 1, largest),
    )


def case_gather(draw):
    index = torch.tensor(draw(st.lists(st.integers(0, 2), min_size=4, max_size=4))).view(2, 2)
    return (
        [draw_tensor(draw, (3, 3))],
        lambda x: x.gather(1, index),
        lambda p, x: p.gather(x, 1, p.give(index)),
    )


def case_scatter(draw):
    index = torch.tensor([draw(st.permutations(range(3))) for _ in range(2)])
    tensors = [draw_tensor(draw, (2, 3)) for _ in range(2)]
    return (
        tensors,
        lambda x, y: (x * 1).scatter_(1, index, y),
        lambda p, x, y: p.scatter_(p.mul(x, 1), 1, p.give(index), y),
    )


def case_matmul(draw):
    m, k, n, batch = (draw(st.integers(1, 7)) for _ in range(4))
    left = draw(st.sampled_from([(k,), (m, k), (batch, m, k), (batch, 1, m, k)]))
    right = draw(st.sampled_from([(k,), (k, n), (batch, k, n)]))
    return (
        [draw_tensor(draw, left), draw_tensor(draw, right)],
        torch.matmul,
        lambda p, a, b: p.matmul(a, b),
    )


def case_linear(draw):
    m, k, n = (draw(st.integers(1, 9)) for _ in range(3))
    rows = draw(st.sampled_from([(m,), (), (2, m)]))
    tensors = [draw_tensor(draw, shape) for shape in ((*rows, k), (n, k), (n,))]
    tensors = tensors[: draw(st.integers(2, 3))]
    return tensors, F.linear, lambda p, *xs: p.linear(*xs)


def case_conv2d(draw):
    n, c, o, rows, columns = (draw(st.integers(1, 4)) for _ in range(5))
    padding = [draw(st.integers(0, min(size - 1, 2))) for size in (rows, columns)]
    options = draw(st.integers(1, 2)), padding  # stride first
    image = draw_tensor(draw, (n, c, draw(st.integers(4, 9)), draw(st.integers(4, 9))))
    image = image if draw(st.booleans()) else image[0]
    tensors = [image, draw_tensor(draw, (o, c, rows, columns)), draw_tensor(draw, (o,))]
    return (
        tensors[: draw(st.integers(2, 3))],
        lambda x, w, b=None: F.conv2d(x, w, b, *options),
        lambda p, x, w, b=None: p.conv2d(x, w, b, *options),
    )


def case_conv_transpose2d(draw):
    image = draw_tensor(draw, draw(st.sampled_from([(2, 3, 4, 5), (3, 4, 5)])))
    return (
        [image, draw_tensor(draw, (3, 2, 3, 2))],
        F.conv_transpose2d,
        lambda p, x, w: p.conv_transpose2d(x, w),
    )


def case_max_pool2d(draw):
    size, stride = draw(st.integers(2, 3)), draw(st.none() | st.integers(1, 3))
    padding = draw(st.integers(0, 1))
    image = draw_tensor(draw, (2, 3, draw(st.integers(4, 8)), draw(st.integers(4, 8)))).round()
    image = image if draw(st.booleans()) else image[0]
    if padding:
        return (
            [image],
            lambda x: F.max_pool2d(x, size, stride, padding),
            lambda p, x: p.max_pool2d(x, size, stride, padding),
        )
    return (
        [image],
        lambda x: F.max_pool2d(x, size, stride, return_indices=True),
        lambda p, x: p.max_pool2d_with_indices(x, size, stride),
    )


def case_avg_pool2d(draw):
    image, size = draw_tensor(draw, (2, 3, 6, 5)), draw(st.integers(1, 3))
    return [image], lambda x: F.avg_pool2d(x, size), lambda p, x: p.avg_pool2d(x, size)


def case_batch_norm(draw):
    shape = draw(st.sampled_from([(4, 3), (2, 3, 4, 2)]))
    tensors = [draw_tensor(draw, each) for each in (shape, (3,), (3,))]
    return (
        tensors,
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        lambda p, x, w, b: p.batch_norm(x, None, None, w, b, True),
    )


def case_cross_entropy(draw):
    n, reduction = draw(st.integers(1, 4)), draw(st.sampled_from(["mean", "sum", "none"]))
    labels = torch.tensor(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    x, labels = (
        (draw_tensor(draw, (n, 5)), labels)
        if draw(st.booleans())
        else (draw_tensor(draw, (5,)), labels[0])
    )
    return (
        [3 * x],
        lambda x: F.cross_entropy(x, labels, reduction=reduction),
        lambda p, x: p.cross_entropy(x, p.give(labels), reduction),
    )


def case_cross_entropy_ignoring(draw):
    labels, reduction = torch.tensor([3, 1, 3, 0]), draw(st.sampled_from(["mean", "sum", "none"]))
    return (
        [draw_tensor(draw, (4, 5))],
        lambda x: F.cross_entropy(x, labels, ignore_index=3, reduction=reduction),
        lambda p, x: p.cross_entropy(x, p.give(labels), reduction, 3),
    )


def case_cross_entropy_of_shares(draw):
    return (
        [draw_tensor(draw, (3, 5)), draw_tensor(draw, (3, 5)).softmax(1)],
        F.cross_entropy,
        lambda p, x, y: p.cross_entropy(x, y),
    )


def case_mse_loss(draw):
    shape, reduction = draw(shapes()), draw(st.sampled_from(["mean", "sum", "none"]))
    tensors = [draw_tensor(draw, shape) for _ in range(2)]
    return (
        tensors,
        lambda a, b: F.mse_loss(a, b, reduction=reduction),
        lambda p, a, b: p.mse_loss(a, b, reduction),
    )


def case_interpolate(draw):
    sizes, antialias = (
        [draw(st.integers(2, 9)) for _ in range(2)],
        draw(st.booleans()),
    )  # of width 1 PyTorch's are wrong
    return (
        [draw_tensor(draw, (2, 1, draw(st.integers(1, 9)), 5))],
        lambda x: F.interpolate(x, sizes, mode="bilinear", antialias=antialias),
        lambda p, x: p.interpolate(x, sizes, "bilinear", antialias),
    )


def case_affine_grid(draw):
    size = [2, 1, draw(st.integers(1, 5)), draw(st.integers(1, 5))]
    return (
        [draw_tensor(draw, (2, 2, 3))],
        lambda x: F.affine_grid(x, size, align_corners=False),
        lambda p, x: p.affine_grid(x, size),
    )


OTHERS = {
    name.removeprefix("case_"): f for name, f in list(globals().items()) if name.startswith("case_")
}
FAMILIES = {
    draw_unary: UNARY,
    draw_binary: BINARY,
    draw_reduction: REDUCTIONS,
    draw_paired: PAIRED,
    draw_other: OTHERS,
}


@pytest.mark.parametrize(
    ("family", "name"),
    [(family, name) for family, names in FAMILIES.items() for name in names],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
@given(data=st.data())
@settings(max_examples=8, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
def test_equals_pytorch(family, name, data):
    check(name, *family(data.draw, name))


def check(name, tensors, by_torch, by_engine) -> None:
    """Compare the results of both, and what a random gradient of the first one comes back as."""
    leaves = [t.clone().requires_grad_(t.is_floating_point()) for t in tensors]
    wanted = by_torch(*leaves)
    program = Program()
    handed = [program.give(t) for t in leaves]
    found = by_engine(program, *handed)
    several = isinstance(wanted, (tuple, list))
    first = wanted[0] if several else wanted
    if first.requires_grad and first.numel():
        upstream = torch.randn(first.shape, generator=torch.Generator().manual_seed(1000))
        gradients = torch.autograd.grad(first, leaves, upstream, allow_unused=True)
        asked = program.grad(
            [{"$": [found["$"], 0]} if several else found],
            handed,
            [program.give(upstream)],
            {"allowUnused": True},
        )
    results = program.run()
    own = results[found["$"]]
    compare(own, wanted)
    if first.requires_grad and first.numel():
        for one, other in zip(results[asked["$"]], gradients, strict=True):
            compare(
                torch.zeros(1) if one is None else one, torch.zeros(1) if other is None else other
            )
        node = (own[0] if several else own).node
        assert (
            name in UNNAMED
            or node.partition("Backward")[0] == first.grad_fn.name().partition("Backward")[0]
        )


def compare(own, wanted) -> None:
    if isinstance(wanted, (tuple, list)):
        for one, other in zip(own, wanted, strict=True):
            compare(one, other)
        return
    wanted = wanted.detach()
    assert (own.shape, own.dtype) == (wanted.shape, wanted.dtype)
    finite = wanted[wanted.isfinite()].double().abs()
    scale = max(0.01, *finite.flatten().tolist(), 0.0)
    torch.testing.assert_close(own, wanted, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)
