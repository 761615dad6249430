"""What the marks of the chapter on backpropagation layer by layer are computed with."""

import contextlib
import io
import math

import torch

from book.notebooks.sources import read_source
from lenet_course.tables import draw_tables, draw_vjp
from tests.checks import test_questions_layers as shown
from tests.sentences.looks import name_colour
from tests.sentences.verdicts import rank, sign  # noqa: F401

SLUG = "06_layer_by_layer"
QUESTIONS = {  # name → (place of the right choice, from 0; the test that shows it)
    "q-blocked": (0, shown.test_layers_a_blocked_output_gives_its_weights_no_gradient),
}


def run_cells() -> dict:
    """Run the chapter's code up to its exercises: the names that it leaves."""
    names = {}
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        for cell in read_source(SLUG):
            if cell["kind"] == "code" and "exercise" not in cell["metadata"]:
                exec(cell["text"], names)
    return names


_ran = run_cells()
net, parameters, label = _ran["net"], _ran["parameters"], _ran["label"]
kept, hundred, images = _ran["kept"], _ran["hundred"], _ran["images"]
p, d_fc3, d_fc2, h, paths = (_ran[name] for name in ("p", "d_fc3", "d_fc2", "h", "paths"))
c, conv1_forward = _ran["c"], _ran["conv1_forward"]
onehot, logits_of_batch = p - d_fc3, net(images)


def count(tensors) -> int:
    """Count the numbers in some tensors."""
    return sum(tensor.numel() for tensor in tensors)


_names = list(kept)
same_shapes = sum(  # functions that leave the shape alone
    kept[name].shape == kept[below].shape
    for name, below in zip(_names[1:], _names[:-1], strict=True)
)
always_zero = math.floor(100 * (1 - net.conv1.weight[0].numel() / kept["input"].numel()))

# --- max pooling

small = _ran["small"].flatten()
pooled, winner = (_ran[name].flatten().tolist() for name in ("pooled", "winner"))
v_small, J = [7, 9], _ran["J"]
drawn_tables = len(draw_vjp(torch.tensor(v_small).float(), J).axes)
losers_share = _ran["max_pool_backward"](
    torch.tensor([[[[5.0, 4.9], [1.0, 0.0]]]]), torch.tensor([[[[3.0]]]])
)[0, 0, 0, 1]


def winners_value(upstream: int) -> float:
    """The value in the place where an upstream gradient of the small map goes."""
    return float(small[(torch.tensor(v_small).float() @ J).tolist().index(upstream)])


part = _ran["part"]
routed_part = _ran["d_relu2"][part]
_values = kept["relu2"][part].unfold(0, 2, 2).unfold(1, 2, 2).flatten(2).flatten(0, 1)
_routed = routed_part.unfold(0, 2, 2).unfold(1, 2, 2).flatten(2).flatten(0, 1)
windows = len(_values)
(per_window,) = (_routed != 0).sum(1).unique().tolist()
_places = (_routed != 0).int().argmax(1)
_tied = (_values == 0).all(1)
ties = int(_tied.sum())
picked = {True: "more"}[bool((_values.argmax(1) == _places)[~_tied].all())]
(_place,) = _places[_tied].unique().tolist()
tie_end, tie_side = ("top", "bottom")[_place // 2], ("left", "right")[_place % 2]


def colour(value: float) -> str:
    """The colour of the strongest number of a sign in the second table."""
    image = draw_tables({"d": routed_part}).axes[0].images[0]
    extreme = routed_part.max() if value > 0 else routed_part.min()
    return name_colour(image.cmap(image.norm(float(extreme)))[:3])
