"""Chapter 10: where throughput flattens, everything moved together, gradients unscaled."""

import itertools
import re

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import is_close, read_number, reject, simplify
from lenet_course.exercises.calling import LIMIT, call_function, run_limited
from lenet_course.exercises.code import find_unread
from lenet_course.exercises.engine import Harder, Kind, exercise
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.model import Net

__all__ = ["check_flat", "check_moved", "check_unscaled"]

ENOUGH = 0.9  # of the highest throughput, exercise 10.1
TABLES = (  # batch size → images a second
    {1: 900, 4: 3300, 16: 9800, 64: 17000, 320: 20500, 1600: 21000, 8000: 19500},
    {512: 38000, 1024: 37000, 256: 40000, 32: 21000, 2: 2000, 8: 7900, 64: 22000, 128: 39000},
    {512: 96000, 1024: 100000, 2048: 60000, 128: 55000},
)


def draw_tables():
    return [(dict(table),) for table in TABLES]


def draw_exact():
    yield ({256: 60000, 512: 90000, 1024: 100000, 2048: 80000},)  # 90 percent, and no more


@exercise(
    draw_tables, read=read_number, rtol=0, atol=1e-6, harder=[Harder(draw_exact, wrong="exact")]
)
def check_flat(rates):
    """Exercise 10.1: find_flat(rates), the smallest batch size that is fast enough."""
    sizes, top = sorted(rates), max(rates.values())
    flat = [size for size in sizes if rates[size] >= ENOUGH * top]
    slow = [size for size in sizes if size not in flat]
    pairs = itertools.pairwise(sizes)
    neighbour = next((a for a, b in pairs if ENOUGH * rates[b] <= rates[a]), sizes[-1])
    return [
        ("right", flat[0]), ("fastest", max(rates, key=rates.get)), ("last", flat[-1]),
        ("largest", sizes[-1]), ("first", next(size for size in rates if size in flat)),
        ("neighbour", neighbour), ("slow", slow[-1]), ("smallest", sizes[0]),
        ("half", next(size for size in sizes if rates[size] >= top / 2)),
        ("rate", rates[flat[0]]), ("rate", top), ("rate", ENOUGH * top),
        ("place", sizes.index(flat[0])), ("place", list(rates).index(flat[0])),
        ("foreign", Kind(lambda found: found not in rates, 77)),
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
        if re.search(elsewhere, hint.fields["error"].lower()):
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
    _, error = run_limited(function, (Net().to("meta"), *moved, "meta"), LIMIT)
    return "net" if error is None else "reads"


def draw_scaled():
    small, other = torch.tensor([0.001, -0.02, 3.0]), torch.tensor([[0.5, 0.004]])
    for scale, bad in (
        (65536.0, 0.0), (65536.0, torch.inf), (1024.0, torch.nan),
        (1024.0, 0.0), (1024.0, -torch.inf),
    ):  # fmt: skip
        last = torch.tensor([bad, 1.0])
        parts = [other, last, small] if scale < 65536 else [small, other, last]
        yield [part.half() for part in parts], scale


def read_gradients(answer) -> tuple[torch.Tensor, ...]:
    """Read a list of tensors, which may hold what is no number; an empty one stays empty."""
    answer = simplify(answer)
    if isinstance(answer, torch.Tensor) or not isinstance(answer, (list, tuple)):
        reject(answer, "tensor")
    for part in answer:
        if not isinstance(part, (torch.Tensor, float, int)):
            reject(part, "tensor")
    return tuple(torch.as_tensor(part).detach().cpu().double() for part in answer)


@exercise(draw_scaled, read=read_gradients, atol=1e-12)
def check_unscaled(gradients, scale):
    """Exercise 10.3: unscale(gradients, scale), in float32; empty where one is not finite."""
    wide = [gradient.double() for gradient in gradients]
    finite = all(gradient.isfinite().all() for gradient in wide)
    mistakes = {
        "half": tuple((gradient / scale).double() for gradient in gradients),
        "scaled": tuple(wide), "multiplied": tuple(gradient * scale for gradient in wide),
        "twice": tuple(gradient / scale / scale for gradient in wide),
    }  # fmt: skip
    if finite:
        right = tuple(gradient / scale for gradient in wide)
        return [("right", right), *mistakes.items(), ("skipped", ()), ("not_skipped", right)]
    something = Kind(lambda found: isinstance(found, tuple) and len(found) > 0, tuple(wide))
    left = tuple(gradient / scale for gradient in wide if gradient.isfinite().all())
    return [
        ("right", ()), ("skipped", ()), ("partly", left), ("not_skipped", something),
        *[(key, something) for key in mistakes],
    ]  # fmt: skip
