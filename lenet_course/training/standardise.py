"""Standardised inputs: the same network learns sooner from pixels of mean 0 and deviation 1.

    model = Standardised(net)
    train(model, digits, epochs=2)
    fold(model)  # net itself now reads pixels from 0 to 1, and gives the same logits

To subtract and to divide is linear, and so is conv1: afterwards its weights and biases take both
over, and nothing is left for the reader of the network to know or to do.
"""

import torch
import torch.nn as nn

from lenet_course.model import Net

# of the pixels of MNIST's 60,000 training digits, 0 to 1, padded to 32×32
MEAN, DEVIATION = 0.1001, 0.2752


class Standardised(nn.Module):
    """A `Net` behind pixels of mean 0 and standard deviation 1; takes what the `Net` takes."""

    def __init__(self, net: Net):
        super().__init__()
        self.net = net

    def forward(self, images):
        return self.net((images - MEAN) / DEVIATION)


@torch.no_grad()
def fold(model: Standardised) -> Net:
    """Give conv1 what stood before it, so that `model.net` alone equals what `model` was.

    Works in place and returns `model.net`; `model` is not to be used afterwards.

    Source: w · (x − m)/s + b = (w/s) · x + (b − m/s · Σw), for each kernel w and bias b.
    """
    conv1 = model.net.conv1
    conv1.weight /= DEVIATION
    conv1.bias -= MEAN * conv1.weight.sum(dim=(1, 2, 3))
    return model.net
