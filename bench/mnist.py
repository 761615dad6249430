"""Where full MNIST is on this machine, if it is."""

import subprocess

from book.course import ROOT
from lenet_course.digits import find_default_root
from lenet_course.mnist import FILES, RAW

MNIST_ROOT = ROOT.parent / "shared/bin/mnist-root"  # unpacks the full MNIST, where it is there


def find_mnist() -> str | None:
    """torchvision's folder with the full MNIST: the course's cache, or unpacked anew."""
    if MNIST_ROOT.exists():
        return subprocess.run(
            [MNIST_ROOT], check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()
    root = find_default_root()
    names = [name for files in FILES.values() for name in files]
    return str(root) if all((root / RAW / name).is_file() for name in names) else None
