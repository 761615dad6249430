"""Chapter 7: what backward leaves in .grad, who receives a gradient, slopes measured."""

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import is_close, read_numbers, read_tensor
from lenet_course.exercises.calling import Calls, call_function
from lenet_course.exercises.engine import Kind, exercise
from lenet_course.exercises.verdict import Hint, checker

__all__ = ["check_held_gradients", "check_measured_gradient", "check_receivers"]

GRADIENTS = ["grad"]  # the function and the attribute: exercise 7.3 does without
LAYERS = "abcde"


def hold_gradients() -> list[float]:
    """The three values of w.grad that exercise 7.1 asks for."""
    held = []
    w = torch.tensor(3.0, requires_grad=True)
    (w**2).backward()
    held.append(w.grad.item())
    (5 * w).backward()
    held.append(w.grad.item())
    w.grad = None
    (w**2 + 5 * w).backward()
    return [*held, w.grad.item()]


@exercise(read=read_numbers, instead={"type": "three"})
def check_held_gradients():
    """Exercise 7.1: what w.grad holds after each of three backward calls."""
    once, twice, again = hold_gradients()
    square, line = 3**2, 5 * 3  # the losses themselves
    return [
        ("right", (once, twice, again)), ("three", Kind(lambda found: len(found) != 3, (6, 11))),
        ("loss", (square, ..., ...)), ("carried", (twice, ..., ...)),
        ("overwritten", (once, twice - once, ...)), ("averaged", (once, twice / 2, ...)),
        *[("loss", (once, loss, ...)) for loss in (square + line, line)],
        ("not_cleared", (once, twice, twice + again)), ("loss", (once, twice, square + line)),
        *[("one_term", (once, twice, slope)) for slope in (once, twice - once)],
        ("third", (once, twice, ...)), ("second", (once, ..., ...)), ("first", (..., ..., ...)),
    ]  # fmt: skip


def find_receivers() -> str:
    """The layers that get a gradient in exercise 7.2, by running its code."""
    layers = {name: torch.nn.Linear(4, 4) for name in LAYERS}
    a, b, c, d, e = layers.values()
    d.requires_grad_(False)
    hidden = a(torch.ones(2, 4))
    left = b(hidden.detach())
    with torch.no_grad():
        right = c(hidden)
    outputs = d(left + right) + e(hidden.detach())
    F.cross_entropy(outputs, torch.tensor([0, 1])).backward()
    return "".join(name for name, layer in layers.items() if layer.weight.grad is not None)


def read_layers(answer) -> str:
    """Read names of layers in any order, each once: ["e", "b"] and "b, e" are "be".

    Raises:
        Hint: "names".
    """
    if isinstance(answer, str):
        answer = answer.replace(",", " ").split() if "," in answer or " " in answer else [*answer]
    if not isinstance(answer, (list, tuple, set, frozenset)):
        raise Hint("names")
    if not all(isinstance(name, str) and name.strip() in [*LAYERS] for name in answer):
        raise Hint("names")
    return "".join(sorted({name.strip() for name in answer}))


@exercise(read=read_layers)
def check_receivers():
    """Exercise 7.2: which layers get a gradient past detach, no_grad and freezing."""
    right = find_receivers()
    others = "".join(name for name in LAYERS if name not in right)
    return [
        ("right", right), ("none", ""), ("all", LAYERS), ("opposite", others),
        ("frozen_blocks", "e"), *[("detached_input", names) for names in ("b", "d", "de")],
        ("through_detach", Kind(lambda found: "a" in found, "abe")),
        ("not_recorded", Kind(lambda found: "c" in found, "bce")),
        ("frozen_learns", Kind(lambda found: "d" in found, "bde")),
    ]  # fmt: skip


@checker
def check_measured_gradient(answer):
    """Exercise 7.3: a gradient by finite differences, one number at a time."""
    for size, slant in ((3, 1), (5, -1)):
        a, w = torch.rand(2, size, dtype=torch.float64) + 2  # curved little: eps may be 0.01
        recorded = []

        def measure_loss(w, a=a, slant=slant, recorded=recorded):
            recorded.append(w.requires_grad or "GradTracking" in repr(w))  # torch.func's
            return slant * ((a * w**3).sum() + w.prod())

        (wanted,) = torch.autograd.grad(measure_loss(leaf := w.clone().requires_grad_()), leaf)
        recorded.clear()
        try:
            returned = call_function(answer, measure_loss, w, calls=(calls := Calls(GRADIENTS)))
            found = read_tensor(returned)
        except Hint as hint:
            if hint.key == "changed":  # also by a last digit, when every shift was undone
                return "put_back"
            raise
        if not recorded:
            return "no_f"
        if (key := judge_slopes(found, wanted)) != "right":
            return "absolute" if key == "sign" and slant < 0 else key
        if calls.leads_to(returned) or (len(recorded) <= size and any(recorded)):
            return "by_backward"
    return "right"


def judge_slopes(found: torch.Tensor, wanted: torch.Tensor) -> str:
    """Name what became of `wanted`, a gradient of shape (n,)."""
    if is_close(found, wanted):
        return "right"
    together = wanted.sum().expand_as(found)
    if is_close(found, together) or is_close(found, together / 2):
        return "all_at_once"
    if found.shape != wanted.shape:
        return "shape"
    if (found == 0).all():
        return "still"
    if (found - wanted.cumsum(0)).norm() < 0.02 * found.norm():
        return "not_moved_back"
    if all(f == 0 or is_close(f, w, rtol=1e-4) for f, w in zip(found, wanted, strict=True)):
        return "gaps"
    factor = (found @ wanted / (wanted @ wanted)).item()
    if (found - factor * wanted).norm() < 0.02 * found.norm():
        if abs(factor) < 1e-2:
            return "brackets" if abs(factor) < 1e-9 else "no_division"
        for key, value in {"one_eps": 2, "half": 0.5, "sign": -1}.items():
            if is_close(factor, value, rtol=0.02):
                return key
    if found.abs().min() > 1e3 * wanted.abs().max():
        return "outer_brackets"
    return "rough" if (found - wanted).norm() < 0.2 * wanted.norm() else "other"
