"""StepByStep: PyTorch's loop, one press a line, each press shows what it changed."""

import math

import torch
import torch.nn.functional as F
import traitlets
from matplotlib.figure import Figure

from lenet_course.digits import Digits, prepare_images, to_digits
from lenet_course.figures import draw_kernels
from lenet_course.model import Net
from lenet_course.values import simplify
from lenet_course.widgets.arguments import (
    describe_weights,
    load_examples,
    make_net,
    read_weights,
    validate_range,
)
from lenet_course.widgets.base import CourseWidget

MOST_DIGITS = 8
CRITERIA = {"cross_entropy": F.cross_entropy, "mse_loss": F.mse_loss}
RATES = (0.001, 10)  # what the slider spans
# nets are made on the way, and the reader's next random number shall not depend on it
keep_random = torch.random.fork_rng(devices=[])


class StepByStep(CourseWidget):
    """Take the steps of training one by one, and see what each of them changes.

    The widget trains a copy: `net` keeps its weights.

    Args:
        net: a `Net`, or a network of the reader's own with the same parameters and forward.
        digits: 1 to 8 digits to train on; by default one each of 0 to 7 from the test set.
        batch_size: 1, for the digit of that index alone, or as many as there are digits.
        index: the digit whose values are shown.
        criterion: "cross_entropy", or "mse_loss" against one-hot targets.
        learning_rate: from 0.001 to 10.
        momentum: at least 0, below 1.

    Attributes:
        batch_size, index, criterion, learning_rate, momentum: as above. Can be set; the reader
            sets them too.
        seed: the seed whose `torch.manual_seed(seed); Net()` the net is, untrained; or None.

    Raises:
        ValueError: weights of another architecture; digits of another shape, none, or more than
            8; a setting outside what is said above.
        IndexError: an index outside 0 .. len(digits) - 1.
    """

    _name = "step"

    values = traitlets.Bytes().tag(sync=True)
    seed = traitlets.Int(None, allow_none=True).tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    # of any type: what is wrong with a value is said below
    batch_size = traitlets.TraitType(1).tag(sync=True)
    index = traitlets.TraitType(0).tag(sync=True)
    criterion = traitlets.TraitType("cross_entropy").tag(sync=True)
    learning_rate = traitlets.TraitType(0.1).tag(sync=True)
    momentum = traitlets.TraitType(0).tag(sync=True)

    @keep_random
    def __init__(
        self,
        net: torch.nn.Module,
        digits: Digits | None = None,
        batch_size: int | None = None,
        index: int = 0,
        criterion: str = "cross_entropy",
        learning_rate: float = 0.1,
        momentum: float = 0,
    ):
        if digits is None:
            digits = Digits(*(part[:MOST_DIGITS] for part in load_examples()))
        digits = to_digits(digits)
        self._inputs = prepare_images(digits.images)
        count = len(self._inputs)
        if not 1 <= count <= MOST_DIGITS:
            raise ValueError(
                f"expected 1 to {MOST_DIGITS} digits, got {count:,}; take some of them: "
                f"Digits(digits.images[:{MOST_DIGITS}], digits.labels[:{MOST_DIGITS}])"
            )
        labels = digits.labels.tolist()
        if len(labels) != count or not all(label in range(10) for label in labels):
            raise ValueError(f"expected {count} labels, each 0 to 9, got {labels}")
        values = read_weights(net)
        super().__init__(
            values=values,
            seed=_find_seed(values),
            digits=digits.images.cpu().numpy().tobytes(),
            labels=[int(label) for label in labels],
            batch_size=count if batch_size is None else batch_size,
            index=index,
            criterion=criterion,
            learning_rate=learning_rate,
            momentum=momentum,
        )

    @traitlets.validate("batch_size")
    def _validate_batch_size(self, proposal):
        return _validate_choice("a batch size of", (1, len(self._inputs)), proposal["value"])

    @traitlets.validate("criterion")
    def _validate_criterion(self, proposal):
        return _validate_choice("a criterion of", tuple(CRITERIA), proposal["value"])

    @traitlets.validate("index")
    def _validate_index(self, proposal):
        return validate_range("a digit index", len(self._inputs), proposal["value"])

    @traitlets.validate("learning_rate")
    def _validate_learning_rate(self, proposal):
        (low, high), rate = RATES, simplify(proposal["value"])
        if not (_is_number(rate) and low <= rate <= high):
            raise ValueError(f"expected a learning rate from {low} to {high}, got {rate!r}")
        return rate

    @traitlets.validate("momentum")
    def _validate_momentum(self, proposal):
        momentum = simplify(proposal["value"])
        if not (_is_number(momentum) and 0 <= momentum < 1):
            raise ValueError(f"expected a momentum of at least 0 and below 1, got {momentum!r}")
        return momentum

    @keep_random
    def _draw_picture(self) -> tuple[Figure, str]:
        """The first backward's gradients of conv1."""
        net = make_net(self.values)
        batch = [self.index] if self.batch_size == 1 else list(range(len(self.labels)))
        labels = torch.tensor(self.labels)[batch]
        targets = F.one_hot(labels, 10).float() if self.criterion == "mse_loss" else labels
        loss = CRITERIA[self.criterion](net(self._inputs[batch]), targets)
        loss.backward()
        alt = self.words["fallback"].format(count=len(batch), loss=f"{loss.item():.2f}")
        return draw_kernels(net.conv1.weight.grad), alt

    @keep_random
    def _get_page_state(self) -> dict | None:
        """The page draws fresh weights from their seed; others of one's own go with its state."""
        weights = {"seed": self.seed, "values": {"manual_seed": self.seed}}
        if self.seed is None and (weights := describe_weights(self.values)) is None:
            return None
        settings = ("batch_size", "index", "criterion", "learning_rate", "momentum")
        return {name: getattr(self, name) for name in ("digits", "labels", *settings)} | weights


def _validate_choice(what: str, choices: tuple, value):
    value = simplify(value)
    if isinstance(value, bool) or value not in choices:
        raise ValueError(f"expected {what} {' or '.join(map(repr, choices))}, got {value!r}")
    return value


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _find_seed(values: bytes) -> int | None:
    """Find out whether these are a fresh Net's weights, right after torch.manual_seed."""
    seed = torch.initial_seed() % 2**32
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed the GPU's, too
    return seed if read_weights(Net()) == values else None
