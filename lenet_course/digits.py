"""The handwritten digits: 12,000 in the package, all 70,000 through torchvision on request."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from lenet_course.mnist import load_full
from lenet_course.values import to_int, to_tensor

PACKAGED = Path(__file__).parent / "assets" / "digits.npz"
PHOTO = PACKAGED.with_name("photo.jpg")  # four digits on paper: 2, 4, 7, 5
SPLITS = ("train", "test")


class Digits(NamedTuple):
    """Digits as MNIST stores them.

    images: uint8, shape (N, 28, 28), 0 is background and 255 is full ink.
    labels: int64, shape (N,), each 0 to 9.
    """

    images: torch.Tensor
    labels: torch.Tensor


def to_digits(digits: Digits) -> Digits:
    """Return a pair of images and labels as Digits of tensors.

    Raises:
        ValueError: something else.
    """
    try:
        images, labels = digits
    except (TypeError, ValueError):
        got = type(digits).__name__
        raise ValueError(f"expected digits, a pair of images and labels, got {got}") from None
    return Digits(to_tensor("images", images), to_tensor("labels", labels))


def load_digits(split: str = "train", full: bool = False, root: str | Path | None = None) -> Digits:
    """Load handwritten digits.

    Args:
        split: "train" or "test".
        full: False for the packaged digits (10,000 and 2,000, as many of each class, no network
            needed); True for MNIST (60,000 and 10,000), downloaded once by torchvision.
        root: with full, the folder that holds or receives torchvision's `MNIST/raw`, where the
            .gz files may lie as they come; by default `lenet_course/torchvision` in the user's
            cache.

    Raises:
        ValueError: a split that is neither "train" nor "test"; files in root that are damaged.
        ConnectionError: full MNIST is not in root and cannot be downloaded. Nothing half-written
            is left behind.
    """
    if split not in SPLITS:
        raise ValueError(f"expected a split from {SPLITS}, got {split!r}")
    if full:
        images, labels = load_full(split, root)
        return Digits(torch.from_numpy(images), torch.from_numpy(labels).long())
    with np.load(PACKAGED) as packed:
        images, labels = packed[f"{split}_images"], packed[f"{split}_labels"]
    return Digits(torch.from_numpy(images), torch.from_numpy(labels).long())


def prepare_images(images: torch.Tensor) -> torch.Tensor:
    """Turn stored digits into the network's input: ink from 0 to 1, two pixels of margin.

    Args:
        images: uint8, shape (N, 28, 28).

    Returns:
        float32, shape (N, 1, 32, 32), range 0 to 1, on the same device.

    Raises:
        ValueError: another shape or dtype.
    """
    images = to_tensor("images", images)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"expected images of shape (N, 28, 28), got {tuple(images.shape)}; "
            "one image becomes a batch with unsqueeze(0)"
        )
    if images.dtype != torch.uint8:
        raise ValueError(f"expected images of dtype torch.uint8 (0 to 255), got {images.dtype}")
    return F.pad(images.unsqueeze(1), (2, 2, 2, 2)).float().div_(255)  # one copy of the floats


def pick_digit(digits: Digits, index: int) -> tuple[torch.Tensor, int]:
    """Pick one digit, ready for the network.

    Returns:
        The input, float32 of shape (1, 1, 32, 32), and the label, 0 to 9.

    Raises:
        ValueError: something else than digits or an index.
        IndexError: an index outside 0 .. len(images) - 1.
    """
    digits, index = to_digits(digits), to_int("a digit index", index)
    count = len(digits.labels)
    if len(digits.images) != count:
        raise ValueError(f"expected a label for each image, got {len(digits.images)} and {count}")
    if not 0 <= index < count:
        raise IndexError(f"expected a digit index from 0 to {count - 1}, got {index}")
    return prepare_images(digits.images[index : index + 1]), int(digits.labels[index])
