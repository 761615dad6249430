"""Chapter 7: what backward leaves, slopes measured, the gradient of a bias by hand."""

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import is_close, read_numbers, read_tensor
from lenet_course.exercises.calling import Calls, call_function
from lenet_course.exercises.engine import Kind, exercise
from lenet_course.exercises.verdict import Hint, checker

__all__ = ["check_bias_gradient", "check_held_gradients", "check_measured_gradient"]

GRADIENTS = ["grad"]  # the function and the attribute: exercises 7.2 and 5.3 do without


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


@checker
def check_measured_gradient(answer):
    """Exercise 7.2: a gradient by finite differences, one number at a time."""
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


@checker
def check_bias_gradient(answer):
    """Exercise 7.3: the gradient of fc3's bias for a mini-batch, by hand."""
    for inputs, pictures, classes in ((84, 16, 10), (7, 4, 9), (5, 1, 8)):  # two never hold a 9
        fc3 = torch.nn.Linear(inputs, 10)
        hidden = 4 * torch.rand(pictures, inputs)
        labels = torch.randint(classes, (pictures,))
        labels[0] = classes - 1
        F.cross_entropy(fc3(hidden.flip(1)), labels).backward()  # a gradient left over
        z, earlier = fc3(hidden).detach(), fc3.bias.grad.clone()
        calls, own = [], [p.detach().clone() for p in fc3.parameters()]
        fc3.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        try:
            returned = call_function(answer, fc3, hidden, labels, calls=(made := Calls(GRADIENTS)))
            found = read_tensor(returned)
        except Hint as hint:
            few = "(9)" in hint.fields.get("error", "")  # a size that the labels alone can have
            raise Hint("few_columns") if few else hint from None
        if not all(map(torch.equal, own, fc3.parameters())):
            return "changed"
        key = judge_bias_gradient(found, z, labels, earlier, fc3)
        if key == "right" and made.leads_to(returned):
            return "by_backward"
        if key != "right":
            return "not_called" if key == "other" and not calls else key
    return "right"


def judge_bias_gradient(found, z, labels, earlier, fc3) -> str:
    """Name what was found in place of the gradient of fc3's bias, given its logits z."""
    inputs, bias = fc3.in_features, fc3.bias.detach()
    t, p = F.one_hot(labels, 10), z.softmax(1)
    wanted = (p - t).mean(0)
    if found.shape != wanted.shape:
        shapes = {
            (): "one_number", (*p.shape,): "per_picture", (len(p),): "wrong_axis",
            (len(p), 1): "wrong_axis", (10, 1): "two_axes", (1, 10): "two_axes",
            (10, inputs): "weight", (inputs, 10): "transposed",
        }  # fmt: skip
        return shapes.get((*found.shape,), "other")
    values = [
        ("right", wanted), ("sign", -wanted), ("no_one_hot", p.mean(0)), ("summed", (p - t).sum(0)),
        ("no_softmax", (z - t).mean(0)), ("no_softmax", (z.log_softmax(1) - t).mean(0)),
        ("wrong_softmax", (z.softmax(0) - t).mean(0)), ("piled_up", wanted + earlier),
        ("left_over", earlier), ("raw_labels", (p - labels[:, None]).mean(0)),
        ("no_bias", ((z - bias).softmax(1) - t).mean(0)),
        ("own_answer", (p - F.one_hot(z.argmax(1), 10)).mean(0)),
        *[("one_label", p.mean(0) - same) for same in torch.eye(10)],
        *[("every_row", p.mean(0) - off) for off in (1.0, t.amax(0))],
        ("rows", (p - torch.isin(torch.arange(len(p)), labels)[:, None].float()).mean(0)),
        ("wrong_softmax", (z.flatten().softmax(0).view_as(z) - t).mean(0)),
        *[("one_picture", row) for row in p - t], *[("one_picture", row / len(p)) for row in p - t],
    ]  # fmt: skip
    factor = (found @ wanted.double() / (wanted @ wanted)).item()
    if factor > 0:
        values.append(("factor", factor * wanted))
    return next((key for key, value in values if is_close(found, value)), "other")
