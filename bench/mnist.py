"""Where full MNIST is on this machine, if it is."""

from pathlib import Path

from lenet_course.digits import find_default_root


def find_mnist() -> Path | None:
    """torchvision's folder with the full MNIST: the course's cache, once it was downloaded."""
    root = find_default_root()
    return root if (root / "MNIST/raw").is_dir() else None
