"""Networks taught for the cases, each once a process."""

from functools import cache

import torch

from lenet_course import Digits, Net, load_digits, train
from lenet_course.training.augmentation import jitter


@cache
def taught(*parts, epochs=12, augment=jitter):
    """A network taught some thousands of training digits, and test digits for "test"."""
    chosen = [load_digits("test") if part == "test" else load_digits("train") for part in parts]
    slices = [slice(None) if p == "test" else slice(1000 * p[0], 1000 * p[1]) for p in parts]
    images = torch.cat([d.images[s] for d, s in zip(chosen, slices, strict=True)])
    labels = torch.cat([d.labels[s] for d, s in zip(chosen, slices, strict=True)])
    torch.manual_seed(0)
    net = Net()
    train(net, Digits(images, labels), epochs=epochs, augment=augment)
    return net
