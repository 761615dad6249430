"""What FeatureMapBrowser is given, checked, and the maps that a network makes of it."""

import torch

from lenet_course.features import compute_feature_maps
from lenet_course.values import to_tensor

LEFT_OUT = ("input", "flatten")  # the picture itself, and the last pool's values once more


def compute_maps(net, image: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run the network on one image and keep every layer's maps.

    Args:
        net: a network with parameters, at its present weights.
        image: float, shape (1, 32, 32); it goes to the network's dtype and device.

    Returns:
        An ordered dict: layer → maps of shape (C, H, W); a vector's values are maps of 1×1.

    Raises:
        ValueError: something else than a network, or one that does not take the image, or whose
            forward torch.fx cannot follow, or calls no layer.
    """
    name = type(net).__name__
    parameter = next(net.parameters(), None) if isinstance(net, torch.nn.Module) else None
    if parameter is None:
        raise ValueError(f"expected a network with parameters, got {net!r} of type {name}")
    try:
        outputs = compute_feature_maps(net, image.to(parameter).unsqueeze(0))
    except Exception as error:  # whatever the reader's own forward, or torch.fx in it, raises
        raise ValueError(
            "expected a network that takes images of shape (N, 1, 32, 32), with a forward that "
            f"torch.fx can follow, got {name}: {error}"
        ) from error
    maps = {
        layer: value[0] if value.ndim == 4 else value[0].view(-1, 1, 1)
        for layer, value in outputs.items()
        if layer not in LEFT_OUT and isinstance(value, torch.Tensor) and value.ndim in (2, 4)
    }
    if not maps:
        raise ValueError(f"expected a network whose forward calls layers, got {name} without any")
    return maps


def validate_images(images) -> torch.Tensor:
    """Return images; raise a ValueError unless they are float, (N, 1, 32, 32), at least one."""
    images = to_tensor("images", images)
    if not images.is_floating_point():
        raise ValueError(
            f"expected images as a float tensor, got {images.dtype}; prepare_images makes them of "
            "stored digits"
        )
    if images.ndim != 4 or images.shape[1:] != (1, 32, 32) or len(images) == 0:
        raise ValueError(
            f"expected images of shape (N, 1, 32, 32), at least one, got {tuple(images.shape)}; "
            "one image becomes a batch with unsqueeze(0)"
        )
    return images


def validate_layer(maps: dict[str, torch.Tensor], layer: str) -> torch.Tensor:
    """Return the layer's maps, or raise a ValueError that names the layers there are."""
    if layer not in maps:
        raise ValueError(f"expected a layer from {list(maps)}, got {layer!r}")
    return maps[layer]
