"""FeatureMapBrowser: what a network of the reader's own makes of a picture, layer by layer."""

import torch
import traitlets
from matplotlib.figure import Figure

from lenet_course.figures import draw_kernels
from lenet_course.text import format_number
from lenet_course.widgets.arguments import describe_weights, read_weights, validate_range
from lenet_course.widgets.base import CourseWidget, Int
from lenet_course.widgets.feature_maps.arguments import (
    compute_maps,
    validate_images,
    validate_layer,
)

FEW = 8  # pictures that stand side by side to choose from; of more, one is shown at a time


class FeatureMapBrowser(CourseWidget):
    """Choose a picture, a layer and a channel, and see the maps that the network makes now.

    Each choice runs the network as it is, so that weights that changed meanwhile are seen;
    `refresh` does so without a choice. The book's page runs a `Net` on all the images if there are
    at most 8, else on the chosen one; a network of other layers stays a picture there.

    Args:
        net: a `Net`, or another network whose forward torch.fx can follow.
        images: float, shape (N, 1, 32, 32), such as prepare_images returns.
        index, layer, channel: what is shown first; by default the first of each.

    Attributes:
        index, layer, channel: what is shown. Can be set; the reader sets them too.

    Raises:
        ValueError: images of another shape or dtype, or none; a network that does not take
            them; a layer that it does not have.
        IndexError: an index or a channel out of range.
    """

    _name = "feature_maps"

    index = Int().tag(sync=True)
    layer = traitlets.Unicode().tag(sync=True)
    channel = Int().tag(sync=True)
    runs = traitlets.Int().tag(sync=True)  # the reader adds one to ask for a refresh

    count = traitlets.Int().tag(sync=True)
    inputs = traitlets.Bytes().tag(sync=True)  # 1,024 a picture: all if few, else the chosen one
    layers = traitlets.List().tag(sync=True)  # [name, channels, rows, columns] each
    kernel = traitlets.List().tag(sync=True)  # [name, channels, rows, columns], or nothing
    maps = traitlets.Bytes().tag(sync=True)  # float32: all layers' maps, then the kernel

    def __init__(
        self,
        net: torch.nn.Module,
        images: torch.Tensor,
        index: int = 0,
        layer: str | None = None,
        channel: int = 0,
    ):
        images = validate_images(images)
        index = validate_range("an image index", len(images), index)
        self._net, self._images = net, images
        self._outputs = compute_maps(net, images[index])
        layer = next(iter(self._outputs)) if layer is None else layer
        super().__init__(count=len(images), index=index, layer=layer, channel=channel)
        self.observe(lambda change: self.refresh(), ["index", "layer", "channel", "runs"])
        self.refresh()

    def refresh(self) -> None:
        """Run the network at its present weights, and show what it makes."""
        self._outputs = compute_maps(self._net, self._images[self.index])
        last = len(validate_layer(self._outputs, self.layer)) - 1
        if self.channel > last:
            self.channel = last  # which comes back here
            return
        name, kernel = self._find_kernel()
        with self.hold_sync():
            self.inputs = _write_ink(self._get_pictures())
            self.layers = [[layer, *maps.shape] for layer, maps in self._outputs.items()]
            self.kernel = [name, *kernel.shape] if name else []
            self.maps = _write_floats([*self._outputs.values(), kernel])

    def _get_pictures(self) -> torch.Tensor:
        few = len(self._images) <= FEW
        return self._images if few else self._images[self.index : self.index + 1]

    def _find_kernel(self) -> tuple[str, torch.Tensor]:
        """The kernel that made the chosen map, shape (C, H, W), and its name; else nothing."""
        weight = getattr(dict(self._net.named_modules()).get(self.layer), "weight", None)
        if weight is None or weight.ndim != 4 or len(weight) != len(self._outputs[self.layer]):
            return "", torch.empty(0)
        return f"{self.layer}.weight[{self.channel}]", weight[self.channel]

    @traitlets.validate("index")
    def _validate_index(self, proposal):
        return validate_range("an image index", len(self._images), proposal["value"])

    @traitlets.validate("layer")
    def _validate_its_layer(self, proposal):
        validate_layer(self._outputs, proposal["value"])
        return proposal["value"]

    @traitlets.validate("channel")
    def _validate_channel(self, proposal):
        count = len(validate_layer(self._outputs, self.layer))
        return validate_range(f"a channel of {self.layer}", count, proposal["value"])

    def _draw_picture(self) -> tuple[Figure, str]:
        """The layer's maps of the chosen picture, in the colours of kernels."""
        maps = self._outputs[self.layer].detach().cpu()
        count, rows, columns = maps.shape
        low, high = map(format_number, maps.aminmax())
        sentence = self.words["maps" if rows * columns > 1 else "values"]
        alt = sentence.format(
            layer=self.layer, count=count, shape=f"{rows}×{columns}", low=low, high=high
        )
        if rows * columns == 1:  # each value as a strip of one picture
            maps = maps.view(1, 1, count).expand(1, -(-count // 8), count)
        return draw_kernels(maps, columns=8), alt

    def _get_page_state(self) -> dict | None:
        """The page computes as `Net` does, from its weights and a picture's bytes."""
        pictures = self._get_pictures()
        exact = torch.equal(pictures, (255 * pictures).round() / 255)
        try:
            weights = describe_weights(read_weights(self._net))
        except ValueError:  # of another network
            return None
        if not exact or weights is None:
            return None
        return {
            "count": len(pictures),
            **weights,
            **{name: getattr(self, name) for name in ("inputs", "index", "layer", "channel")},
        }


def _write_ink(images: torch.Tensor) -> bytes:
    return (255 * images.detach().cpu().clamp(0, 1)).round().to(torch.uint8).numpy().tobytes()


def _write_floats(tensors: list[torch.Tensor]) -> bytes:
    values = torch.cat([tensor.detach().cpu().float().flatten() for tensor in tensors])
    return values.numpy().astype("<f4").tobytes()
