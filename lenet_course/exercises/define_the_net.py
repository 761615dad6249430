"""Chapter 1: a shape predicted, the layer that breaks on 28×28, a network of another size."""

import itertools

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.exercises.answers import (
    is_close,
    read_model,
    read_name,
    read_number,
    read_pair,
    read_shape,
)
from lenet_course.exercises.calling import call_function
from lenet_course.exercises.code import does_anything, find_loose
from lenet_course.exercises.engine import Kind, exercise
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.model import Net

__all__ = ["check_broken_layer", "check_predicted_shape", "check_resized_net"]

with torch.device("meta"):  # names alone: weights would be drawn from the reader's random numbers
    LAYERS = [name for name, _ in Net().named_children()]


@exercise(read=read_shape)
def check_predicted_shape():
    """Exercise 1.1: what a convolution and a pooling make of four 28×28 pictures."""
    maps = F.relu(nn.Conv2d(1, 8, 3)(torch.zeros(4, 1, 28, 28)))
    wanted = tuple(F.max_pool2d(maps, 2).shape)
    pictures, _, side, _ = wanted
    sides = {28 // 2: "padding", 2 * side: "no_pooling", side // 2: "quarter", 12: "kernel"}
    return [
        ("right", wanted), ("four", Kind(lambda found: len(found) != 4, wanted[1:])),
        *[("order", order) for order in sorted({*itertools.permutations(wanted)} - {wanted})],
        *[(key, (..., ..., got, got)) for got, key in sides.items()],
        ("channels", (pictures, ..., side, side)), ("pictures", (..., ..., side, side)),
    ]  # fmt: skip


def read_layer(answer) -> tuple[str, float]:
    """Read the name of a layer, as it is written, and a number."""
    name, number = read_pair(answer)
    if not isinstance(name, str):
        raise Hint("pair")
    name = read_name(name, LAYERS).removeprefix("self.").removeprefix("net.")
    return name, read_number(number)


@exercise(read=read_layer)
def check_broken_layer():
    """Exercise 1.2: the layer of Net that fails on 28×28 pictures, and how many numbers it gets."""
    layer, got = find_break(Net(), torch.zeros(1, 1, 28, 28))
    fc1, maps = Net().fc1, 16
    later = LAYERS[LAYERS.index(layer) + 1 :]
    steps = Kind(lambda name: any(step in name for step in ("pool", "relu", "flat")), "max_pool2d")
    return [
        ("right", (layer, got)), ("no_numbers", (steps, ...)),
        ("name", (Kind(lambda name: name not in LAYERS, "fc4"), ...)),
        *[("convolution", (name, ...)) for name in LAYERS if name.startswith("conv")],
        *[("later", (name, ...)) for name in later],
        ("wanted", (layer, fc1.in_features)), ("outputs", (layer, fc1.out_features)),
        ("one_map", (layer, got // maps)),
        ("convolutions_forgotten", (layer, 28 * 28)),  # the same as 16 maps of 7×7
        *[("step_forgotten", (layer, maps * side * side)) for side in (6, 8, 10)],
        ("count", (layer, ...)),
    ]  # fmt: skip


def find_break(network: nn.Module, images: torch.Tensor) -> tuple[str, int] | None:
    """Find the layer that raises on these images.

    Returns:
        Its name, and how many numbers reach it for each picture; None where none raises.
    """
    entered = []

    def note(layer, inputs, name):
        entered.append((name, inputs[0][0].numel()))

    def leave(*_):
        entered.pop()

    for name, layer in network.named_children():
        layer.register_forward_pre_hook(lambda *given, name=name: note(*given, name))
        layer.register_forward_hook(leave)
    try:
        call_function(network, images)
    except Hint:
        return entered[-1] if entered else None


@checker
def check_resized_net(answer):
    """Exercise 1.3: a Net that takes 28×28, with 20 maps at conv2 and 100 numbers at fc1."""
    if isinstance(answer, type) and issubclass(answer, nn.Module):
        answer = call_function(lambda: answer())
    network = read_model(answer)
    if any(map(nn.parameter.is_lazy, network.parameters())):
        call_function(network, torch.zeros(1, 1, 28, 28))  # what comes first sets their sizes
    sizes = [parameter.shape for parameter in network.parameters()]
    if sizes == [p.shape for p in Net().parameters()] and "forward" not in vars(type(network)):
        if name := find_loose(type(network), LAYERS):
            raise Hint("loose", name=name)
        return "same_sizes" if does_anything(type(network)) else "open"
    children = dict(network.named_children())
    for name in LAYERS:
        if name not in children:
            raise Hint("names", layer=name)
    judge_sizes(children)
    judge_calls(network)
    return "right"


def judge_sizes(children: dict[str, nn.Module]) -> None:
    """Raise the Hint for a layer that has not the size asked for."""
    new = [name for name in children if name not in LAYERS]
    maps, outputs = (len(find_weights(children[name])[-1]) for name in ("conv2", "fc1"))
    if new and (maps, outputs) != (20, 100):
        raise Hint("new_name", layer=new[0])
    if maps != 20:
        raise Hint("conv2_maps", got=maps)
    if outputs != 100:
        raise Hint("fc1_outputs", got=outputs)
    side = find_weights(children["conv2"])[0].shape[-1]
    if side != 5:
        raise Hint("kernel", got=side)


def find_weights(layer: nn.Module) -> list[torch.Tensor]:
    """Find the weights of a layer, or of the layers that it is made of."""
    return [p for name, p in layer.named_parameters() if "weight" in name and p.ndim > 1]


def judge_calls(network: nn.Module) -> None:
    """Raise the Hint for what happens to 28×28 pictures in this network."""
    for count in (3, 1):
        images = torch.rand(count, 1, 28, 28)
        broken = find_break(network, images)
        if broken:
            sizes = {400: "old_inputs", 20 * 5 * 5: "old_side", 16 * 4 * 4: "old_maps"}
            wants = getattr(getattr(network, broken[0]), "in_features", None)
            keys = {"fc1": sizes.get(wants), "fc2": "old_fc2" if wants == 120 else None}
            raise Hint(keys.get(broken[0]) or "breaks", layer=broken[0])
        output = call_function(network, images)
        if tuple(getattr(output, "shape", ())) != (count, 10):
            got = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
            raise Hint("ten", count=count, got=got)
        if not output.requires_grad:
            counts = depends_on(network, next(network.parameters()), images)
            raise Hint("detached" if counts else "unused", layer=LAYERS[0])
        if not is_close(output[-1:].detach(), call_function(network, images[-1:]).detach()):
            raise Hint("one_for_all")
        output.square().sum().backward()
    for name, parameter in network.named_parameters():
        if parameter.grad is None or not parameter.grad.any():
            counts = depends_on(network, parameter, images)
            raise Hint("detached" if counts else "unused", layer=name.split(".")[0])


def depends_on(network: nn.Module, parameter: torch.Tensor, images: torch.Tensor) -> bool:
    """Whether other numbers in a parameter give another output."""
    before = call_function(network, images)
    with torch.no_grad():
        parameter += 1
    return not torch.equal(before, call_function(network, images))
