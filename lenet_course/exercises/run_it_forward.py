"""Chapter 3: a shape, a convolution with two loops, a max pooling, the map to blame."""

import itertools
import operator

import torch
import torch.nn.functional as F

from lenet_course.digits import load_digits, prepare_images
from lenet_course.exercises.answers import is_close, read_number, read_shape, read_tensor, reject
from lenet_course.exercises.engine import Harder, Kind, exercise, shaped
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.features import compute_feature_maps
from lenet_course.model import Net, load_trained

__all__ = ["check_blamed_map", "check_convolution", "check_padded_shape", "check_pooling"]

HELD_OUT = 8000  # from here on, the training digits are held out for validation
SHOWN, MISREAD = 1675, 1440  # of those: the chapter's 4; a 0, read as a 4


@exercise(read=read_shape)
def check_padded_shape():
    """Exercise 3.1: the shape that conv1 makes of one padded picture."""
    image = F.pad(torch.zeros(28, 28), (3, 3, 1, 1))
    wanted = tuple(Net().conv1(image.unsqueeze(0)).shape)
    _, height, width = wanted
    tall, wide = image.shape
    sides = [
        ("channels", height, width), ("order", width, height), ("order", wide, tall),
        ("one_side", height - 1, width - 3), ("no_padding", 28 - 4, 28 - 4),
        ("chapter_margin", 32 - 4, 32 - 4), ("pooled", height // 2, width // 2),
        ("no_convolution", tall, wide), ("plus_one", height - 1, width - 1),
        *[("same_margin", side, side) for side in (height, width, tall, wide)],
        *[("shrink", tall - cut, wide - cut) for cut in range(1, 11) if cut not in (4, 5)],
    ]  # fmt: skip
    return [
        ("right", wanted), ("batch", (..., ..., ..., ...)),
        ("three", Kind(lambda found: len(found) != 3, (height, width))),
        *[(key, (..., *pair)) for key, *pair in sides],
        *[("last", order) for order in itertools.permutations(wanted) if order[0] != wanted[0]],
    ]  # fmt: skip


CONVOLUTIONS = ["convolution", *(f"conv{way}{n}d" for way in ("", "_transpose") for n in (1, 2, 3))]


def draw_as_the_chapter_s():
    yield torch.randn(1, 32, 32), torch.randn(6, 1, 5, 5), 1 + torch.rand(6)


def draw_other_sizes():
    for maps, height, width in ((4, 11, 11), (3, 9, 14)):
        yield torch.randn(1, height, width), torch.randn(maps, 1, 5, 5), 1 + torch.rand(maps)
    yield load_chapter_s()


def draw_one_kernel():
    yield torch.randn(1, 8, 9), torch.randn(1, 1, 5, 5), 1 + torch.rand(1)


def load_chapter_s() -> tuple[torch.Tensor, ...]:
    """Load the chapter's digit, and conv1's weight and bias."""
    digit = prepare_images(load_digits("train").images[HELD_OUT + SHOWN :][:1])[0]
    return digit, *(parameter.detach() for parameter in load_trained().conv1.parameters())


@exercise(
    draw_as_the_chapter_s,
    without=CONVOLUTIONS,
    instead={"RuntimeError": "sizes"},
    harder=[
        Harder(draw_other_sizes, broken="typed_in", wrong="typed_in"),
        Harder(draw_one_kernel, broken="squeezed", wrong="squeezed"),
    ],
    limit=30,  # five loops are slow
)
def check_convolution(image, weight, bias):
    """Exercise 3.2: a 5×5 convolution, from (1, H, W) to (maps, H - 4, W - 4)."""
    bias = bias.view(-1, 1, 1)
    plain = F.conv2d(image, weight)
    wanted = plain + bias
    maps, height, width = wanted.shape
    first = torch.zeros_like(wanted)
    first[0] = wanted[0]
    digit, *conv1 = load_chapter_s()
    cuts, row = (slice(None, -1), slice(1, None)), torch.arange(height).view(-1, 1)
    shapes = {
        (maps, height + 4, width + 4): "padding", (maps, height - 1, width - 1): "edge",
        (height, width): "one_map", (1, height, width): "one_map",
        (height, width, maps): "axes", (1, maps, height, width): "axes",
        (maps, 1, height, width): "axes", (maps,): "one_window", (maps, height * width): "flat",
        (height * width, maps): "flat", (maps * height * width,): "flat",
    }  # fmt: skip

    def lacks_an_edge(found):
        alike = found.shape == wanted.shape
        return alike and any(is_close(found[:, cut, cut], wanted[:, cut, cut]) for cut in cuts)

    def is_unfinished(found):
        return found.shape == wanted.shape and is_close(found, wanted.masked_fill(found == 0, 0))

    def begins_well(found):
        alike = found.ndim == 3 and len(found) == maps
        return alike and is_close(found[:, 0, 0], wanted[:, 0, 0])

    return [
        ("right", wanted), ("no_bias", plain), ("bias_often", plain + 25 * bias),
        ("edge", Kind(lacks_an_edge, wanted.masked_fill(row == 0, 7))),
        ("flipped", F.conv2d(image, weight.flip(2, 3)) + bias), ("mean", plain / 25 + bias),
        ("transposed", F.conv2d(image, weight.transpose(2, 3)) + bias),
        ("transposed", wanted.transpose(1, 2)), ("one_map", first),
        ("one_kernel", wanted[:1].expand_as(wanted)), ("one_kernel", plain[:1] + bias),
        ("one_kernel", plain + bias[0]), ("all_kernels", plain.sum(0, True) + bias),
        ("relu", wanted.clamp(min=0)),
        ("typed_in", F.conv2d(digit, weight) + bias),
        *[("typed_in", F.conv2d(picture, *conv1)) for picture in (image, digit)],
        ("zeros", torch.zeros_like(wanted)),
        ("unfinished", Kind(is_unfinished, wanted.masked_fill(row > 3, 0))),
        *[(key, shaped(*shape)) for shape, key in shapes.items()],
        ("first_only", Kind(begins_well, wanted[:, ::2, ::2])),
    ]  # fmt: skip


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
    instead={"max() received an invalid": "max"},
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
    """Exercise 3.4: the map of pool2 without which a misread 0 is read as a 0."""
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, (list, tuple, set)):
        return "one" if answer else reject(answer, "number")
    found = read_number(answer)
    if found not in range(16):
        return "range"
    digits, net, place = load_digits("train"), load_trained(), HELD_OUT + MISREAD
    images, label = prepare_images(digits.images[place : place + 1]), digits.labels[place]
    maps = compute_feature_maps(net, images)["pool2"]
    silent = maps.clone()
    silent[0, int(found)] = 0
    before, after = (finish(net, each).softmax(0) for each in (maps, silent))
    if after.argmax() == label:
        return "right"
    if maps[0].amax((1, 2)).argmax() == found:
        return "strongest"
    return "closer" if after[label] > before[label] else "further"


def finish(net, pool2) -> torch.Tensor:
    """The logits, shape (10,), that follow from one picture's pool2."""
    x = F.relu(net.fc1(pool2.flatten(1)))
    return net.fc3(F.relu(net.fc2(x)))[0].detach()
