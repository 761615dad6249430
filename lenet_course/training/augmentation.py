"""Augmentation: a digit moved, turned or stretched a little, so that it is new each epoch.

`jitter` and `shift` take images, float (N, 1, H, W), and a CPU generator, so that every device
draws the same numbers; they return images of the same shape.
"""

import torch
import torch.nn.functional as F


def jitter(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move each image by up to 2 pixels, turn it by 15°, scale it by 15 %, shear it by 0.25."""
    return _move(images, map_places(*_draw(len(images), generator)))


def shift(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move each image by whole pixels, -2 to 2."""
    *_, down, right = _draw(len(images), generator)
    down, right = ((2.5 * way).round().clamp(-2, 2) / 2 for way in (down, right))
    one, zero = torch.ones_like(down), torch.zeros_like(down)
    return _move(images, [one, zero, right / 8, zero, one, down / 8])


def map_places(angle, scale, shear, down, right) -> list[torch.Tensor]:
    """The rows of `jitter`'s linear maps, of numbers from -1 to 1 of each image, tensors (N,)."""
    angle, scale = angle * torch.pi / 12, 1 + 0.15 * scale
    cos, sin = torch.cos(angle) / scale, torch.sin(angle) / scale
    return [cos, -sin + 0.25 * shear, right / 8, sin, cos, down / 8]


def _draw(count: int, generator: torch.Generator) -> torch.Tensor:
    """Five numbers from -1 to 1 for each image: angle, scale, shear, down, right."""
    return torch.empty(5, count).uniform_(-1, 1, generator=generator)


def _move(images: torch.Tensor, rows: list[torch.Tensor]) -> torch.Tensor:
    """Read each image at a linear map of its places.

    Args:
        rows: the maps' two rows of three, each number a tensor (N,), in affine_grid's unit: an
            image spans -1 to 1, so two pixels of 32 are 2 · 2/32 = 1/8.
    """
    matrices = torch.stack(rows, dim=1).view(-1, 2, 3).to(images.device)
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    moved = F.grid_sample(images, grid, align_corners=False)
    return moved.contiguous(memory_format=torch.channels_last)
