"""LeNetExplorer: draw or pick a digit and see every layer at once."""

import json

import torch
import traitlets
from matplotlib.figure import Figure

from lenet_course.digits import Digits, pick_digit
from lenet_course.features import compute_feature_maps
from lenet_course.figures import draw_feature_maps
from lenet_course.widgets.arguments import (
    describe_weights,
    load_examples,
    make_net,
    read_weights,
    validate_examples,
)
from lenet_course.widgets.base import CourseWidget, Int
from lenet_course.widgets.data import read_checkpoints


def _read_input(data, widget=None) -> torch.Tensor:
    if len(data) != 4 * 32 * 32:
        raise ValueError(f"expected 4,096 bytes of a 32×32 input, got {len(data):,}")
    return torch.frombuffer(bytearray(data), dtype=torch.float32).view(1, 1, 32, 32)


def _write_input(images, widget=None) -> bytes:
    return images.numpy().astype("<f4").tobytes()


class LeNetExplorer(CourseWidget):
    """Draw or pick a digit, see every layer at once, point at any value to see how it came about.

    Its tour follows the digit to the answer, and back through one training step on a copy of `net`.

    Args:
        net: a `Net`, or a network of the reader's own with the same parameters and forward.
        digits: up to 200 digits to pick from; by default two of each from the packaged test set.
        index: the digit shown first.
        training: whether to show the packaged training run's checkpoints, each of which reads the
            digit, in place of the values to point at.

    Attributes:
        index: the digit shown, -1 for a drawing. Can be set.
        drawing: what the network sees now, float32 of shape (1, 1, 32, 32), range 0 to 1.

    Raises:
        ValueError: weights of another architecture; digits of another shape, none, or too many.
        IndexError: an index outside 0 .. len(digits) - 1.
    """

    _name = "explorer"

    values = traitlets.Bytes().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    index = Int().tag(sync=True)
    drawing = traitlets.Instance(torch.Tensor).tag(
        sync=True, from_json=_read_input, to_json=_write_input
    )

    training = traitlets.Bool().tag(sync=True)
    # the training scrubber: whoever opens it is sent the recorded run, 1.2 million characters
    opened = traitlets.Bool(False).tag(sync=True)
    checkpoints = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        net: torch.nn.Module,
        digits: Digits | None = None,
        index: int = 0,
        training: bool = False,
    ):
        self._digits = digits = validate_examples(digits)
        drawing, _ = pick_digit(digits, index)
        super().__init__(
            values=read_weights(net),
            digits=digits.images.cpu().numpy().tobytes(),
            labels=digits.labels.tolist(),
            index=index,
            drawing=drawing,
            training=training,
        )

    @traitlets.validate("index")
    def _validate_index(self, proposal):
        count = len(self._digits.labels)
        if not -1 <= proposal["value"] < count:
            raise IndexError(
                f"expected a digit index from 0 to {count - 1}, or -1 for the drawing, "
                f"got {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.observe("opened")
    def _send_checkpoints(self, change):
        if change["new"]:
            self.checkpoints = json.loads(read_checkpoints())

    @traitlets.observe("index")
    def _show_digit(self, change):
        if change["new"] >= 0:
            self.drawing, _ = pick_digit(self._digits, change["new"])

    def _draw_picture(self) -> tuple[Figure, str]:
        maps = compute_feature_maps(make_net(self.values), self.drawing)
        shares = maps["fc3"][0].softmax(0)
        best = int(shares.argmax())
        alt = self.words["fallback"].format(
            label=self.labels[self.index] if self.index >= 0 else "?",
            digit=best,
            share=f"{100 * shares[best]:.1f} %",
        )
        return draw_feature_maps(maps["conv1"][0], columns=6), alt

    def _get_page_state(self) -> dict | None:
        """The page has the shipped weights and digits; others go with its state."""
        weights = describe_weights(self.values)
        if weights is None:
            return None
        state = {"index": self.index, **({"training": True} if self.training else {}), **weights}
        if not torch.equal(self._digits.images, load_examples().images):
            state |= {"digits": self.digits, "labels": self.labels}
        return state
