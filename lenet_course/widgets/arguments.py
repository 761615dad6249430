"""What the widgets are given: a network's weights as bytes, and digits to pick from."""

import base64

import numpy as np
import torch

from lenet_course.digits import Digits, load_digits, prepare_images, to_digits
from lenet_course.model import Net, load_trained
from lenet_course.values import simplify
from lenet_course.widgets.data import pick_examples

MOST_DIGITS = 200  # all of them stand in one strip


def validate_examples(digits: Digits | None) -> Digits:
    """Return the digits to pick from; those of load_examples() for None.

    Raises:
        ValueError: digits of another shape, none, or more than MOST_DIGITS.
    """
    digits = load_examples() if digits is None else to_digits(digits)
    count = len(prepare_images(digits.images))
    if not 1 <= count <= MOST_DIGITS:
        raise ValueError(
            f"expected 1 to {MOST_DIGITS} digits, got {count:,}; take some of them: "
            "Digits(digits.images[:20], digits.labels[:20])"
        )
    return Digits(digits.images.cpu(), digits.labels.cpu())


def validate_range(what: str, count: int, value: int) -> int:
    """Return a value from 0 to count - 1, or raise an IndexError that says what it counts."""
    value = simplify(value)
    if type(value) is not int or value not in range(count):
        raise IndexError(f"expected {what} from 0 to {count - 1}, got {value!r}")
    return value


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
    with torch.random.fork_rng(devices=[]):  # the reader's next random number stays the next
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
    ramp = torch.linspace(0, 1000, 32 * 32)  # to far from where all look linear
    images = torch.cat([ramp, -ramp]).view(2, 1, 32, 32)
    wrong = (
        f"expected a network that computes what Net computes, got {type(net).__name__}, whose "
        "forward puts out something else with the same weights"
    )
    with torch.no_grad():
        wanted = twin(images)
        try:
            answer = net(images.to(sample)).cpu().float()
            is_same = torch.allclose(answer, wanted, rtol=1e-2, atol=1e-2 * wanted.abs().max())
        except Exception as error:  # whatever the reader's own forward raises
            raise ValueError(f"{wrong}: {error}") from error
    if not is_same:
        raise ValueError(wrong)
    return values.numpy().astype("<f4").tobytes()


def describe_weights(values: bytes) -> dict | None:
    """Describe what read_weights gave to the book's page: the traits that it lacks.

    Returns:
        Nothing for the shipped weights, which the page has; else {"values": {"float16": …}}, in
        base64; None where a weight is too large for float16.
    """
    if values == read_weights(load_trained()):
        return {}
    weights = np.frombuffer(values, "<f4")
    if np.abs(weights).max() >= 65_520:  # float16 has none so large
        return None
    return {"values": {"float16": base64.b64encode(weights.astype("<f2").tobytes()).decode()}}


def make_net(values: bytes) -> Net:
    """Make a network of what read_weights gave; torch's random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        net = Net()
    parameters = torch.frombuffer(bytearray(values), dtype=torch.float32)
    torch.nn.utils.vector_to_parameters(parameters, net.parameters())
    return net
