"""Makes digits.npz: 10,000 training and 2,000 test digits of MNIST, as many of each class.

    python lenet_course/assets/make_digits.py ROOT

ROOT is torchvision's root, the folder that holds MNIST/raw. The draw is fixed by SEED and by
NumPy's legacy RandomState, whose stream is frozen for good; the same ROOT gives the same bytes.
"""

import sys
from pathlib import Path

import numpy as np
from torchvision.datasets import MNIST

SEED = 1998  # the year of the LeNet-5 paper
PER_CLASS = {"train": 1000, "test": 200}


def draw_balanced(labels: np.ndarray, per_class: int, random: np.random.RandomState) -> np.ndarray:
    """Draw the same number of indices of every class; return them in random order."""
    chosen = [random.permutation(np.flatnonzero(labels == c))[:per_class] for c in range(10)]
    return random.permutation(np.concatenate(chosen))


def main(root: str) -> None:
    random = np.random.RandomState(SEED)
    arrays = {}
    for split, per_class in PER_CLASS.items():
        data = MNIST(root, train=split == "train", download=False)
        chosen = draw_balanced(data.targets.numpy(), per_class, random)
        arrays[f"{split}_images"] = data.data.numpy()[chosen]
        arrays[f"{split}_labels"] = data.targets.numpy()[chosen].astype(np.uint8)
        arrays[f"{split}_indices"] = chosen.astype(np.uint16)  # where each stands in MNIST
    np.savez_compressed(Path(__file__).parent / "digits.npz", **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
