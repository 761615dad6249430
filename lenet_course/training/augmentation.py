"""Augmentation: a digit moved, turned or stretched a little, so that it is new each epoch."""

import torch
import torch.nn.functional as F

AUGMENTATIONS = (None, "shift", "affine")


def jitter(images: torch.Tensor, augment: str | None, generator: torch.Generator) -> torch.Tensor:
    """Move each image a little, at random: with "affine" it is also turned, scaled and sheared.

    Args:
        images: float, shape (N, 1, H, W).
        augment: None (nothing happens), "shift" or "affine".
        generator: a CPU generator, so that every device draws the same numbers.

    Returns:
        Images of the same shape.
    """
    if augment is None:
        return images
    drawn = torch.empty(5, len(images)).uniform_(-1, 1, generator=generator)
    angle, scale, shear, down, right = drawn
    if augment == "shift":
        angle, scale, shear = (torch.zeros_like(angle) for _ in range(3))
        # whole pixels, -2 to 2
        down, right = ((2.5 * way).round().clamp(-2, 2) / 2 for way in (down, right))
    angle, scale = angle * torch.pi / 12, 1 + 0.15 * scale
    cos, sin = torch.cos(angle) / scale, torch.sin(angle) / scale
    # affine_grid's unit: an image spans -1 to 1, so two pixels of 32 are 2 · 2/32 = 1/8
    rows = torch.stack([cos, -sin + 0.25 * shear, right / 8, sin, cos, down / 8], dim=1)
    matrices = rows.view(-1, 2, 3).to(images.device)
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    moved = F.grid_sample(images, grid, align_corners=False)
    return moved.contiguous(memory_format=torch.channels_last)
