"""Where full MNIST is on this machine, if it is."""

from pathlib import Path

from lenet_course.mnist import FILES, RAW, find_default_root


def find_mnist() -> Path | None:
    """torchvision's folder with the full MNIST: the course's cache, once it was downloaded."""
    root = find_default_root()
    names = [name for files in FILES.values() for name in files]
    return root if all((root / RAW / name).is_file() for name in names) else None
