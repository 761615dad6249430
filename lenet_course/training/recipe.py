"""Recipes: `train` with the extras that stand beside it, each named by a word or a number."""

from dataclasses import dataclass

from lenet_course.digits import Digits
from lenet_course.model import Net
from lenet_course.training.augmentation import jitter, shift
from lenet_course.training.averaging import load_average, track_average
from lenet_course.training.loop import make_sgd, train
from lenet_course.training.muon import Muon
from lenet_course.training.standardise import Standardised, fold

OPTIMIZERS = {"sgd": make_sgd, "muon": Muon}
AUGMENTATIONS = {None: None, "shift": shift, "affine": jitter}


@dataclass(frozen=True)
class Recipe:
    """How a `Net` is trained.

    Args:
        epochs, batch_size, learning_rate, warm_up, label_smoothing: as in `train`.
        optimizer: "sgd", or "muon", which learns more from each step and suits a learning_rate
            of 0.025 and a weight_decay of 0.005.
        weight_decay: as in torch.optim.SGD, or in `Muon`.
        augment: None, "shift" or "affine", which is `jitter`.
        average: 0 for the last weights, or the decay of their moving average.
        standardise: learn from pixels of mean 0 and deviation 1.

    Raises:
        ValueError: a word that names nothing; numbers are looked at where they are used.
    """

    epochs: int = 3
    batch_size: int = 64
    optimizer: str = "sgd"
    learning_rate: float = 0.05
    weight_decay: float = 5e-4
    warm_up: float = 0.2
    augment: str | None = None
    average: float = 0.0
    standardise: bool = False
    label_smoothing: float = 0.0

    def __post_init__(self):
        for name, known in (("optimizer", OPTIMIZERS), ("augment", AUGMENTATIONS)):
            value = getattr(self, name)
            if value not in tuple(known):
                raise ValueError(f"expected {name} one of {tuple(known)}, got {value!r}")

    def train(self, net: Net, digits: Digits, **how) -> list[dict]:
        """Train a network in place; `how` and the history are those of `train`."""
        model = Standardised(net) if self.standardise else net
        make = OPTIMIZERS[self.optimizer]
        optimizer = make(model.parameters(), self.learning_rate, weight_decay=self.weight_decay)
        if self.average:
            track_average(optimizer, self.average)
        how |= {"epochs": self.epochs, "batch_size": self.batch_size, "warm_up": self.warm_up}
        how["label_smoothing"] = self.label_smoothing
        how |= {"optimizer": optimizer, "augment": AUGMENTATIONS[self.augment]}
        history = train(model, digits, **how)
        if self.average:
            load_average(optimizer)
        if self.standardise:
            fold(model)
        return history
