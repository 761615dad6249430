"""Where full MNIST is on this machine, if it is."""

import subprocess

from book.course import ROOT
from lenet_course.digits import find_default_root

MNIST_ROOT = ROOT.parent / "shared/bin/mnist-root"  # unpacks the full MNIST, where it is there


def find_mnist() -> str | None:
    """torchvision's folder with the full MNIST: the course's cache, or unpacked anew."""
    if MNIST_ROOT.exists():
        return subprocess.run(
            [MNIST_ROOT], check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()
    root = find_default_root()
    return str(root) if (root / "MNIST/raw").is_dir() else None
