"""Widgets: the seam between Python and the JavaScript in static/ is their traits."""

import base64
import io
import os
from html import escape

import anywidget
import torch
import traitlets

from lenet_course.digits import Digits, load_digits, pick_digit, prepare_images
from lenet_course.features import compute_feature_maps
from lenet_course.figures import draw_feature_maps
from lenet_course.model import Net, load_trained
from lenet_course.modules import SHARED, STATIC, join_modules, pick_examples
from lenet_course.text import get_language, get_widget_words

MOST_DIGITS = 200  # all of them stand in one strip


def _read_input(data, widget=None) -> torch.Tensor:
    if len(data) != 4 * 32 * 32:
        raise ValueError(f"expected 4,096 bytes of a 32×32 input, got {len(data):,}")
    return torch.frombuffer(bytearray(data), dtype=torch.float32).view(1, 1, 32, 32)


def _write_input(images, widget=None) -> bytes:
    return images.numpy().astype("<f4").tobytes()


class LeNetExplorer(anywidget.AnyWidget):
    """Draw or pick a digit, see every layer at once, point at any value to see how it came about.

    Args:
        net: a `Net`, or a network of the reader's own with the same parameters and forward.
        digits: up to 200 digits to pick from; by default two of each from the packaged test set.
        index: the digit shown first.

    Attributes:
        index: the digit shown, -1 for a drawing. Can be set.
        drawing: what the network sees now, float32 of shape (1, 1, 32, 32), range 0 to 1.

    Raises:
        ValueError: weights of another architecture; digits of another shape, none, or too many.
        IndexError: an index outside 0 .. len(digits) - 1.
    """

    _esm = join_modules(*SHARED, "explorer.js")
    _css = (STATIC / "explorer.css").read_text(encoding="utf-8")
    _ipython_display_ = None  # ipywidgets 7 has one, and it would go before _repr_mimebundle_

    values = traitlets.Bytes().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    index = traitlets.Int().tag(sync=True)
    drawing = traitlets.Instance(torch.Tensor).tag(
        sync=True, from_json=_read_input, to_json=_write_input
    )
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, net: torch.nn.Module, digits: Digits | None = None, index: int = 0):
        digits = load_examples() if digits is None else digits
        inputs = prepare_images(digits.images)
        if not 1 <= len(inputs) <= MOST_DIGITS:
            raise ValueError(
                f"expected 1 to {MOST_DIGITS} digits, got {len(inputs):,}; take some of them: "
                "Digits(digits.images[:20], digits.labels[:20])"
            )
        drawing, _ = pick_digit(digits, index)
        self._digits = digits
        self._language = get_language()
        super().__init__(
            values=read_weights(net),
            digits=digits.images.cpu().numpy().tobytes(),
            labels=digits.labels.tolist(),
            index=index,
            drawing=drawing,
            words=get_widget_words(),
        )

    @traitlets.validate("index")
    def _check_index(self, proposal):
        count = len(self._digits.labels)
        if not -1 <= proposal["value"] < count:
            raise IndexError(
                f"expected a digit index from 0 to {count - 1}, or -1 for the drawing, "
                f"got {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.observe("index")
    def _show_digit(self, change):
        if change["new"] >= 0:
            self.drawing, _ = pick_digit(self._digits, change["new"])

    def _repr_mimebundle_(self, **kwargs):
        if os.environ.get("LENET_BOOK") == "1":
            return {"text/html": self._make_html(), "text/plain": "LeNetExplorer"}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/plain": "LeNetExplorer"}, metadata

    def _make_html(self) -> str:
        """The book's mount point, with a picture for where no JavaScript runs.

        The page has the shipped weights and digits: another net or other digits stay a picture.
        """
        net = Net()
        values = torch.frombuffer(bytearray(self.values), dtype=torch.float32)
        torch.nn.utils.vector_to_parameters(values, net.parameters())
        maps = compute_feature_maps(net, self.drawing)
        shares = maps["fc3"][0].softmax(0)
        best = int(shares.argmax())
        alt = self.words["fallback"].format(
            label=self.labels[self.index] if self.index >= 0 else "?",
            digit=best,
            share=f"{100 * shares[best]:.1f} %",
        )
        file = io.BytesIO()
        figure = draw_feature_maps(maps["conv1"][0], columns=6)
        figure.savefig(file, format="png", metadata={"Software": None})
        picture = base64.b64encode(file.getvalue()).decode()
        packaged = read_weights(load_trained()) == self.values
        packaged &= torch.equal(load_examples().images, self._digits.images)
        mount = f' class="lenet-widget" data-widget="explorer" data-index="{self.index}"'
        return (
            f'<div{mount if packaged else ""} lang="{self._language}">'
            f'<img alt="{escape(alt)}" src="data:image/png;base64,{picture}"></div>'
        )


def load_examples() -> Digits:
    """Load the digits that a widget has where none are given: two of each, from the test set."""
    stored = load_digits("test")
    indices = pick_examples(stored.labels.tolist())
    return Digits(stored.images[indices], stored.labels[indices])


def read_weights(net: torch.nn.Module) -> bytes:
    """Read a network's 61,706 parameters as float32, little endian, in the order of `Net`.

    Raises:
        ValueError: weights of another architecture, weights that are not finite, or a forward
            that puts out something else than `Net` does with the same weights.
    """
    if not isinstance(net, torch.nn.Module):
        raise ValueError(f"expected a Net, got {net!r} of type {type(net).__name__}")
    twin = Net()
    weights = {name: value.detach().cpu().float() for name, value in net.state_dict().items()}
    shapes = {name: tuple(value.shape) for name, value in weights.items()}
    wanted = {name: tuple(value.shape) for name, value in twin.state_dict().items()}
    if shapes != wanted:
        other = sorted(set(shapes.items()) ^ set(wanted.items()))
        raise ValueError(
            f"expected the weights of Net, got those of another network, {type(net).__name__}; "
            f"the two differ in {', '.join(f'{name} {shape}' for name, shape in other) or 'order'}"
        )
    values = torch.cat([weights[name].flatten() for name in wanted])
    if not values.isfinite().all():
        raise ValueError(
            f"expected finite weights, got {int((~values.isfinite()).sum())} that are not"
        )
    twin.load_state_dict(weights)
    sample = next(iter(net.parameters()))
    images = torch.linspace(0, 100, 32 * 32).view(1, 1, 32, 32)  # far from where all look linear
    with torch.no_grad():
        answer = net(images.to(sample)).cpu().float()
        if not torch.allclose(
            answer, twin(images), rtol=1e-2, atol=1e-2 * twin(images).abs().max()
        ):
            raise ValueError(
                f"expected a network that computes what Net computes, got {type(net).__name__}, "
                "whose forward puts out something else with the same weights"
            )
    return values.numpy().astype("<f4").tobytes()
