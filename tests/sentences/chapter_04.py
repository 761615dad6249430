"""What the marks of the chapter on losses are computed with: its own code, run again."""

import contextlib
import inspect
import io
import math
import re

import torch
import torch.nn.functional as F

from book.notebooks.sources import read_source
from lenet_course import train
from lenet_course.evidence import load_evidence
from lenet_course.exercises import check_hardest
from tests.chapters import get_cell
from tests.sentences.facts import compare, find_all, read_text
from tests.sentences.looks import measure_lean, name_colour
from tests.sentences.operations import find_operation
from tests.sentences.trying import pick
from tests.sentences.verdicts import rank  # noqa: F401 - marks name it

SLUG = "04_measure_the_loss"
QUESTIONS = {}  # all right choices are computed
# --- chapter 9's recipe with other losses, recorded: percent of the validation digits
_evidence = load_evidence()
losses = {"entropy": _evidence["rows"]["net"], **_evidence["losses"]}
losses["entropy"]["rate"] = inspect.signature(train).parameters["learning_rate"].default
seeds = len(_evidence["made"]["seeds"])
learned_from = _evidence["whole"]["packaged"]["training"]


def run_cells() -> dict[str, dict]:
    """Run the chapter's code up to its exercises: the names that each cell leaves."""
    names, kept = {}, {}
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        for cell in read_source(SLUG):
            if cell["kind"] == "code" and "exercise" not in cell["metadata"]:
                exec(cell["text"], names)
                kept[cell["id"]] = dict(names)
    return kept


_ran = run_cells()
_last = list(_ran.values())[-1]
output, row, column = _last["output"], _last["row"], _last["column"]
one_hot, zeros, sure = _last["one_hot"][0], _last["zeros"], _last["sure"]
label, images, labels, each = (_last[name] for name in ("label", "images", "labels", "each"))
logits, p = _last["logits"][0].detach(), _last["probabilities"][0].detach()
guesses = len(read_text("mse-of-three", SLUG).splitlines())
no_loss = F.mse_loss(one_hot, one_hot).item() + F.cross_entropy(1000 * one_hot, one_hot).item()
least_probability = torch.tensor([-100.0, 0.0]).softmax(0).min().item()

# --- the digit
_picture = _last["image"][0, 0]
_axes = _last["draw_digits"](_last["image"], [label]).axes[0]
_shown = _axes.images[0]
paper, ink = (name_colour(_shown.cmap(_shown.norm(value))[:3]) for value in (0.0, 1.0))
label_at = "top" if _axes.title.get_position()[1] >= 1 else "bottom"
_rows = _picture.sum(1).nonzero().flatten()
_leg = _picture[_rows[-8] : _rows[-1] + 1]  # its last eight rows: the stroke below the loop
leg = "left" if measure_lean(_leg) > 0 else "right"  # leaning right, its lower end is on the left
_widths = (_picture > 0).sum(1)[_rows]
leg_end = "bottom" if _widths[-8:].max() < _widths[:8].max() else "top"

# --- cross-entropy
falls = [0.1, 0.01]
assert set(falls) <= set(find_all(get_cell(SLUG, "minus-log-values").source))
as_p_shrinks = compare(-math.log(falls[1]), -math.log(falls[0]))
as_loss_falls = compare(math.exp(-1), math.exp(-2))  # the probability
product_tends_to = round(math.exp(-len(images) * _last["untrained"].item()), 9)
asked_classes = 100
_answer = torch.tensor([label])
entropy_takes = pick(
    logits=torch.isclose(F.cross_entropy(logits[None], _answer), -p[label].log()).item(),
    probabilities=torch.isclose(F.cross_entropy(p[None], _answer), -p[label].log()).item(),
)
entropy_curve, mse_curve = _last["curves"]["cross_entropy"], _last["curves"]["mse"]
zero_at = {0: "left", len(entropy_curve) - 1: "right"}[entropy_curve.index(min(entropy_curve))]
climbs_to = {"left": "right", "right": "left"}[zero_at]
infinite_at = entropy_curve.index(math.inf) / 100
steepest = next(n for n, loss in enumerate(entropy_curve) if loss < math.inf)
_apart = [e - m for e, m in zip(entropy_curve, mse_curve, strict=True)]
apart_where = "less" if _apart[steepest] == max(_apart[steepest:]) else "more"
wrong, from_entropy = _last["wrong"][0].detach(), _last["from_entropy"][0]
believed = int(wrong.argmax())
entropy_operation = find_operation(from_entropy, wrong.softmax(0), one_hot)


def find_gradient(loss) -> torch.Tensor:
    """The gradient of a loss with respect to the untrained network's logits."""
    z = logits.clone().requires_grad_()
    return torch.autograd.grad(loss(z), z)[0]  # torch.func would import the compiler, in a second


starting_ratio = (
    find_gradient(lambda z: F.mse_loss(z.softmax(0), one_hot)).norm()
    / find_gradient(lambda z: F.cross_entropy(z, one_hot)).norm()
).item()
_columns = [line.split()[1:] for line in read_text("double-softmax-cell", SLUG).splitlines()]
proper_at = "left" if float(_columns[-1][0]) < float(_columns[-1][1]) else "right"
double_at = {"left": "right", "right": "left"}[proper_at]
_extreme = torch.tensor([[1000.0, -1000.0]]).softmax(1)
probability_range = (_extreme.min().item(), _extreme.max().item())
large = _last["large"]

# --- exercises
_given = next(iter(check_hardest.given()))
hardest = len(dict(check_hardest.table(*_given)[:1])["right"])
_table = re.search(
    r"table\[torch.tensor\(\[(\d), (\d)\]\), torch.tensor\(\[(\d), (\d)\]\)\]",
    next(cell["text"] for cell in read_source(SLUG) if cell["id"] == "cross-entropy-task"),
)
taken = [(int(_table[1]), int(_table[3])), (int(_table[2]), int(_table[4]))]

ideal = (1, 0)  # the logits at which the MSE is 0: of the right class, of each other
ideal_share = torch.tensor([1.0] + 9 * [0.0]).softmax(0)[0].item()
