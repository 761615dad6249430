"""Chapter 3."""

import torch
import torch.nn.functional as F

from lenet_course import load_trained
from lenet_course.exercises import run_it_forward as exercises
from tests.exercises.judging import *  # noqa: F403


def slide(
    add=0, cut=lambda window: window, kernels=lambda weight: weight, join=torch.sum, start=0, stop=0
):
    """A convolution with two loops; what its arguments change are the likely mistakes."""

    def convolve(image, weight, bias):
        height, width = image.shape[1] - 4, image.shape[2] - 4
        maps = torch.zeros(len(weight), height, width)
        for row in range(start, height - stop):
            for column in range(start, width - stop):
                window = cut(image[:, row : row + 5, column : column + 5])
                maps[:, row, column] = join(window * kernels(weight) + add, dim=(1, 2, 3)) + bias
        return maps

    return convolve


def value_by_value(image, weight, bias):
    """Five loops, numbers of Python, a list of lists of lists."""
    pixels, kernels, b = image[0].tolist(), weight[:, 0].tolist(), bias.tolist()
    return [
        [
            [
                sum(k[i][j] * pixels[r + i][c + j] for i in range(5) for j in range(5)) + b[n]
                for c in range(len(pixels[0]) - 4)
            ]
            for r in range(len(pixels) - 4)
        ]
        for n, k in enumerate(kernels)
    ]


def map_by_map(image, weight, bias, number=lambda n: n, bias_number=lambda n: n, most=None):
    maps = torch.zeros(len(weight), image.shape[1] - 4, image.shape[2] - 4)
    for n in range(most or len(weight)):
        maps[n] = without_bias(image, weight[[number(n)]], bias[:1])[0] + bias[bias_number(n)]
    return maps


def by_unfold(image, weight, bias):
    windows = image[0].unfold(0, 5, 1).unfold(1, 5, 1)
    return torch.einsum("rcij,kij->krc", windows, weight[:, 0]) + bias[:, None, None]


def without_bias(image, weight, bias):
    return by_unfold(image, weight, 0 * bias)


def bias_inside(image, weight, bias):
    return by_unfold(image, weight, 25 * bias)


def typed_in(image, weight, bias):
    maps = torch.zeros(6, 28, 28)
    for row in range(28):
        for column in range(28):
            window = image[:, row : row + 5, column : column + 5]
            maps[:, row, column] = (window * weight).sum((1, 2, 3)) + bias
    return maps


def as_square(image, weight, bias):
    side = image.shape[1]
    square = F.pad(image, (0, max(0, side - image.shape[2])))[:, :, :side]
    return by_unfold(square, weight, bias)


def stop_after_a_row(image, weight, bias):
    maps = by_unfold(image, weight, bias)
    maps[:, 1:] = 0
    return maps


def with_maps(change, convolve=by_unfold):
    return lambda *given: change(convolve(*given))


def windows(maps, step=2):
    return maps.unfold(2, 2, step).unfold(3, 2, step)


def pool_by_loops(maps):
    rows = [maps[:, :, r : r + 2].amax(2) for r in range(0, maps.shape[2], 2)]
    return torch.stack(
        [torch.stack([row[..., c : c + 2].amax(-1) for c in range(0, row.shape[-1], 2)], -1)
         for row in rows], 2,
    )  # fmt: skip


def pool_by_columns(maps):
    n, c, height, width = maps.shape
    columns = F.unfold(maps.view(n * c, 1, height, width), 2, stride=2)
    return columns.amax(1).view(n, c, height // 2, width // 2)


def pool_mixed(maps):
    n, _, height, width = maps.shape
    return F.unfold(maps, 2, stride=2).amax(1).view(n, 1, height // 2, width // 2)


def pool_reshaped(maps):
    n, c, height, width = maps.shape
    return maps.reshape(n, c, height // 2, width // 2, 4).amax(-1)


def pool_too_slowly(maps):
    pooled = maps[:, :, ::2, ::2].clone()
    for row in range(pooled.shape[2]):
        for column in range(pooled.shape[3]):
            window = maps[:, :, row : row + 2, column : column + 2]
            pooled[:, :, row, column] = window.amax((2, 3))
    return pooled


def pool_in_place(maps):
    return windows(maps.relu_()).amax((4, 5))


CASES = {
    exercises.check_padded_shape: [
        ("right", (6, 26, 30)),
        ("right", torch.Size([6, 26, 30])),
        ("right", [6.0, 30 - 4, 34 - 4]),
        ("three", (26, 30)),
        ("one_side", (6, 25, 27)),
        ("no_convolution", (1, 30, 34)),
        ("last", (26, 30, 6)),
        ("chapter_margin", (6, 28, 28)),
        ("pooled", (6, 13, 15)),
        ("other", (16, 5, 5)),
        ("type", [[6, 26, 30]]),
    ],
    exercises.check_convolution: [
        ("right", slide()),
        ("right", value_by_value),
        ("right", map_by_map),
        ("right", by_unfold),
        ("bias_often", bias_inside),
        ("edge", slide(start=1)),
        ("flipped", slide(cut=lambda window: window.flip(1, 2))),
        ("transposed", with_maps(lambda maps: maps.transpose(1, 2))),
        ("one_map", with_maps(lambda maps: maps[:1])),
        ("one_kernel", lambda *given: map_by_map(*given, bias_number=lambda n: 0)),
        ("mean", slide(join=torch.mean)),
        ("unfinished", stop_after_a_row),
        ("flat", with_maps(lambda maps: maps.flatten(1))),
        ("typed_in", typed_in),
        ("typed_in", as_square),
        ("first_only", with_maps(lambda maps: maps[:, :1, :1].expand_as(maps))),
        ("other", slide(add=1)),
        ("other", lambda image, weight, bias: image),
        ("shortcut", F.conv2d),
        ("shortcut", lambda image, weight, bias: load_trained().conv1(image)),
        ("sizes", slide(cut=lambda window: window[:, :4, :4])),
        ("raised", lambda image: image),
        ("changed", lambda image, weight, bias: image.zero_()),
    ],
    exercises.check_pooling: [
        ("right", lambda maps: windows(maps).amax((4, 5))),
        ("right", lambda maps: windows(maps).flatten(4).max(4).values),
        ("right", lambda maps: maps.unfold(2, 2, 2).amax(-1).unfold(3, 2, 2).amax(-1)),
        ("right", pool_by_loops),
        ("right", pool_by_columns),
        ("mean", lambda maps: windows(maps).sum((4, 5))),
        ("corner", lambda maps: maps[:, :, 1::2, 1::2]),
        ("one_direction", lambda maps: maps.unfold(2, 2, 2).amax(-1)),
        ("one_direction", lambda maps: maps.unfold(3, 2, 2).unfold(3, 2, 2).amax((4, 5))),
        ("windows", lambda maps: windows(maps).flatten(4)),
        ("mixed", pool_mixed),
        ("scrambled", pool_reshaped),
        ("pair", lambda maps: windows(maps).flatten(4).max(4)),
        ("wrong_axes", lambda maps: windows(maps).amax((0, 1))),
        ("fewer", lambda maps: windows(maps, 3).amax((4, 5))),
        ("argmax", lambda maps: windows(maps).flatten(4).argmax(4)),
        ("max", lambda maps: windows(maps).max((4, 5))),
        ("overlap", pool_too_slowly),
        ("shortcut", lambda maps: F.adaptive_max_pool2d(maps, maps.shape[2] // 2)),
        ("overlap", lambda maps: maps.unfold(2, 2, 1).unfold(3, 2, 2).amax((4, 5))),
        ("other", lambda maps: maps),
        ("shortcut", lambda maps: F.max_pool2d(maps, 2)),
        ("shortcut", torch.nn.MaxPool2d(2)),
        ("raised", lambda maps: windows(maps).max(4).max(4)),
        ("changed", pool_in_place),
    ],
    exercises.check_blamed_map: [
        ("right", 15),
        ("right", torch.tensor([15])),
        ("right", [15]),
        ("right", 15.0),
        ("one", [3, 4]),
        ("one", (14, 7)),
        ("range", 16),
        ("range", -13),
        ("range", 0.56),
        ("strongest", 7),
        ("closer", 5),
        ("closer", 11),
        ("further", 3),
        ("further", 10),
        ("text", "map 15"),
    ],
}
