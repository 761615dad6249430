"""The recipes behind the rows of `make bench`, all on standardised pixels.

Chosen on training digits that were kept aside, never on the test digits: 10,000 of the 60,000, or
for the packaged digits the 50,000 that are not packaged.
"""

import torch

from lenet_course import Net
from lenet_course.digits import Digits
from lenet_course.training.recipe import Recipe

MUON = {"optimizer": "muon", "standardise": True}
FAST = Recipe(1, batch_size=128, learning_rate=0.025, weight_decay=0.005, warm_up=0.1, **MUON)
SMALL = Recipe(14, learning_rate=0.02, weight_decay=0.02, augment="affine", average=0.99, **MUON)


def train_by(recipe: Recipe, digits: Digits, seed: int) -> Net:
    """Train a fresh network; the seed decides its first weights and what the recipe draws."""
    torch.manual_seed(seed)
    net = Net()
    recipe.train(net, digits, seed=seed)
    return net
