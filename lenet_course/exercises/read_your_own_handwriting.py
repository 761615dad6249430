"""Chapter 13: a network loaded out of its wrapper, enough test digits, paper and blackboard."""

import math
from functools import cache

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.digits import load_digits
from lenet_course.exercises.answers import read_model, read_number, read_tensor
from lenet_course.exercises.calling import call_function
from lenet_course.exercises.engine import SAME, exercise, explain, near
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.model import load_trained

__all__ = ["check_chalk", "check_enough_digits", "check_restored"]

WRAPPERS = (
    ("module.", torch.float16), ("_orig_mod.module.", torch.float32), ("", torch.float32),
    ("net.inner.", torch.float32),
)  # fmt: skip


@checker
def check_restored(answer):
    """Exercise 13.1: restore(stored), a Net from the state_dict of a wrapped one."""
    for number, (prefix, dtype) in enumerate(WRAPPERS):
        wanted = {name: value.to(dtype) for name, value in load_trained().state_dict().items()}
        stored = {prefix + name: value.clone() for name, value in wanted.items()}
        names = list(stored)
        try:
            net = call_function(answer, stored)
        except Hint as hint:
            key = "one_prefix" if number else "names"
            raise explain(hint, {"loading state_dict": key, "KeyError": key}) from None
        if list(stored) != names or any(
            not torch.equal(stored[prefix + name], value) for name, value in wanted.items()
        ):
            return "changed_stored"
        judge_network(net, wanted, stored.values())
    return "right"


def judge_network(net, wanted: dict, stored) -> None:
    """Raise the Hint for what is not a Net that holds copies of the wanted values in float32."""
    if isinstance(net, dict):
        raise Hint("dict")
    held = read_model(net).state_dict()
    if held.keys() != wanted.keys():
        inner = {".".join(name.split(".")[-2:]) for name in held}
        raise Hint("wrapped" if inner == wanted.keys() else "other")
    if any(parameter.dtype != torch.float32 for parameter in net.parameters()):
        raise Hint("half")
    equal = [torch.equal(held[name], value.float()) for name, value in wanted.items()]
    if not all(equal):
        raise Hint("partly" if any(equal) else "not_loaded")
    places = {value.data_ptr() for value in stored}
    if any(parameter.data_ptr() in places for parameter in net.parameters()):
        raise Hint("shared")


def draw_rates():
    """Draw pairs of error rates, the larger one first."""
    yield from ((0.014, 0.010), (0.02, 0.01), (0.0065, 0.0045), (0.09, 0.05), (0.25, 0.0625))


@exercise(draw_rates, read=read_number, rtol=0, atol=1e-6)
def check_enough_digits(worse, better):
    """Exercise 13.2: count_digits(worse, better), how many digits tell two error rates apart."""
    apart = worse - better
    exact = 1 / (worse**0.5 - better**0.5) ** 2  # n · apart = √(n · worse) + √(n · better)
    right = math.floor(exact) + 1
    others = {
        "one_spread": (worse / apart**2, better / apart**2),
        "of_digits": (4 / apart**2, 1 / apart**2),
        "combined": ((worse + better) / apart**2,),
        "of_accuracy": (1 / ((1 - better) ** 0.5 - (1 - worse) ** 0.5) ** 2,),
        "one_mistake": (1 / apart,),
        "mistakes": (right * worse, right * better),
    }
    return [
        ("right", right), ("floor", right - 1), ("fraction", near(exact, 1e-3)),
        ("root", near(exact**0.5, 0.01)), ("root", math.floor(exact**0.5)),
        ("root", math.ceil(exact**0.5)),
        *((key, near(value, 1.001)) for key, values in others.items() for value in values),
        ("fixed", SAME),
    ]  # fmt: skip


@cache
def draw_photos(ground: tuple, ink: tuple, first: int) -> list[tuple[torch.Tensor, int]]:
    """Draw photos of digits, off the middle and with a shade, each with its label.

    Args:
        ground, ink: red, green and blue, 0 to 255.
        first: the number of a training digit; this one and the next three are drawn.

    Returns:
        Pairs of a uint8 (120, 160, 3) and a digit.
    """
    digits, photos = load_digits("train"), []
    for number in range(first, first + 4):
        strokes = digits.images[number].float()[None, None] / 255
        strokes = F.interpolate(strokes, scale_factor=3, mode="bilinear").clamp(0, 1)[0, 0]
        top, left = 9 * (number % 4), 24 * (3 - number % 4)
        covered = F.pad(strokes, (left, 76 - left, top, 36 - top))[..., None]
        light = torch.linspace(1, 0.85, 160)[None, :, None]
        photo = light * (covered * torch.tensor(ink) + (1 - covered) * torch.tensor(ground))
        photos.append((photo.round().to(torch.uint8), digits.labels[number].item()))
    return photos


@checker
def check_chalk(answer):
    """Exercise 13.3: prepare_any(photo), dark ink on paper or chalk on a blackboard."""
    paper = draw_photos((228.0, 224.0, 210.0), (40.0, 50.0, 90.0), first=0)
    board = draw_photos((40.0, 70.0, 55.0), (235.0, 235.0, 225.0), first=4)
    net = load_trained()
    faults = [find_fault(net, answer, photos) for photos in (paper, board)]
    if faults == [None, None]:
        return "right"
    if faults[1] is None:
        return "paper"
    return "chalk" if faults[0] is None else faults[0]


def find_fault(net: nn.Module, answer, photos: list) -> str | None:
    """Find what is wrong with prepared photos; None where the network reads every one."""
    for photo, label in photos:
        prepared = call_function(answer, photo)
        if not isinstance(prepared, torch.Tensor) or prepared.shape != (1, 1, 32, 32):
            read_tensor(prepared)  # raises the Hint for what is no numbers at all
            return "shape"
        image = read_tensor(prepared).float()
        if net(image).argmax(1).item() == label and image.median().abs() < 0.1:
            continue
        if image.min() < -0.1 or image.max() > 1.5:
            return "range"
        if image.median() > 0.1:
            return "ground"
        places = (image[0, 0] >= 0).nonzero().float()
        mass = image.clamp(min=0).flatten() @ places / image.clamp(min=0).sum().clamp(min=1e-9)
        return "off_centre" if (mass - 15.5).abs().max() > 1.5 else "other"
    return None
