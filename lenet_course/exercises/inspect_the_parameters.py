"""Chapter 2: parameters counted, a size read off shapes, a layer of one's own that can learn."""

import torch
import torch.nn as nn

from lenet_course.exercises.answers import is_close, read_model, read_number, read_tensor, reject
from lenet_course.exercises.calling import call_function
from lenet_course.exercises.code import find_loose
from lenet_course.exercises.engine import Kind, exercise
from lenet_course.exercises.verdict import Hint, checker

__all__ = ["check_colour_count", "check_own_layer", "check_picture_side"]


@exercise(read=read_number)
def check_colour_count():
    """Exercise 2.1: how many parameters nn.Conv2d(3, 8, 7) has."""
    return [
        ("right", sum(p.numel() for p in nn.Conv2d(3, 8, 7).parameters())),
        ("one_channel", 8 * (49 + 1)), ("one_channel", 8 * 49),
        ("one_kernel", 3 * 49 + 1), ("one_kernel", 3 * 49),
        ("no_bias", 8 * 3 * 49), ("one_bias", 8 * 3 * 49 + 1),
        ("bias_a_channel", 8 * 3 * (49 + 1)), ("side_only", 8 * (3 * 7 + 1)),
        ("turned", 3 * (8 * 49 + 1)),
    ]  # fmt: skip


def read_side(answer) -> torch.Tensor:
    """Read a side, which may be given twice, as height and width."""
    found = read_tensor(answer).flatten()
    return found[0] if len(found) <= 2 and len(found.unique()) == 1 else found


@exercise(read=read_side)
def check_picture_side():
    """Exercise 2.2: the side of the pictures, from [12, 1, 7, 7] and [50, 1452]."""
    maps, kernel, row = 12, 7, 1452
    pooled = (row // maps) ** 0.5
    before = 2 * pooled
    side = before + kernel - 1
    return [
        ("right", side), ("one_side", Kind(lambda found: found.ndim > 0, (12, 28))),
        ("row", row), ("area", row // maps), ("pooled", pooled), ("before_pooling", before),
        ("no_pooling", pooled + kernel - 1), ("shrunk", before - kernel + 1),
        ("plus_one", side + 1), ("plus_one", side - 1), ("chapter_kernel", before + 5 - 1),
        ("pixels", side**2),
    ]  # fmt: skip


@checker
def check_own_layer(answer):
    """Exercise 2.3: a layer with a weight and an offset for each number, both registered."""
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        return "class" if answer is not None else reject(answer, "model")
    for size in (4, 7):
        made = call_function(lambda size=size: answer(size))
        for name in ("weight", "offset"):
            value = vars(made).get(name) if isinstance(made, nn.Module) else None
            if isinstance(value, torch.Tensor) and not value.is_leaf:  # no copy can be made
                raise Hint("computed", name=name)
        layer = read_model(made)
        given = vars(layer).keys() - vars(nn.Module()).keys()
        if not given and not layer.state_dict():
            if name := find_loose(answer, ("weight", "offset")):
                raise Hint("loose", name=name)
            return "of_the_class" if hasattr(answer, "weight") else "open"
        for name in ("weight", "offset"):
            judge_parameter(layer, name, size)
        x = torch.randn(3, size)
        if not (is_close(layer.weight, torch.ones(size)) and is_close(layer.offset, 0 * x[0])):
            return "start"
        for parameter in layer.parameters():
            nn.init.normal_(parameter)
        wanted, output = layer.weight * x + layer.offset, call_function(layer, x)
        if not is_close(read_tensor(output), wanted.detach()):
            return "forward"
        if not getattr(output, "requires_grad", False):
            return "no_gradient"
    return "right"


def judge_parameter(layer: nn.Module, name: str, size: int) -> None:
    """Raise the Hint for an attribute that cannot learn, or has another shape."""
    if not hasattr(layer, name):
        raise Hint("missing", name=name)
    value = getattr(layer, name)
    if not isinstance(value, torch.Tensor):
        raise Hint("thing", name=name, got=type(value).__name__)
    if name not in dict(layer.named_parameters(remove_duplicate=False)):
        raise Hint("grad_only" if value.requires_grad else "plain", name=name)
    if not value.requires_grad:
        raise Hint("frozen", name=name)
    if value.numel() == 1:
        raise Hint("one_number", name=name)
    if value.ndim > 1 and size in value.shape:
        raise Hint("row", name=name, got=tuple(value.shape))
    if value.shape != (size,):
        raise Hint("fixed", name=name, size=size, got=tuple(value.shape))
