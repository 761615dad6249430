"""Chapter 3: a shape, a convolution with two loops, a max pooling, the map to blame."""

import itertools
import operator

import torch
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_shape, read_tensor, reject
from lenet_course.checks.calling import call_function
from lenet_course.checks.exercise import Harder, Kind, exercise, shaped
from lenet_course.checks.verdict import Hint, checker
from lenet_course.digits import load_digits, prepare_images
from lenet_course.features import compute_feature_maps
from lenet_course.model import Net, load_trained

MISREAD = 37  # of the test digits: a 4, read as a 9


@checker
def check_padded_shape(answer):
    """Exercise 3.1: the shape that conv1 makes of one padded picture."""
    found = read_shape(answer)
    image = F.pad(torch.zeros(28, 28), (3, 3, 1, 1))
    wanted = tuple(Net().conv1(image.unsqueeze(0)).shape)
    if len(found) != 3:
        return "batch" if len(found) == 4 else "three"
    maps, height, width = wanted
    tall, wide = image.shape
    mistakes = {
        **{(tall - cut, wide - cut): "shrink" for cut in range(1, 11)},
        **{(side, side): "same_margin" for side in (height, width, tall, wide)},
        (height, width): "right" if found[0] == maps else "channels",
        (width, height): "order",
        (wide, tall): "order",
        (height - 1, width - 3): "one_side",
        (28 - 4, 28 - 4): "no_padding",
        (32 - 4, 32 - 4): "chapter_margin",
        (height // 2, width // 2): "pooled",
        (tall, wide): "no_convolution",
        (height - 1, width - 1): "plus_one",
    }
    return mistakes.get(found[1:], "last" if sorted(found) == sorted(wanted) else "other")


@checker
def check_convolution(answer):
    """Exercise 3.2: a 5×5 convolution, from (1, H, W) to (maps, H - 4, W - 4)."""
    conv1, digit = load_trained().conv1, prepare_images(load_digits("test").images[1848:1849])[0]
    on_digit = digit, conv1.weight.detach(), conv1.bias.detach()
    for maps, height, width in ((4, 11, 11), (3, 9, 14), (1, 8, 9)):  # a square: transposed values
        given = torch.randn(1, height, width), torch.randn(maps, 1, 5, 5), 1 + torch.rand(maps)
        try:
            key = convolve_with(answer, *given)
        except Hint as hint:
            if hint.key == "raised" and fits(answer, on_digit):
                return "typed_in"
            if hint.key == "raised" and "RuntimeError" in hint.fields["error"]:
                raise Hint("sizes", **hint.fields) from None
            raise
        if key != "right":
            stray = key in ("other", "first_only") and fits(answer, on_digit)
            return "typed_in" if stray else key
    return convolve_with(answer, *on_digit)


CONVOLUTIONS = ["convolution", *(f"conv{way}{n}d" for way in ("", "_transpose") for n in (1, 2, 3))]


def convolve_with(answer, *given) -> str:
    found = call_function(answer, *given, without=CONVOLUTIONS, limit=30)  # five loops are slow
    return judge_maps(read_tensor(found), *given)


def fits(answer, given) -> bool:
    """Whether a convolution is right here, whatever it does elsewhere."""
    try:
        return convolve_with(answer, *given) == "right"
    except Hint:
        return False


def judge_maps(found, image, weight, bias) -> str:
    """Name what became of a convolution's maps."""
    bias = bias.view(-1, 1, 1)
    plain = F.conv2d(image, weight)
    wanted = plain + bias
    maps, height, width = wanted.shape
    if found.shape != wanted.shape:
        shapes = {
            (maps, height + 4, width + 4): "padding", (maps, height - 1, width - 1): "edge",
            (height, width): "one_map", (1, height, width): "one_map",
            (height, width, maps): "axes", (maps, width, height): "transposed",
            (1, maps, height, width): "axes", (maps, 1, height, width): "axes",
            (maps,): "one_window", (maps, height * width): "flat",
            (height * width, maps): "flat", (maps * height * width,): "flat",
        }  # fmt: skip
        first = found.ndim == 3 and len(found) == maps
        first = first and is_close(found[:, 0, 0], wanted[:, 0, 0])
        return shapes.get(tuple(found.shape), "first_only" if first else "other")
    first = torch.zeros_like(wanted)
    first[0] = wanted[0]
    values = [
        ("right", wanted), ("no_bias", plain), ("bias_often", plain + 25 * bias),
        ("flipped", F.conv2d(image, weight.flip(2, 3)) + bias), ("mean", plain / 25 + bias),
        ("transposed", F.conv2d(image, weight.transpose(2, 3)) + bias), ("one_map", first),
        ("one_kernel", wanted[:1].expand_as(wanted)), ("one_kernel", plain[:1] + bias),
        ("one_kernel", plain + bias[0]), ("all_kernels", plain.sum(0, True) + bias),
        ("relu", wanted.clamp(min=0)),
    ]  # fmt: skip
    if height == width:
        values.append(("transposed", wanted.transpose(1, 2)))
    for cut in (slice(None, -1), slice(1, None)):
        if is_close(found[:, cut, cut], wanted[:, cut, cut]) and not is_close(found, wanted):
            return "edge"
    key = next((key for key, value in values if is_close(found, value)), "other")
    if key != "other":
        return key
    left = found == 0
    if is_close(found, wanted.masked_fill(left, 0)):
        return "zeros" if left.all() else "unfinished"
    return "first_only" if is_close(found[:, 0, 0], wanted[:, 0, 0]) else "other"


def draw_maps():
    for size in ((2, 3, 8, 10), (3, 5, 6, 6)):
        yield (torch.randn(size),)


def draw_one_picture():
    yield (torch.randn(1, 4, 8, 6),)


def read_pooled(found) -> torch.Tensor:
    if isinstance(found, tuple) and hasattr(found, "indices"):
        raise Hint("pair")
    return read_tensor(found)


POOLS = [f"{kind}max_pool{n}d{end}" for kind in ("", "adaptive_", "fractional_") for n in (1, 2, 3)
         for end in ("", "_with_indices")]  # fmt: skip


@exercise(
    draw_maps,
    read=read_pooled,
    without=POOLS,
    errors={"max() received an invalid": "max"},
    harder=[Harder(draw_one_picture, wrong="squeezed")],
)
def check_pooling(maps):
    """Exercise 3.3: 2×2 max pooling of (N, C, H, W)."""
    wanted, mean = F.max_pool2d(maps, 2), F.avg_pool2d(maps, 2)
    n, c, height, width = wanted.shape
    windows = maps.unfold(2, 2, 2).unfold(3, 2, 2)
    shapes = {
        (n, c, 2 * height - 1, 2 * width - 1): "overlap",
        (n, c, height, width, 2, 2): "windows", (n, c, height, width, 4): "windows",
        (n, c, height, width, 2): "windows", (n, c, height, 2 * width): "one_direction",
        (n, c, 2 * height, width): "one_direction",
        (n, c, height // 2, 2 * width): "one_direction", (n, c, 2, 2): "wrong_axes",
        (n, c, 2 * height, width // 2): "one_direction", (n, c, width, height): "transposed",
        (n, height, width): "mixed", (n, 1, height, width): "mixed",
        (n, height * width): "mixed", (n, 4 * c, height * width): "flat",
        (n, c, height * width): "flat", (n, c, 4, height * width): "flat",
        (n, c, 2 * height - 1, width): "overlap", (n, c, height, 2 * width - 1): "overlap",
        (n, c // 2, height, 2 * width): "places", (n, c // 2, 2 * height, width): "places",
        (n // 2, c // 2, 2 * height, 2 * width): "places",
        (n, c, height, width, 1, 1): "ones", (n, c, height, width, 1): "ones",
        (c, height, width): "one_picture", (1, c, height, width): "one_picture",
        (): "whole", (n, c): "whole", (n, c, 1, 1): "whole", (c,): "whole", (n,): "whole",
    }  # fmt: skip
    kept = {*itertools.combinations((n, c, height, width, 2, 2), 4)} - {*shapes, (*wanted.shape,)}

    def is_fewer(found):
        alike = found.ndim == 4 and found.shape[:2] == wanted.shape[:2]
        return alike and all(map(operator.le, found.shape, wanted.shape))

    return [
        ("right", wanted), ("mean", mean), ("mean", 4 * mean),
        ("smallest", -F.max_pool2d(-maps, 2)), ("no_negatives", wanted.clamp(min=0)),
        *[("corner", maps[:, :, i::2, j::2]) for i in (0, 1) for j in (0, 1)],
        ("scrambled", maps.reshape(*wanted.shape, 4).amax(-1)),
        ("overlap", F.max_pool2d(maps, 2, 1)[:, :, :height, :width]),
        ("argmax", windows.flatten(4).argmax(4)),
        *([("transposed", wanted.transpose(2, 3))] if height == width else []),
        ("first_picture", wanted[:1].expand_as(wanted)), ("first_channel", wanted[:, :1]),
        ("first_channel", wanted[:, :1].expand_as(wanted)),
        ("values", Kind(lambda found: found.shape == wanted.shape, wanted + 1)),
        *[(key, shaped(*shape)) for shape, key in shapes.items()],
        *[("wrong_axes", shaped(*shape)) for shape in sorted(kept)],
        ("fewer", Kind(is_fewer, wanted[:, :, :-1, :-1])),
    ]  # fmt: skip


@checker
def check_blamed_map(answer):
    """Exercise 3.4: the map of pool2 without which a misread 4 is read as a 4."""
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, (list, tuple, set)):
        return "one" if answer else reject(answer, "number")
    found = read_number(answer)
    if found not in range(16):
        return "range"
    test, net = load_digits("test"), load_trained()
    images, label = prepare_images(test.images[MISREAD : MISREAD + 1]), test.labels[MISREAD]
    maps = compute_feature_maps(net, images)["pool2"]
    silent = maps.clone()
    silent[0, int(found)] = 0
    before, after = (finish(net, each).softmax(0) for each in (maps, silent))
    if after.argmax() == label:
        return "right"
    if maps[0].amax((1, 2)).argmax() == found:
        return "strongest"
    erased = maps.clone()
    erased[0, : int(found)] = 0
    if finish(net, erased).argmax() != label:
        erased[0, int(found)] = 0
        if finish(net, erased).argmax() == label:
            return "not_fresh"
    return "closer" if after[label] > before[label] else "further"


def finish(net, pool2) -> torch.Tensor:
    """The logits, shape (10,), that follow from one picture's pool2."""
    x = F.relu(net.fc1(pool2.flatten(1)))
    return net.fc3(F.relu(net.fc2(x)))[0].detach()
