"""What every layer puts out, and which part of the input it saw."""

import torch
from torch import fx, nn

from lenet_course.values import to_int, to_tensor

# (kernel size, stride) of the steps that look at a window, in the order of Net.forward
WINDOWS = {"conv1": (5, 1), "pool1": (2, 2), "conv2": (5, 1), "pool2": (2, 2)}
SHORT_NAMES = {"max_pool2d": "pool"}


def compute_feature_maps(net: nn.Module, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run the network's own forward and keep what every step puts out.

    The steps are read from `net.forward` itself by torch.fx, so there is no second definition. The
    network runs in the mode that it is in; its buffers and the next random number stay.

    Args:
        net: a `Net`, trained or not.
        images: float, shape (N, 1, 32, 32), on the network's device.

    Returns:
        An ordered dict: input (N, 1, 32, 32), conv1 (N, 6, 28, 28), relu1, pool1 (N, 6, 14, 14),
        conv2 (N, 16, 10, 10), relu2, pool2 (N, 16, 5, 5), flatten (N, 400), fc1 (N, 120), relu3,
        fc2 (N, 84), relu4, fc3 (N, 10). No gradients are kept. A layer that forward calls again
        has its later outputs as `name-2`, `name-3` and so on.

    Raises:
        ValueError: images of another shape, dtype or device than the network's.
    """
    images = to_tensor("images", images)
    _validate_input(net, images)
    recorder = _Recorder(net, graph=fx.Tracer().trace(net))
    devices = [images.device] if images.is_cuda else []
    buffers = [buffer.clone() for buffer in net.buffers()]  # batch norm's, which it updates
    with torch.no_grad(), torch.random.fork_rng(devices):
        try:
            recorder.run(images)
        finally:
            for buffer, before in zip(net.buffers(), buffers, strict=True):
                buffer.copy_(before)
    return recorder.outputs


def find_receptive_field(layer: str, row: int, column: int) -> tuple[slice, slice]:
    """Find the part of the 32×32 input that one value of a feature map depends on.

    Args:
        layer: "conv1", "pool1", "conv2" or "pool2".
        row, column: where in the feature map, from 0.

    Returns:
        The rows and the columns of the input: `images[:, :, rows, columns]` is the field.

    Raises:
        ValueError: another layer.
        IndexError: a place outside the feature map.

    Source: the recurrence of Araujo, Norris & Sim, Computing Receptive Fields of Convolutional
    Neural Networks, Distill, 2019: size += (kernel - 1) * jump; jump *= stride.
    """
    if layer not in list(WINDOWS):
        raise ValueError(f"expected a layer from {list(WINDOWS)}, got {layer!r}")
    row, column = to_int("a row", row), to_int("a column", column)
    size, jump, side = 1, 1, 32
    for name, (kernel, stride) in WINDOWS.items():
        size += (kernel - 1) * jump
        jump *= stride
        side = (side - kernel) // stride + 1
        if name == layer:
            break
    for place in (row, column):
        if not 0 <= place < side:
            raise IndexError(f"expected a place from 0 to {side - 1} in {layer}, got {place}")
    return slice(row * jump, row * jump + size), slice(column * jump, column * jump + size)


class _Recorder(fx.Interpreter):
    """Runs a traced network and keeps each step's output under a readable name."""

    def __init__(self, net, graph):
        super().__init__(net, graph=graph)
        self.outputs = {}
        self.counts = {}

    def run_node(self, node):
        value = super().run_node(node)
        if not isinstance(value, torch.Tensor):  # x.shape[0] is a step, too
            return value
        kept = value.clone()  # the next step may work in place
        if node.op == "placeholder":
            self.outputs["input"] = kept
        elif node.op == "call_module":
            count = self._count(node.target)
            self.outputs[node.target if count == 1 else f"{node.target}-{count}"] = kept
        elif node.op == "call_function":
            name = SHORT_NAMES.get(node.target.__name__, node.target.__name__)
            count = self._count(name)
            self.outputs[name if name == "flatten" else f"{name}{count}"] = kept
        return value

    def _count(self, name):
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]


def _validate_input(net: nn.Module, images: torch.Tensor) -> None:
    weight = next(net.parameters())
    if images.ndim != 4 or images.shape[1:] != (1, 32, 32):
        raise ValueError(
            f"expected images of shape (N, 1, 32, 32), got {tuple(images.shape)}; "
            "pad or resize them first, and add the batch dimension with unsqueeze(0)"
        )
    if images.dtype != weight.dtype:
        raise ValueError(f"expected images of dtype {weight.dtype}, got {images.dtype}")
    if images.device != weight.device:
        raise ValueError(
            f"expected images on {weight.device}, like the network, got {images.device}"
        )
