"""What the marks of chapter 8 are computed with: its own code, run again."""

import contextlib
import copy
import inspect
import io
import math
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from book.notebooks.sources import read_cells
from lenet_course import draw_digits, evaluate, load_trained
from lenet_course.exercises.update_the_weights import check_whole_loop
from tests.chapters import get_cell
from tests.exercises.test_questions_08 import test_08_without_a_record_backward_raises
from tests.sentences.facts import compare, read_numbers, read_text
from tests.sentences.learning import learn, read_after, take_steps
from tests.sentences.trying import name_sum, pick
from tests.sentences.verdicts import agree, sign  # noqa: F401

SLUG = "08_update_the_weights"
QUESTIONS = {  # name → (place of the right choice, from 0; the test that shows it)
    "q-recorded": (1, test_08_without_a_record_backward_raises),
}


def read_code(cell: str, pattern: str) -> list[float]:
    """The numbers that a pattern finds in a cell's code."""
    return list(map(float, re.search(pattern, get_cell(SLUG, cell).source).groups()))


(_eighths,) = read_code("without-no-grad-cell", r"learning_rate = 1 / (\d)")
RUN = [  # the cells whose names the marks need; what others give stands in their stored outputs
    "one-number-gradient", "descend-quarter", "one-batch", "first-loss-cell", "three-copies",
    "forgotten-zero-grad",
]  # fmt: skip


def run_cells() -> dict:
    """Run some of the chapter's code: the names it gives."""
    names = {"learning_rate": 1 / _eighths}
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        for cell in RUN:
            exec(get_cell(SLUG, cell).source, names)
    return names


kept = run_cells()
start, labels, images, digits = (kept[name] for name in ("start", "labels", "images", "digits"))
parameters = sum(p.numel() for p in start.parameters())


# --- one number: (w - 3)²

begin, target, _ = read_code("one-number-gradient", r"tensor\((\S+),.*?\n.* - (\d)\) \*\* (\d)")


def lose(w):
    return (w - target) ** 2


def derive(function, at: float) -> float:
    at = torch.tensor(float(at), dtype=torch.float64)
    return torch.func.grad(function)(at).item()


lowest, start_loss = lose(target), lose(begin)
loss_goes = compare(lose(begin + 0.01), lose(begin))
(small,) = read_code("one-number-update", r"-= (\S+) \*")
(large,) = read_code("descend-too-far", r"descend\((\S+?)\)")
descend = kept["descend"]
updates = inspect.signature(descend).parameters["steps"].default
left = (descend(small) - target).abs().tolist()
moved = read_numbers("one-number-update", SLUG)[0] - begin
update_operation = "subtract" if moved == -small * derive(lose, begin) else "add"
update_direction = "against" if moved * derive(lose, begin) < 0 else "along"
bend = derive(torch.func.grad(lose), begin)  # the same everywhere: a square


def goes(rate: float, w: float = begin) -> str:
    """Whether a step ends further from the bottom than it began ("more"), or nearer."""
    return compare(abs(w - rate * derive(lose, w) - target), abs(w - target))


limit = next(n / 8 for n in range(1, 40) if goes(n / 8) == "same") * bend
strays = goes(large) if goes(limit / bend + 0.01) == goes(large) else None
strays_nearby = "same" if goes(large, target + 0.01) == strays else "different"

# --- the whole network

first_drop = -read_numbers("manual-update-cell", SLUG)[1]
copies = range(*map(int, read_code("three-copies", r"for _ in range\((\d)\)")))
all_equal = agree(read_text("equal-cell", SLUG).split() == ["True", "True", "False"])
loops_equal = agree(read_text("train-function", SLUG) == "(True, True)")
(inexact,) = [rate for rate in (1 / 8, 0.1) if torch.tensor(rate).double().item() != rate]
_body = get_cell(SLUG, "train-function").source.split("range(steps):\n")[1].split("losses")[0]
loop_parts = len(_body.strip().splitlines())


def train(optimizer, net: nn.Module, steps: int = 200, keep=lambda net: None) -> list[float]:
    """The losses of training, as the chapter's loop measures them."""
    taken, losses = take_steps(net, optimizer, images, labels), []
    for _ in range(steps):
        keep(net)
        losses.append(next(taken)[0])
    return losses


_nets, _slow_net, _momentum_net = [], copy.deepcopy(start), copy.deepcopy(start)
slow = train(
    torch.optim.SGD(_slow_net.parameters(), lr=1 / _eighths), _slow_net,
    keep=lambda net: len(_nets) < 100 and _nets.append(copy.deepcopy(net)),
)  # fmt: skip
plateau = math.floor(10 * min(slow[:60])) / 10


def about(step: int) -> int:
    return round(step, -1)


def leaves(losses: list[float], level: float) -> int:
    return next(step for step, loss in enumerate(losses) if loss < level)


def settles(losses: list[float]) -> int:
    """The step from which the loss stays below 0.1."""
    return max(step for step, loss in enumerate(losses) if loss >= 0.1) + 1


def measure_curvature(net: nn.Module) -> float:
    """The largest curvature of the loss in any direction, to 1 %, by power iteration."""
    parameters = list(net.parameters())
    loss = F.cross_entropy(net(images), labels)
    slopes = torch.autograd.grad(loss, parameters, create_graph=True)
    way, before, found = [p.detach() for p in slopes], math.inf, 0.0
    while abs(found - before) > 0.01 * abs(found):
        size = sum(part.square().sum() for part in way).sqrt()
        way = [part / size for part in way]
        along = sum((a * b).sum() for a, b in zip(slopes, way, strict=True))
        turned = torch.autograd.grad(along, parameters, retain_graph=True)
        before, found = found, sum((a * b).sum() for a, b in zip(turned, way, strict=True)).item()
        way = turned
    return found


spike = next(step for step in range(1, len(slow)) if slow[step] > 1.1 * slow[step - 1])
before_spike = spike - 2
curvature_before = measure_curvature(_nets[before_spike])
highest_at_first = math.ceil(measure_curvature(start))
after_spike = next(step for step in range(spike, len(slow)) if slow[step] < slow[step - 1])
curvature_after = measure_curvature(_nets[after_spike])
falls_again = compare(slow[after_spike + 1], slow[after_spike])

# --- mistakes


def take_gradient(times: int) -> float:
    """The gradient of a number after so many backward passes, with nothing cleared."""
    weight = torch.tensor(2.0, requires_grad=True)
    for _ in range(times):
        (3 * weight).backward()
    return weight.grad.item()


forgetful_fade = (take_gradient(2) - take_gradient(1)) / take_gradient(1)

forgotten = kept["forgotten"]
lowest_place, highest_place = (forgotten.index(f(forgotten)) for f in (min, max))
gradients_pile = pick(
    accumulates=take_gradient(2) == 2 * take_gradient(1),
    overwrites=take_gradient(2) == take_gradient(1),
)
wild = [[float(n) for n in re.findall(r"[\d_]+", pair)] for pair in re.findall(
    r"\((\d+, \d|\d\d_000, \d)\)", get_cell(SLUG, "too-large-cell").source
)]  # fmt: skip
_ten, _thousands = read_text("too-large-cell", SLUG).splitlines()
_at_ten = [float(n) for n in re.findall(r"'([\d.e+]+)'", _ten)]
falls_at_ten = leaves([-loss for loss in _at_ten[1:]], -_at_ten[1]) or None
ends_at_ten = compare(_at_ten[-1], _at_ten[0])
nan_place = re.findall(r"'(.*?)'", _thousands).index("nan") + 1

# --- momentum and Adam

(fade,) = read_code("momentum-by-hand", r"velocity \*= (\S+)")
velocity_operation = {"+=": "add", "-=": "subtract"}[
    re.search(r"velocity (\S+) weight.grad", get_cell(SLUG, "momentum-by-hand").source)[1]
]
momentum_lines = len(
    get_cell(SLUG, "momentum-by-hand").source.split("velocities):\n")[1].split("\n")
)
learn(len(labels)).reach(200)
three = {
    "SGD": slow,
    "momentum": train(
        torch.optim.SGD(_momentum_net.parameters(), 1 / 64, momentum=0.9), _momentum_net
    ),
    "Adam": learn(len(labels)).losses[:200],
}
adam_place = "first" if settles(three["Adam"]) == min(map(settles, three.values())) else "last"


def take_adam_step(gradients: list[float], **options) -> float:
    """How far Adam moves a parameter in the last of some steps."""
    parameter = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([parameter], lr=0.001, eps=0, **options)
    for gradient in gradients:
        before, parameter.grad = parameter.item(), torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
    return before - parameter.item()


_alone = {size: take_adam_step([size]) for size in (0.01, 1, 100)}
adam_first_step = min(_alone.values()) if max(_alone.values()) - min(_alone.values()) < 1e-9 else 0
# a velocity of 6 and a mean of squares of 9, both of steps without end
adam_operation = name_sum(1000 * take_adam_step([6.0, 3.0], betas=(0.0, 0.0)) + 1)


def find_adam_s_begin() -> float:
    """What the two means were before the first gradient, g: each (1 - β) g then, if 0."""
    parameter = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([parameter], betas=(0.9, 0.999))
    parameter.grad = torch.ones(1)
    optimizer.step()
    state = optimizer.state[parameter]
    begins = (state["exp_avg"] - 0.1) / 0.9, (state["exp_avg_sq"] - 0.001) / 0.999
    return round(max(map(abs, map(float, begins))), 6)


adam_begins = find_adam_s_begin()

# --- the buttons

(eight,) = read_code("step-by-step", r"labels\[:(\d)\]")
rounds, low_enough, leap_height = 100, 0.01, 1000


def learn_eight(rate: float) -> tuple[list[float], int]:
    """The losses of eight digits, and after how many updates all are right for good."""
    net, count = copy.deepcopy(start), int(eight)
    optimizer, losses, wrong = torch.optim.SGD(net.parameters(), lr=rate), [], 0
    taken = take_steps(net, optimizer, images[:count], labels[:count])
    for step, (loss, logits) in zip(range(rounds), taken, strict=False):
        losses.append(loss)
        wrong = wrong if logits.argmax(1).equal(labels[:count]) else step
    return losses, wrong + 1


eight_losses, all_right = learn_eight(1 / 8)
eight_wild, _ = learn_eight(wild[0][0])
climbs_place = next(n for n, loss in enumerate(eight_wild, 1) if loss > eight_wild[0])
leap_place = next(n for n, loss in enumerate(eight_wild, 1) if loss > leap_height)


def about_tens(step: int) -> int:
    return step // 10 * 10


# --- memorizing

with torch.no_grad():
    _answers = start(images).argmax(1).unique()
only_answer = _answers.item() if len(_answers) == 1 else None
_drawn = draw_digits(images[:1], [4]).axes[0].title
title_side = "top" if _drawn.get_position()[1] >= 1 else "bottom"
_right = read_numbers("learn-by-heart-cell", SLUG)[0]
all_read = agree(_right == len(labels))
learned_share = 100 * _right / len(labels)
(stuck_steps,) = map(int, read_code("learn-by-heart-cell", r"optimizer, (\d+)\)"))
(_from,) = map(int, read_code("validation-accuracy", r"images\[(\d+):\]"))
held = len(digits.labels[_from:])
trained = load_trained()
trained_loss = evaluate(trained, digits)["loss"]
trained_on = int(re.search(r"([\d,]+) training", trained.recipe["data"])[1].replace(",", ""))
trained_reads = float(trained.recipe["accuracy on the 2,000 packaged test digits"].rstrip(" %"))
more_digits, more_steps = 2 * len(labels), 2 * stuck_steps
with_more_digits = 100 * read_after(more_digits, 100)
with_more_steps = 100 * read_after(len(labels), more_steps)
_with_neither = read_numbers("validation-accuracy", SLUG)[2]
wanted_digits = pick(
    different=with_more_digits > _with_neither + 4 and with_more_steps < _with_neither + 3,
    same=with_more_steps > with_more_digits,
)
_memorized = learn(len(labels)).reach(100)
_memorized.zero_grad()
F.cross_entropy(_memorized(images), labels).backward()
gradient_left = round(
    torch.cat([p.grad.flatten() for p in _memorized.parameters()]).norm().item(), 1
)

# --- two modes

new_mode = "training" if nn.Sequential().training else "test"
dropped = nn.Dropout(0.5)(torch.ones(100)).min().item()
_rows = torch.tensor([[2.0], [8.0], [5.0]])
norm_first = "subtract" if abs(nn.BatchNorm1d(1)(_rows).mean()) < 1e-5 else "add"
norm_second = "divide" if abs(nn.BatchNorm1d(1)(_rows).std(correction=0) - 1) < 1e-4 else "multiply"
small_batch = (2, 6, 2, 6)  # made up in the sentence
_small = torch.tensor(small_batch).float().reshape(-1, 1)
small_mean, small_deviation = _small.mean().item(), _small.std(correction=0).item()
normed = tuple(round(n, 3) for n in nn.BatchNorm1d(1)(_small).flatten().tolist())
asked = int(*read_code("batch-norm", r"validation.labels == (\d)"))
_norm = nn.BatchNorm1d(1)
company_matters = "kept" if torch.allclose(_norm(_rows)[:2], _norm(_rows[:2])) else "changed"
with torch.no_grad():
    _before, _ = _norm.running_mean.clone(), _norm(_rows)
kept_mean = "kept" if _before.equal(_norm.running_mean) else "changed"
_dropout, _ones = nn.Dropout(0.5), torch.ones(1000)
dropout_varies = "kept" if _dropout(_ones).equal(_dropout(_ones)) else "changed"
with torch.no_grad():
    no_grad_switches = "no" if nn.Sequential().training else "yes"

# --- exercises

_task = next(cell["text"] for cell in read_cells(SLUG) if cell["id"] == "mend-the-loop-task")
_names = {"torch": torch, "F": F}
exec(re.search(r"```python\n(.*?)```", _task, re.DOTALL)[1], _names)
_stuck_net = copy.deepcopy(start)
torch.manual_seed(0)
stuck = _names["fit"](
    _stuck_net, torch.optim.Adam(_stuck_net.parameters(), lr=0.001), images, labels, stuck_steps
)
stuck_right = int((_stuck_net(images).argmax(1) == labels).sum())
_code = inspect.getsource(check_whole_loop)
drawn = tuple(map(int, re.search(r"for count in \((\d+), (\d+)\)", _code).groups()))
half = 1 / int(re.search(r'"too_little": after > before / (\d)', _code)[1])
