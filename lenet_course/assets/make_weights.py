"""Makes lenet.pt, the weights behind load_trained(): about 6 minutes on two cores.

    python lenet_course/assets/make_weights.py [ROOT]

ROOT is torchvision's folder with full MNIST; the default is load_digits(full=True)'s. Every number
below was chosen on 10,000 of the 60,000 training digits, kept aside for that; the test digits are
only reported on. The float16 weights are computed with in float32, here as by load_trained().
"""

import sys
from pathlib import Path

import torch

from lenet_course.digits import Digits, load_digits
from lenet_course.model import Net
from lenet_course.training import evaluate
from lenet_course.training.recipe import Recipe

SEED = 0
SETTINGS = {"epochs": 100, "batch_size": 128, "learning_rate": 0.08, "weight_decay": 5e-4}
SETTINGS |= {"augment": "affine", "average": 0.9995}


def make_weights(digits: Digits, seed: int, progress: bool = False) -> Net:
    """Train a fresh `Net` as the shipped one was, and round its weights once to float16."""
    torch.manual_seed(seed)
    net = Net()
    Recipe(**SETTINGS, standardise=True).train(net, digits, seed=seed, progress=progress)
    return net.half().float()


def save_weights(net: Net, test: Digits) -> None:
    """Write lenet.pt beside this file: the weights in float16, and what made them."""
    recipe = {
        "script": "lenet_course/assets/make_weights.py",
        "data": "MNIST's 60,000 training digits, standardised, with affine jitter",
        **SETTINGS,
        "seed": SEED,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "processor": torch.backends.cpu.get_cpu_capability(),
    }
    for name, digits in (("MNIST's 10,000", test), ("the 2,000 packaged", load_digits("test"))):
        accuracy = f"{100 * evaluate(net, digits)['accuracy']:.2f} %"
        recipe[f"accuracy on {name} test digits"] = accuracy
        print(f"accuracy on {name} test digits: {accuracy}")
    weights = {name: value.half().contiguous() for name, value in net.state_dict().items()}
    torch.save({"weights": weights, "recipe": recipe}, Path(__file__).parent / "lenet.pt")


def main() -> None:
    root = sys.argv[1] if len(sys.argv) > 1 else None
    digits, test = (load_digits(split, full=True, root=root) for split in ("train", "test"))
    save_weights(make_weights(digits, SEED, progress=True), test)


if __name__ == "__main__":
    main()
