"""What the marks of the chapter on loss.backward() are computed with: its own code, run again."""

import contextlib
import io
import math

import torch
import torch.nn.functional as F

from book.notebooks.sources import read_source
from lenet_course import draw_kernels, trace_graph
from lenet_course.graph_gradients import compute_gradients
from lenet_course.widgets.graph.widget import MOST_VALUES  # noqa: F401 - marks name it
from tests.exercises.test_questions_07 import (
    FAR,
    test_07_a_frozen_layer_passes_gradients_on,
    test_07_a_gradient_does_not_say_what_a_long_way_brings,
)
from tests.sentences.facts import compare, find_all, read_numbers, read_text
from tests.sentences.looks import name_colour
from tests.sentences.trying import name_sum, pick
from tests.sentences.verdicts import rank  # noqa: F401 - marks name it

SLUG = "07_send_it_backward"
QUESTIONS = {
    "q-frozen": (2, test_07_a_frozen_layer_passes_gradients_on),
    "q-far": (0, test_07_a_gradient_does_not_say_what_a_long_way_brings),
}


def run_cells() -> dict:
    """Run the chapter's code up to its exercises: the names that it leaves."""
    names = {}
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        for cell in read_source(SLUG):
            tags = cell["metadata"].get("tags", [])
            if cell["kind"] == "code" and "exercise" not in cell["metadata"]:
                with contextlib.suppress(RuntimeError) if tags else contextlib.nullcontext():
                    exec(cell["text"], names)
    return names


_ran = run_cells()
net, label, image, answer = (_ran[name] for name in ("net", "label", "image", "answer"))
parameters, kernels = list(net.parameters()), _ran["first"]["conv1.weight"][:, 0]
layers = len(list(net.children()))


def count(tensors) -> int:
    """Count the numbers in some tensors."""
    return sum(tensor.numel() for tensor in tensors)


_by_hand = read_numbers("v-of-the-loss-cell", "06_layer_by_layer")
_found = read_numbers("after-backward", SLUG)
as_by_hand = pick(same=_found == _by_hand[: len(_found)] == _by_hand[len(_found) :],
                  different=_found != _by_hand[: len(_found)])  # fmt: skip

# --- the graph
shown_names = len(read_text("first-step-back", SLUG).splitlines())
three_ways = read_text("three-ways-cell", SLUG).splitlines()
_mse = F.mse_loss(net(image), torch.zeros(1, 10)).grad_fn.next_functions[0][0]
_ways = [type(function).__name__ for function, _ in _mse.next_functions]  # the tutorial's graph
assert type(_mse).__name__ == "AddmmBackward0" and _ways == three_ways
trap_place, relu_place = _ways.index("AccumulateGrad"), _ways.index("ReluBackward0")
_others = {len(n.next) for n in _ran["nodes"] if n.name.startswith(("Relu", "MaxPool", "View"))}
input_place = 0 if _others == {1} else None
_loss = F.cross_entropy(net(image), answer)
_arrived = list(zip(trace_graph(_loss), compute_gradients(_loss), strict=True))


def arrive(name: str) -> torch.Tensor:
    """What arrives at the operation of this name that follows conv2's maps."""
    shape = (1, net.conv2.out_channels, 10, 10)
    (found,) = (g for n, g in _arrived if n.name.startswith(name) and n.shape == shape)
    return found


# --- accumulation


def send_back(*losses) -> float:
    """What .grad of a number holds after one backward pass from each of some losses."""
    w = torch.tensor(1.0, requires_grad=True)
    for loss in losses:
        loss(w).backward()
    return w.grad.item()


gathered = name_sum(send_back(lambda w: 6 * w, lambda w: 3 * w))
batch = len(_ran["images"])
_parts = [part for part in (slice(0, 32), slice(32, 64))]
parts = [len(_ran["images"][part]) for part in _parts]
_whole = _ran["whole"]


def add_parts(divisor: float) -> torch.Tensor:
    """The gradient of fc3's bias that both parts leave together."""
    net.zero_grad()
    for part in _parts:
        (F.cross_entropy(net(_ran["images"][part]), _ran["labels"][part]) / divisor).backward()
    return net.fc3.bias.grad


halved_by = pick(divide=torch.allclose(add_parts(len(parts)), _whole, atol=1e-6))
without_division = round((add_parts(1).norm() / _whole.norm()).item(), 4)


def press(*presses: str) -> float:
    """How many times as large conv1's gradient is after some presses of the buttons."""
    net.zero_grad()
    loss = F.cross_entropy(net(image), answer)
    for button in presses:
        if button == "backward":
            loss.backward(retain_graph=True)
        else:
            loss = F.cross_entropy(net(image), answer)
    return round((net.conv1.weight.grad.norm() / conv1_size).item(), 4)


conv1_size = _ran["first"]["conv1.weight"].norm().item()
pressed = {
    1: press("backward", "backward"),
    2: press("backward", "backward", "forward", "backward"),
}

# --- sign and size
nudge = 0.1
assert nudge in find_all(next(c["text"] for c in read_source(SLUG) if c["id"] == "nudge-bias"))


def move_along(slope: float, move: float) -> str:
    """How the loss slope · w changes when w is moved."""
    return compare(slope * move, 0)


where_positive, where_negative = move_along(2.0, 0.1), move_along(-2.0, 0.1)
then_move = pick(more=move_along(2.0, 0.1) == "less", less=move_along(2.0, -0.1) == "less")
far = FAR
lowest_entropy = F.cross_entropy(torch.tensor([[1e4, 0.0]]), torch.tensor([0])).item()

# --- the gradients of conv1
sizes = kernels.abs().amax((1, 2)).tolist()
strongest, weakest = sizes.index(max(sizes)), sizes.index(min(sizes))
_rows = kernels[strongest].mean(1)
strongest_row = ("top", "top", "middle", "bottom", "bottom")[int(_rows.abs().argmax())]
assert _rows[3:].max() < 0  # both of its last rows
_update = torch.optim.SGD([_w := torch.zeros((), requires_grad=True)], lr=1.0)
_w.grad = _rows[-1].clone()
_update.step()
negative_moves = compare(_w.item(), 0)
_axes = draw_kernels(kernels).axes


def paint(value: float) -> str:
    """The colour of the strongest number of a sign."""
    shown = _axes[0].images[0]
    return name_colour(shown.cmap(shown.norm(math.copysign(max(sizes), value)))[:3])


_shares = (kernels > 0).float().mean((1, 2))
look = {n: "red" if share > 0.6 else "blue" if share < 0.4 else "" for n, share in
        enumerate(_shares.tolist())}  # fmt: skip
_seen = [n for n in range(len(kernels)) if n not in (strongest, weakest)]
reds = [n for n in _seen if look[n] == "red"]
(all_blue,) = (n for n in _seen if _shares[n] < 0.1)
(mixed,) = (n for n in _seen if not look[n])
_faintest = _axes[weakest].images[0]
_colours = _faintest.cmap(_faintest.norm(kernels[weakest].flatten().numpy()))[:, :3]
_zero = _faintest.cmap(0.5)[:3]
zero, at_zero = _faintest.norm.inverse(0.5), name_colour(_zero)
nearly = at_zero if abs(_colours - _zero).max() < 0.15 else ""

# --- what the chapter ends with, and exercises
_recap = next(c["text"] for c in read_source(SLUG) if c["id"] == "four-names" and c["lang"] == "en")
names = sum(line.startswith("| `") for line in _recap.splitlines())
five_w_slope = send_back(lambda w: 5 * w)
