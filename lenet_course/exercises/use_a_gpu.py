"""Chapter 10: bytes on the device, everything moved together, where float16 stops counting."""

import math
import re

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import is_close, read_number
from lenet_course.exercises.calling import LIMIT, call_function, run_limited
from lenet_course.exercises.code import find_unread
from lenet_course.exercises.engine import Kind, exercise, near
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.model import Net

__all__ = ["check_float16_limit", "check_input_bytes", "check_moved"]

DIGITS, SUBSETS = 60_000, (64, 1600, 2000, 8000, 10_000)  # exercise 10.1, and of this chapter


@exercise(read=read_number, rtol=0)
def check_input_bytes():
    """Exercise 10.1: bytes of MNIST's 60,000 training digits as float32 inputs of 32×32."""
    values, bare = DIGITS * 32 * 32, DIGITS * 28 * 28
    units = [base**power for base in (1000, 1024) for power in (1, 2, 3)]
    return [
        ("right", 4 * values), ("values", values), ("bits", 32 * values), ("bare", 4 * bare),
        ("stored", bare), ("one", 4 * 32 * 32), ("half", 2 * values), ("double", 8 * values),
        *[("mega", near(4 * values / unit, 0.08 * values / unit)) for unit in units],
        *[("some", 4096 * count, {"count": count}) for count in SUBSETS],
    ]  # fmt: skip


@checker
def check_moved(answer):
    """Exercise 10.2: measure_on(net, images, labels, device), the loss computed on that device."""
    for device in ("cpu", "meta"):
        for count in (1, 5):
            judge_move(answer, device, count)
    return "right"


def judge_move(function, device: str, count: int) -> None:
    """Raise the Hint for what a function leaves on another device than it should."""
    if name := find_unread(function, 3):
        raise Hint("unused", name=name)
    net, images = Net(), torch.randn(count, 1, 32, 32)
    labels = torch.randint(10, (count,))
    with torch.no_grad():
        wanted = F.cross_entropy(net(images), labels)
    seen = []  # the devices on which the network, or a copy of it, was called
    net.conv1.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0].device.type))
    try:
        loss = call_function(function, net, images, labels, device)
    except Hint as hint:
        if hint.key != "raised":
            raise
        elsewhere = "cuda|nvidia|meta" if device == "cpu" else "cuda|nvidia"
        if re.search(elsewhere, hint.fields["error"], re.IGNORECASE):
            raise Hint("fixed") from None
        if "not implemented for 'Long'" in hint.fields["error"]:
            raise Hint("turned") from None
        if device == "meta" and "out of meta tensor" in hint.fields["error"]:
            raise Hint("kept", device=device) from None
        if device == "meta":
            raise Hint(find_left(function, images, labels), device=device) from None
        raise
    if isinstance(loss, (int, float)):
        raise Hint("number")
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        raise Hint("one_number")
    if loss.device.type not in (device, "cpu"):
        raise Hint("fixed")
    if loss.device.type != device:
        moved = next(net.parameters()).device.type == device
        if not moved and not stays_on_meta(function):
            raise Hint("fixed")
        raise Hint("kept" if moved else "net", device=device)
    if not seen:
        raise Hint("other_net")
    if device not in seen:
        raise Hint("late")
    if device == "cpu" and not is_close(loss.detach().view(()), wanted):
        raise Hint("loss")


def stays_on_meta(function) -> bool:
    """Whether a function handed all three on meta leaves them there."""
    images, labels = torch.zeros(2, 1, 32, 32), torch.zeros(2, dtype=torch.int64)
    given = [part.to("meta") for part in (Net(), images, labels)]
    return run_limited(function, (*given, "meta"), LIMIT)[1] is None


def find_left(function, images: torch.Tensor, labels: torch.Tensor) -> str:
    """Find which of the three a function that fails on meta has left behind, by moving it first."""
    moved = images.to("meta"), labels.to("meta")
    for key, given in (
        ("labels", (Net(), images, moved[1])), ("images", (Net(), moved[0], labels)),
        ("net", (Net().to("meta"), images, labels)), ("images", (Net(), *moved)),
    ):  # fmt: skip
        _, error = run_limited(function, (*given, "meta"), LIMIT)
        if error is None:
            return key
    return "net"


def read_power(answer) -> float:
    return read_number(answer, most=2**53)


@exercise(read=read_power, instead={"infinite": "overflow"}, rtol=0, atol=0)
def check_float16_limit():
    """Exercise 10.3: the smallest power of 2 to which float16 cannot add 1."""
    wanted, largest = find_limit(torch.float16), torch.finfo(torch.float16).max
    return [
        ("right", wanted), ("largest", largest), ("largest", largest + 32),
        ("single", find_limit(torch.float32)), ("brain", find_limit(torch.bfloat16)),
        ("python", find_limit(torch.float64)),
        ("power", Kind(lambda found: found < 1 or math.frexp(found)[0] != 0.5, 11)),
        ("too_small", Kind(lambda found: found < wanted, wanted / 2)),
        ("not_first", Kind(lambda found: found <= largest, 2 * wanted)),
        ("overflow", Kind(lambda found: found > largest, 2**20)),
    ]  # fmt: skip


def find_limit(dtype: torch.dtype) -> float:
    """Find the smallest power of 2 that stays as it is when 1 is added in this dtype."""
    number = torch.ones((), dtype=dtype)
    while number + 1 != number:
        number = number * 2
    return number.item()
