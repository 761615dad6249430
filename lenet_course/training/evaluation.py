"""How good a network is, on digits that it does not learn from."""

from itertools import chain

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.digits import Digits, prepare_images
from lenet_course.training.arguments import validate_digits, validate_settings


@torch.no_grad()
def evaluate(net: nn.Module, digits: Digits, batch_size: int = 1000) -> dict[str, float]:
    """Measure a network on digits that it does not learn from.

    Returns:
        loss (mean cross-entropy) and accuracy (0 to 1).

    Raises:
        ValueError: no digits, or some of another shape or dtype; a batch size below 1.
    """
    digits = validate_digits(digits)
    (batch_size,) = validate_settings(batch_size=batch_size)
    device = next(chain(net.parameters(), net.buffers())).device
    modes = [(part, part.training) for part in net.modules()]
    net.eval()
    loss = right = 0.0
    pairs = zip(digits.images.split(batch_size), digits.labels.split(batch_size), strict=True)
    try:
        for images, labels in pairs:
            logits, labels = net(prepare_images(images.to(device))), labels.to(device)
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(1) == labels).sum().item()
    finally:
        for part, mode in modes:
            part.training = mode
    return {"loss": loss / len(digits.labels), "accuracy": right / len(digits.labels)}
