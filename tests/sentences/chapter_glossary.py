"""What the marks of the glossary are computed with: numbers, tensors, layers, the graph.

How a network learns stands in glossary_training.py; its names are the glossary's too.
"""

import ast
import copy
import traceback

import PIL.Image
import torch
import torch.distributed as dist
import torch.nn.functional as F

from book.notebooks.glossary import load_glossary
from lenet_course import (
    compute_feature_maps,
    find_receptive_field,
    load_digits,
    load_trained,
    prepare_images,
)
from lenet_course.training.augmentation import jitter
from lenet_course.training.schedule import compute_triangle
from tests.sentences import glossary_training
from tests.sentences.facts import STATED, compare
from tests.sentences.trying import name_sum, pick

globals().update({k: v for k, v in vars(glossary_training).items() if not k.startswith("_")})
entries = {term["id"]: term for term in load_glossary()}
_names = entries["gradient"]
names_of_gradient = [
    name
    for name in (_names["ko"], *_names["not"], *_names["also"]["ko"])
    if name in _names["text"]["ko"]
]
net = load_trained()
test = load_digits("test")
images = prepare_images(test.images)
maps = compute_feature_maps(net, images[:1])
mnist = STATED["mnist"]
two, six, three = torch.tensor([[6.0, 3.0]]), torch.tensor([[6.0]]), torch.tensor([[3.0]])

# --- tensors
byte = (torch.iinfo(test.images.dtype).min, torch.iinfo(test.images.dtype).max)
colours = len(PIL.Image.new("RGB", (1, 1)).getbands())
batch_at = pick(
    first=images.shape[0] == len(test.images), last=images.shape[-1] == len(test.images)
)
axes = [{2: "rows", 3: "columns"}[n] for n in torch.tensor([[[[1, 2, 3], [4, 5, 6]]]]).shape[2:]]
stretched = compare(3, (torch.zeros(2, 3) + torch.zeros(3)).numel())
one_hot = F.one_hot(torch.tensor(9), net.fc3.out_features)
one_at = pick(first=one_hot[0] == 1, last=one_hot[-1] == 1)
unanswered = next(x for x in (1.0, 0.0) if (torch.tensor(x) / x).isnan())
products = name_sum(torch.outer(six[0], three[0]))

# --- vector–Jacobian products
_table = torch.func.jacrev(lambda x: x[:2] ** 2)(torch.ones(3))
outputs_along, inputs_along = ({2: "rows", 3: "columns"}[size] for size in _table.shape)
jacobian_of_layer = pick(
    weights=torch.equal(torch.func.jacrev(net.fc3)(maps["relu4"][0]), net.fc3.weight)
)
vjp_of = name_sum(torch.func.vjp(lambda x: 6 * x, three[0])[1](three[0])[0])
vjp_shape = {3: "inputs", 2: "outputs"}[len(torch.ones(2) @ _table)]
_window = torch.tensor([[[1.0, 3.0], [2.0, 0.0]]])
_routed = torch.func.vjp(lambda x: F.max_pool2d(x, 2), _window)[1](torch.ones(1, 1, 1))[0]
routed_to = pick(more=_window[_routed > 0] == _window.max(), less=_window[_routed > 0] == 0)
routed_beside = _routed.min()
_cell = torch.zeros(1).add_(1)
underscore = pick(first="add_".startswith("_"), last="add_".endswith("_") and _cell == 1)
same_draws = pick(
    same=torch.equal(*[torch.rand(9, generator=torch.Generator().manual_seed(1)) for _ in "ab"])
)
precisions = [torch.finfo(dtype) for dtype in (torch.float16, torch.float32)]
fewer_bits = compare(*[-torch.tensor(p.eps).log2() for p in precisions])
fewer_digits = compare(*[-torch.tensor(p.resolution).log10() for p in precisions])
(_argument,) = ast.parse(entries["argument"]["text"]["en"].split("`")[1]).body
arguments = len(_argument.value.args)
_backends = dist.Backend.default_device_backend_map
reached = {_backends[device]: name for device, name in (("cpu", "CPU"), ("cuda", "GPU"))}


def kind(tensor: torch.Tensor) -> str:
    return f"`{str(tensor.dtype).removeprefix('torch.')}`"


def mantissa(dtype: torch.dtype) -> float:
    """How many bits the mantissa has."""
    return -torch.tensor(torch.finfo(dtype).eps, dtype=torch.float64).log2()


try:
    raise ValueError("because")
except ValueError:
    _told = traceback.format_exc().splitlines()
reason = pick(first="because" in _told[0], last=_told[-1] == "ValueError: because")
reading = {"last": "bottom", "first": "top"}[reason]

# --- layers
pool = maps["conv1"].shape[-1] // maps["pool1"].shape[-1]
field = [part.stop - part.start for part in find_receptive_field("pool2", 2, 2)]
field_grows = compare(field[0], net.conv1.kernel_size[0])
picked = pick(more=F.max_pool2d(two[None], (1, 2)) == 6, less=F.max_pool2d(two[None], (1, 2)) == 3)
pairs = name_sum(F.conv2d(six[None, None], three[None, None]))
total = name_sum(F.conv2d(two[None, None], torch.ones(1, 1, 1, 2)))
linear_pairs, linear_total = (
    name_sum(F.linear(six, three)),
    name_sum(F.linear(two, torch.ones(1, 2))),
)
_a = torch.tensor(1.0, requires_grad=True)
along_a_path, where_paths_meet = (
    name_sum(torch.autograd.grad(way, _a)[0]) for way in (3 * (6 * _a), 6 * _a + 3 * _a)
)
biased = name_sum(F.linear(six, torch.ones(1, 1), three[0]))
biases_for = pick(
    outputs=net.fc1.bias.numel() == net.fc1.out_features,
    inputs=net.fc1.bias.numel() == net.fc1.in_features,
)
row_for = pick(
    outputs=len(net.fc1.weight) == net.fc1.out_features, inputs=len(net.fc1.weight) == 400
)
weighed = pick(
    inputs=net.fc1.weight[0].numel() == net.fc1.in_features,
    outputs=net.fc1.weight[0].numel() == net.fc1.out_features,
)
handed_on = pick(
    outputs=net.conv1.out_channels == net.conv2.in_channels,
    inputs=net.conv1.in_channels == net.conv2.out_channels,
)
most = pick(weights=net.fc1.weight.numel() > 999, biases=net.fc1.bias.numel() > 999)
bent = pick(no=F.relu(two - 4).sum() != F.relu((two - 4).sum()), yes=F.relu(two[0, 0] - 9) == -3)
zeroed = pick(negative=F.relu(-six) != -six, positive=F.relu(six) != six)
blocked = F.relu(torch.tensor([-1.0, 1.0]))[0]  # what ReLU gives where no gradient comes back
response = compare((maps["conv1"] * maps["conv1"]).sum(), (maps["conv1"] * -maps["conv1"]).sum())
signs = pick(negative=(maps["fc3"] < 0).any(), positive=(maps["fc3"] > 0).all())
order_kept = pick(same=torch.equal(maps["fc3"].argsort(), maps["fc3"].softmax(1).argsort()))
_apart = [torch.tensor([gap, 0.0]).softmax(0) for gap in (3.0, 1.0)]
further = compare(*[p[0] - p[1] for p in _apart])


def count(layer: type) -> int:
    return sum(isinstance(child, layer) for child in net.children())


def read_jittered(digit: int) -> int:
    """What the network mostly reads where this digit is turned and moved a little."""
    many = images[test.labels == digit][:50]
    with torch.no_grad():
        return net(jitter(many, torch.Generator().manual_seed(0))).argmax(1).mode()[0]


# --- the graph: which way a network is passed, forward and in reverse
_copy, passed, returned, seen = copy.deepcopy(net), [], [], {}
for _name, _layer in _copy.named_children():
    _layer.register_forward_hook(
        lambda layer, inputs, output, name=_name: (
            passed.append(name) or seen.update({name: (inputs[0], output)})
        )
    )
    _layer.register_full_backward_hook(lambda *_, name=_name: returned.append(name))
_result = _copy(images[:1].clone().requires_grad_())
_result.sum().backward()
start = pick(inputs=torch.equal(seen[passed[0]][0], images[:1]), outputs=passed[0] == "fc3")
end = pick(outputs=torch.equal(seen[passed[-1]][1], _result), inputs=passed[-1] == "conv1")
recorded = pick(forward=_result.grad_fn is not None)
retraced = pick(reverse=returned == passed[::-1], forward=returned == passed)
scores_from = pick(first=passed[0] == "fc3", last=passed[-1] == "fc3")
_called = []
_copy.register_forward_hook(lambda *_: _called.append("`net(…)`"))
_copy(images[:1])
with_hooks = _called[-1]
_count = len(_called)
_copy.forward(images[:1])
without_hooks = pick(**{"`net.forward(…)`": len(_called) == _count})
chained = torch.ones(1, requires_grad=True)
(6 * (3 * chained)).backward()
slopes = name_sum(chained.grad)
_leaf = torch.ones(1, requires_grad=True)
_next = 2 * _leaf
_loss = _next.sum()
leaf_at = pick(first=_leaf.is_leaf and _leaf.grad_fn is None)
computed = pick(yes=_next.is_leaf, no=not _next.is_leaf)
graph_end = pick(last=_loss.grad_fn.next_functions[0][0] is _next.grad_fn)
frozen = {flag: not torch.zeros(1).requires_grad_(flag).requires_grad for flag in (True, False)}
_dead, _before, _after = (torch.full((1,), w, requires_grad=True) for w in (-1.0, 1.0, 1.0))
(F.relu(_dead * _before) + _after).backward()
starved = pick(first=_before.grad == 0, second=_after.grad == 0)
freezes, thaws = (f"`requires_grad_({k})`" for k in sorted(frozen, key=frozen.get, reverse=True))

# --- what depends on the mode, on the batch size, on 16 bits
_ones = torch.ones(1000)
_dropping, _resting = torch.nn.Dropout(), torch.nn.Dropout().eval()
dropped = _dropping(_ones).min()
passed_on = pick(same=torch.equal(_resting(_ones), _ones))
eval_stops = pick(no=load_trained().eval()(images[:1]).requires_grad)
_few, _many = (net.conv1(images[:size]).numel() for size in (32, 64))
larger_batch, less_memory = compare(_many, _few), compare(_few, _many)
steps_fall = compare(8000 // 64, 8000 // 32)
_drawn = torch.nn.Linear(9, 9).weight.abs().max()
drawn_within = pick(inside=_drawn <= 1 / 3, outside=_drawn > 1 / 3)
_scaler = torch.amp.GradScaler("cpu", init_scale=3.0)
_scaled = torch.nn.Parameter(torch.ones(1))
_scaler.scale(six * _scaled).backward()
scaling = [name_sum(_scaled.grad)]
_scaled.grad.fill_(6)
_scaler.unscale_(torch.optim.SGD([_scaled]))
scaling.append(name_sum(_scaled.grad))
_triangle = [compute_triangle(step, 100, 0.2) for step in (0, 10, 60, 90)]
schedule_goes = [compare(_triangle[1], _triangle[0]), compare(_triangle[3], _triangle[2])]
too_fine = torch.tensor(1e-8).half()
with torch.no_grad():
    needed = pick(no=torch.equal(net(images[:2]), load_trained()(images[:2])))
