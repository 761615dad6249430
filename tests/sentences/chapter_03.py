"""What the marks of chapter 3 are computed with, and what shows its questions' right choices."""

import re

import torch
from matplotlib import colormaps

from book.notebooks.sources import read_source
from lenet_course import (
    Digits,
    compute_feature_maps,
    draw_digits,
    draw_feature_maps,
    find_receptive_field,
    load_digits,
    load_trained,
    pick_digit,
    prepare_images,
)
from lenet_course.exercises.run_it_forward import (
    HELD_OUT,
    MISREAD,
    SHOWN,
    check_blamed_map,  # noqa: F401
)
from lenet_course.figures import SIGNED
from tests.chapters import get_cell
from tests.exercises import test_questions_03_04 as shown
from tests.sentences.looks import (  # noqa: F401
    count_pieces,
    find_ends,
    find_gap,
    find_lean,
    find_opening,
    find_smear,
    find_start,
    find_third,
    measure_box,
    measure_halves,
    measure_lean,
    name_colour,
)
from tests.sentences.verdicts import (  # noqa: F401
    agree,
    count_decimals,
    find_operation,
    find_padded,
    name_side,
    place_in,
    rank,
    sign,
    try_on,
)

QUESTIONS = {  # name → (place of the right choice, from 0; the test that shows it)
    "q-swap": (2, shown.test_03_relu_and_max_pooling_may_change_places),
    "q-shift": (0, shown.test_03_five_more_for_every_logit_changes_no_probability),
}
SLUG = "03_run_it_forward"
AXES = "NCHW"

# --- the digits

net, digits = load_trained().requires_grad_(False), load_digits("train")
validation = Digits(digits.images[HELD_OUT:], digits.labels[HELD_OUT:])
images = prepare_images(validation.images)
digit, label = pick_digit(validation, SHOWN)
maps = compute_feature_maps(net, digit)
uint8 = torch.iinfo(validation.images.dtype)
missing = {"N": "batch", "C": "channels"}[AXES[images.shape.index(1)]]  # until prepared
paper, ink = (
    validation.images[:, 0, 0].max(),
    validation.images.max().float(),
)  # a corner; the darkest


def measure_ink() -> int:
    """The longest side of the boxes around the ink of each packaged digit."""
    ink = torch.cat([load_digits(split).images for split in ("train", "test")]) > 0
    touched = torch.cat([ink.any(along) for along in (1, 2)]).int()
    return 28 - (touched.argmax(1) + touched.flip(1).argmax(1)).min()


# --- steps


def side(step: str) -> int:
    return maps[step].shape[-1]


def see(layer: str) -> int:
    return len(range(32)[find_receptive_field(layer, 0, 0)[0]])


def shrink(side: int) -> list[int]:
    """The sides of a picture's maps as far as pool2."""
    picture, pool = torch.zeros(1, 1, side, side), torch.nn.MaxPool2d(2)
    sides = [side]
    for step in (net.conv1, pool, net.conv2, pool):
        picture = step(picture)
        sides.append(picture.shape[-1])
    return sides


window, block = digit[0, 0, 23:28, 15:20], maps["conv1"][0, 3, 22:24, 14:16]
kernel, bias, value = net.conv1.weight[3, 0], net.conv1.bias[3], maps["conv1"][0, 3, 23, 15]
(emptied,) = (side for side, column in zip(("left", "right"), block.T, strict=True)
              if column.max() <= 0)  # fmt: skip

# --- the maps of conv1: their colours

conv = maps["conv1"][0]
background = conv[:, 0, 0]
stroke = digit[0, 0, 2:30, 2:30] > 0.5  # below the centre of each window
edges = {
    name: stroke.roll(-step, along) & ~stroke.roll(step, along)
    for name, step, along in (("left", 2, 1), ("right", -2, 1), ("top", 2, 0), ("bottom", -2, 0))
}
OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
contrasts = {
    name: conv[:, edges[name]].mean(1) - conv[:, edges[OPPOSITE[name]]].mean(1) for name in edges
}


def find_map(name: str) -> int:
    """The map that lights up one side of strokes the most, beside the other."""
    return int(contrasts[name].argmax())


def find_side(number: int, choose=max) -> str:
    """The side of strokes at which a map is largest, or with min smallest."""
    return choose(contrasts, key=lambda name: contrasts[name][number])


def tone(number: int, where: torch.Tensor) -> str:
    """The colour of a map's mean in some places."""
    return name_colour(shine(conv[number][where].mean()))


def shine(value: float) -> tuple:
    """The colour in which draw_feature_maps draws a value of conv1."""
    image = draw_feature_maps(conv).axes[0].images[0]
    return image.cmap(image.norm(value))[:3]


# --- the maps of conv2 and pool2

second = maps["conv2"][0]
peak = divmod(int(second[14].argmax()), 10)
leaning = max(range(16), key=lambda number: measure_lean(second[number]))
sizes = [measure_box(each) for each in second]
lying = max(range(16), key=lambda number: sizes[number][1] / sizes[number][0])
tops = [
    name_colour(SIGNED(0.5 + 0.5 * float(each.max() / second.abs().max()))[:3]) for each in second
]
lie = "level" if sizes[lying][1] > sizes[lying][0] else "upright"

CHOSEN = [int(n) for n in re.findall(r"\d+(?=[,\]])", get_cell(SLUG, "see-pool2").source)]
three = validation.labels[CHOSEN].tolist()
pools = compute_feature_maps(net, images[CHOSEN])["pool2"]
most = pools.amax((2, 3)) / pools.amax((1, 2, 3)).unsqueeze(1)  # as deep as drawn, to 1
pale = [n for n in range(16) if most[1, n] < 0.15 and most[[0, 2], n].min() > 0.5]
trace = pools[1, pale[-1]]
deepest = [int(n) for n in torch.unravel_index(pools[0].argmax(), pools[0].shape)]
deepest_rows = [int(each[pale[0]].argmax()) // 5 for each in pools]
leans = {find_lean(each[0]) for each in images[CHOSEN]}


def shade(share: float, palette: str = "signed") -> tuple:
    """The colour in which a value is drawn, as a share of the largest; the browser's too."""
    colours = {"signed": SIGNED, "ink": colormaps["gray_r"]}[palette]
    return colours(0.5 + float(share) / 2)[:3]


# --- a square's field, and the writing in and beside it

rows, columns = (range(32)[each] for each in find_receptive_field("pool2", *deepest[1:]))
lost = {
    "top": digit[0, 0, : rows[0]].sum(),
    "bottom": digit[0, 0, rows[-1] + 1 :].sum(),
    "left": digit[0, 0, :, : columns[0]].sum(),
    "right": digit[0, 0, :, columns[-1] + 1 :].sum(),
}
title_side = "top" if draw_digits(digit, [4]).axes[0].title.get_position()[1] >= 1 else "bottom"
first, after = (axes.get_position() for axes in draw_digits(torch.cat([digit, digit])).axes)
picture_sides = ("left", "right") if first.x0 < after.x0 else ("right", "left")
four, misread = digit[0, 0] > 0.5, images[MISREAD, 0] > 0.5
ends, heights, other_heights = find_ends(four), measure_halves(four), measure_halves(misread)

# --- logits and probabilities

logits = maps["fc3"][0]
probabilities, ranking = logits.softmax(0), logits.argsort(descending=True)
ratio = float(probabilities[4] / probabilities[7])
exact = float(logits.double().softmax(0)[4])
_powers = logits.exp().sort(descending=True).values
others, spacing = (
    _powers[1:].sum(),
    torch.nextafter(_powers[0], torch.tensor(torch.inf)) - _powers[0],
)
everything = net(images).softmax(1)
best = everything.max(1).values
hard, hard_ink = everything[best.argmin()], images[best.argmin(), 0] > 0.5
_writing = hard_ink[hard_ink.any(1)][:, hard_ink.any(0)]
_middle = hard_ink.any(1).nonzero().float().mean()
_rows = torch.arange(1.0, 33).view(-1, 1).expand(32, 32)
holes = count_pieces(~hard_ink) - 1  # beside what is around the writing


def trace_back() -> tuple[int, ...]:
    """The side seen, from one square of pool2 back to the input, step by step."""
    halving = round(side("conv1") / side("pool1"))
    pool, conv = (halving, halving), (net.conv1.kernel_size[0], net.conv1.stride[0])
    assert net.conv2.kernel_size == net.conv1.kernel_size
    spans = [1]
    for kernel, stride in (pool, conv, pool, conv):
        spans.append((spans[-1] - 1) * stride + kernel)
    return tuple(spans)


def find_hole() -> torch.Tensor:
    """The white inside of the writing: what a flood from a corner does not reach."""
    paper, flood = ~hard_ink, torch.zeros(32, 32, dtype=torch.bool)
    flood[0, 0] = True
    for _ in range(200):
        flood = (torch.nn.functional.max_pool2d(flood.float()[None], 3, 1, 1)[0] > 0) & paper
    return paper & ~flood


loop_end = "bottom" if _rows[find_hole()].mean() - 1 > _middle else "top"
_upper, _lower = (half.float().mean() for half in _writing.tensor_split(2))
block_end = "top" if _upper > _lower else "bottom"
_misread_rows = misread.any(1).nonzero().flatten()
_lowest = misread[_misread_rows[-3] : _misread_rows[-1] + 1].any(0).nonzero().flatten()
_cut = int(_lowest.diff().argmax()) + 1  # between the round stroke and the one that sticks out
_pieces = {"left": _lowest[:_cut], "right": _lowest[_cut:]}
tail = (min(_pieces, key=lambda side: len(_pieces[side])), "bottom")
rivals = sorted(hard.argsort(descending=True)[1:3].tolist())
prose = "".join(cell["text"] for cell in read_source(SLUG) if cell["id"] == "answer-before")
(shift,) = {int(n) for n in re.findall(r"e\^\{z\+(\d)\} = e\^\1 e\^z", prose)}  # the formula's
