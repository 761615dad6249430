"""What the functions of training refuse, and the words they do it with."""

import torch

from lenet_course.digits import Digits, prepare_images, to_digits
from lenet_course.values import to_float, to_int

RULES = {  # a setting → what it is expected to be, in words and as a test
    "epochs": ("0 or more", lambda n: n >= 0),
    "batch_size": ("1 or more", lambda n: n >= 1),
    "seed": ("of any size", lambda n: True),
    "learning_rate": ("above 0", lambda n: n > 0),
    "weight_decay": ("0 or more", lambda n: n >= 0),
    "momentum": ("from 0 to below 1", lambda n: 0 <= n < 1),
    "warm_up": ("from 0 to below 1", lambda n: 0 <= n < 1),
    "average": ("from 0 to below 1", lambda n: 0 <= n < 1),
    "label_smoothing": ("from 0 to below 1", lambda n: 0 <= n < 1),
    "augment": ("None or a function of images and a generator", lambda f: f is None or callable(f)),
}
WHOLE = ("epochs", "batch_size", "seed")


def validate_settings(**settings) -> list:
    """Return the settings as Python's own numbers, in the order of RULES.

    Raises:
        ValueError: names the first one that is no number, or breaks its rule.
    """
    found = []
    for name, (words, fits) in RULES.items():
        if name not in settings:
            continue
        value = settings[name]
        if name != "augment":
            value = (to_int if name in WHOLE else to_float)(name, value)
        if not fits(value):
            raise ValueError(f"expected {name} {words}, got {value!r}")
        found.append(value)
    return found


def validate_digits(digits: Digits) -> Digits:
    """Return a data set, or raise a ValueError that says what is wrong with it."""
    images, labels = digits = to_digits(digits)
    if labels.ndim != 1:
        raise ValueError(f"expected labels of shape (N,), got {tuple(labels.shape)}")
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
    return digits


def validate_batch_size(batch_size: int, count: int, processes: int) -> int:
    """Return a batch size as an int.

    Raises:
        ValueError: `count` digits give no such mini-batch, or no equal shares of it.
    """
    batch_size = to_int("batch_size", batch_size)
    if not 1 <= batch_size <= count:
        expected = f"from 1 to {count}, the number of digits"
        raise ValueError(f"expected batch_size {expected}, got {batch_size!r}")
    if batch_size % processes:
        raise ValueError(f"expected a batch_size to share by {processes}, got {batch_size}")
    return batch_size


def validate_optimizer(optimizer, net: torch.nn.Module) -> None:
    """Raise a ValueError where an optimizer does not step parameters of this network."""
    groups = getattr(optimizer, "param_groups", [])
    stepped = {id(parameter) for group in groups for parameter in group["params"]}
    if not stepped or not stepped <= {id(parameter) for parameter in net.parameters()}:
        given = f"{type(optimizer).__name__} of others" if stepped else repr(optimizer)
        raise ValueError(f"expected an optimizer of this network's parameters, got {given}")
