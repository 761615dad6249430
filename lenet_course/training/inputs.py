"""What train() and evaluate() refuse, and the words they do it with."""

import torch

from lenet_course.digits import Digits, prepare_images
from lenet_course.training.augmentation import AUGMENTATIONS

OPTIMIZERS = ("sgd", "muon")


def check_digits(digits: Digits) -> None:
    """Raise a ValueError that says what is wrong with a data set."""
    images, labels = digits
    if len(labels) == 0:
        raise ValueError("expected at least one digit, got an empty data set")
    if len(images) != len(labels):
        raise ValueError(f"expected a label for each image, got {len(images)} and {len(labels)}")
    if labels.dtype != torch.int64:
        raise ValueError(f"expected labels of dtype torch.int64, got {labels.dtype}")
    low, high = labels.min().item(), labels.max().item()
    if low < 0 or high > 9:
        raise ValueError(f"expected labels from 0 to 9, got {low if low < 0 else high}")
    prepare_images(images[:1])  # says what is wrong with shape or dtype


def check_settings(settings: dict) -> None:
    """Raise a ValueError that names the first of train()'s settings that cannot work."""
    count = settings["digits"]
    wanted = {
        "epochs": ("0 or more", lambda n: n >= 0),
        "batch_size": (f"from 1 to {count}, the number of digits", lambda n: 1 <= n <= count),
        "optimizer": (f"one of {OPTIMIZERS}", lambda name: name in OPTIMIZERS),
        "learning_rate": ("above 0", lambda n: n > 0),
        "momentum": ("from 0 to below 1", lambda n: 0 <= n < 1),
        "weight_decay": ("0 or more", lambda n: n >= 0),
        "warm_up": ("from 0 to below 1", lambda n: 0 <= n < 1),
        "augment": (f"one of {AUGMENTATIONS}", lambda name: name in AUGMENTATIONS),
        "augment_share": ("from 0 to 1", lambda n: 0 <= n <= 1),
        "average": ("from 0 to below 1", lambda n: 0 <= n < 1),
    }
    for name, (words, fits) in wanted.items():
        if not fits(settings[name]):
            raise ValueError(f"expected {name} {words}, got {settings[name]!r}")
