"""What the marks of the chapter on backpropagation layer by layer are computed with."""

import contextlib
import inspect
import io
import math

import torch
import torch.nn.functional as F

from book.notebooks.sources import read_source
from lenet_course.exercises.layer_by_layer import (
    MAP,  # noqa: F401
    UPSTREAM,  # noqa: F401
    check_chosen_v,
    check_head_gradients,
    draw_heads,
)
from lenet_course.tables import draw_tables, draw_vjp
from tests.exercises import test_questions_layers as shown
from tests.sentences.facts import read_solution, read_text
from tests.sentences.looks import name_colour
from tests.sentences.trying import name_sum, pick
from tests.sentences.verdicts import find_operation, rank, sign  # noqa: F401

SLUG = "06_layer_by_layer"
QUESTIONS = {}  # all right choices are computed


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

# --- local derivatives, as autograd has them


def slope(function, at: torch.Tensor, place: tuple = ()) -> float:
    """The derivative of the sum of what a function gives, with respect to one number."""
    return torch.func.grad(lambda x: function(x).sum())(at)[place].item()


def relu_slope(x: float) -> float:
    return slope(torch.relu, torch.tensor(float(x)))


def pool_slope(place: int) -> float:
    """The derivative at the winner of a window (0), or at another of its numbers (1, 2, 3)."""
    window = torch.tensor([[[4.0, 3.0], [2.0, 1.0]]])
    return slope(lambda x: F.max_pool2d(x, 2), window, (0, place // 2, place % 2))


def where_slope(value: float) -> str:
    """The sign of the inputs where the derivative of ReLU is this."""
    (where,) = {sign(x) for x in (-2.0, -1.0, 1.0, 2.0) if relu_slope(x) == value}
    return where


along_a_path = name_sum(slope(lambda x: 6 * (3 * x), torch.tensor(1.0)))
where_paths_meet = name_sum(slope(lambda x: 6 * x + 3 * x, torch.tensor(1.0)))
loss_operation = find_operation(p[0, label], onehot[0, label], _ran["key"]["fc3"][0, label])
_each = [
    _ran["run_backward"](
        net, _ran["run_forward"](net, images[n : n + 1]), _ran["labels"][n : n + 1]
    )
    for n in range(len(images))
]
_means = [torch.stack(parts).mean(0) for parts in zip(*_each, strict=True)]
_all = [_ran["batch_key"][name] for name in _ran["names"]]
batch_operation = pick(
    average=all(torch.allclose(*pair, atol=1e-6) for pair in zip(_means, _all, strict=True))
)
received_shape = pick(
    outputs=_ran["key"]["fc2"].shape == kept["fc2"].shape,
    inputs=_ran["key"]["fc2"].shape == kept["relu3"].shape,
)
_passed = _ran["linear_backward"](net.fc2, kept["relu3"], d_fc2)[2].shape
passed_shape = pick(outputs=_passed == kept["fc2"].shape, inputs=_passed == kept["relu3"].shape)
_first = read_text("way-back-cell", SLUG).splitlines()[0].split("->")
map_sides = ("left", "right") if str(list(d_fc3.shape)) in _first[0] else ("right", "left")
_weight, _up = net.conv2.weight, _ran["d_conv2"]
_table = F.conv2d(F.pad(_up, (4, 4, 4, 4)), _weight.transpose(0, 1))  # as it is, not turned
kernel_is_turned = pick(
    against=not torch.allclose(_table, _ran["d_pool1"]), along=torch.equal(_table, _ran["d_pool1"])
)
loss_slope = slope(lambda loss: loss, torch.tensor(0.3))
bias_slope = slope(lambda bias: h @ net.fc3.weight[:1].T + bias, torch.tensor(0.3))
kink = next(x for x in (-1, 0, 1) if relu_slope(x - 0.1) != relu_slope(x + 0.1))
linear_gradients = _ran["linear_backward"](net.fc3, h, d_fc3)
blocked_weight = shown.send_back(shown.BLOCKED).abs().max()
_shares = _ran["shares"]
idle_shares = _shares[(_ran["key"]["conv1"][0, c] == 0) | (_ran["pixels"] == 0)].abs().max()
_relu_table = torch.func.jacrev(torch.relu)(kept["fc2"][0])
off_diagonal = (_relu_table - _relu_table.diag().diag()).abs().max()
outside_window = torch.func.jacrev(net.conv1)(kept["input"])[0, :, 0, 0, 0, 0, 5:].abs().max()
_x, _kernels = torch.ones(2, 3, 9, 9), torch.ones(5, 3, 4, 4)
_result = F.conv2d(_x, _kernels).shape[:2]
(kept_dimension,) = (d for d in (0, 1) if _result == (_x.shape[d], _kernels.shape[d]))
summed_dimension = 1 - kept_dimension
padded = F.pad(torch.ones(1, 1), (4, 4, 4, 4))[0, 0]
third = list(inspect.signature(torch.autograd.grad).parameters).index("grad_outputs") + 1

# --- exercises

wanted_digit, other_digit = (check_chosen_v.table()[0][1].index(value) for value in (1, -1))
vjp_lines = len(read_solution("vjp", SLUG).strip().splitlines())
head_tensors = len(check_head_gradients.table(*next(iter(draw_heads())))[0][1])

# --- max pooling

top_left = int(F.max_pool2d(torch.tensor([[[1.0, 0.0], [0.0, 0.0]]]), 2, return_indices=True)[1])
enough = round(2 * (max(shown.WINDOW) - shown.WINDOW[1]), 9)
small = _ran["small"].flatten()
pooled, winner = (_ran[name].flatten().tolist() for name in ("pooled", "winner"))
v_small, J = [7, 9], _ran["J"]
drawn_tables = len(draw_vjp(torch.tensor(v_small).float(), J).axes)
losers_share = _ran["max_pool_backward"](
    torch.tensor(shown.WINDOW).view(1, 1, 2, 2), torch.tensor([[[[shown.ARRIVED]]]])
).flatten()[1]
places_of_a_tie = len(
    torch.func.vjp(lambda x: F.max_pool2d(x, 2), torch.ones(1, 2, 2))[1](torch.ones(1, 1, 1))[
        0
    ].nonzero()
)
ones = J.nonzero().tolist()


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
ties, tied_value = int(_tied.sum()), _values[_tied].max()
least = _routed.sort(1, descending=True).values[:, 1:].abs().min()  # beside each window's number
picked = {True: "more"}[bool((_values.argmax(1) == _places)[~_tied].all())]
(_place,) = _places[_tied].unique().tolist()
tie_end, tie_side = ("top", "bottom")[_place // 2], ("left", "right")[_place % 2]


def colour(value: float) -> str:
    """The colour of the strongest number of a sign in the second table."""
    image = draw_tables({"d": routed_part}).axes[0].images[0]
    extreme = routed_part.max() if value > 0 else routed_part.min()
    return name_colour(image.cmap(image.norm(float(extreme)))[:3])
