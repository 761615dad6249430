"""What the marks of chapter 12 are computed with, and what shows its questions' right choices."""

import contextlib
import io
import math
import re

import torch
import torch.nn.functional as F

from book.course import ROOT
from book.notebooks.sources import read_source
from lenet_course import Net, draw_digits, load_digits, load_trained, prepare_images
from tests.chapters import get_cell, read_notebook, strip_colours
from tests.exercises.test_questions_12 import (
    test_12_a_softmax_too_many_learns_by_heart_and_stops_at_1_46,
    test_12_feature_maps_grow_with_the_pictures_and_parameters_do_not,
)
from tests.sentences.facts import compare, read_numbers, read_text

SLUG = "12_when_it_breaks"
QUESTIONS = {
    "q-doubles": (2, test_12_feature_maps_grow_with_the_pictures_and_parameters_do_not),
    "q-floor": (0, test_12_a_softmax_too_many_learns_by_heart_and_stops_at_1_46),
}

cells = read_notebook("en", SLUG).cells
failing = [cell.id for cell in cells if "raises-exception" in cell.metadata.get("tags", [])]
tests = [cell.id for cell in cells if re.fullmatch(r"test-\w+-cell", cell.id)]


def place(name: str) -> int:
    """The number of a test, from 1: "test-one-cell"."""
    return tests.index(name) + 1


def read_prose(name: str) -> str:
    return next(c["text"] for c in read_source(SLUG) if c["id"] == name and c["lang"] == "en")


def list_tables(text: str) -> list[tuple[int, ...]]:
    """The sizes of the tables in "(64x256 and 400x120)"."""
    return [(int(rows), int(columns)) for rows, columns in re.findall(r"(\d+)x(\d+)", text)]


# --- errors
came, layer = list_tables(read_text("flatten-error", SLUG))
came_at = "first" if came[0] == 64 and layer == Net().fc1.weight.shape[::-1] else "second"
named_first = "inputs" if layer[0] == Net().fc1.in_features else "outputs"  # of the layer's sizes
quiz_came, quiz_layer = list_tables(read_prose("channels-before"))
(_error,) = (o for o in get_cell(SLUG, "flatten-error").outputs if o.output_type == "error")
_told = strip_colours("\n".join(_error.traceback))
_arrows = re.findall(r"^-+> \d+ +(.+)$", _told, re.MULTILINE)
reason = "last" if _error.evalue in _told.splitlines()[-1] else "first"
reading = "bottom" if reason == "last" else "top"
caller = "top" if _arrows.index("measure(small, labels)") == 0 else "bottom"
_forward = next(
    line for line in get_cell(SLUG, "twice-error").source.splitlines() if "loss =" in line
)
forward_stands = "inside" if _forward.startswith(" ") else "outside"  # of the loop
digits = load_digits("train")
images = prepare_images(digits.images[:64])
pixels = (torch.iinfo(digits.images.dtype).min, torch.iinfo(digits.images.dtype).max)
scale = digits.images[:64].max() / images.max()
without_log = next(x for x in (1.0, 0.0) if torch.tensor(x).log().isinf())
without_product = next(x for x in (1.0, 0.0) if math.isnan(-math.inf * x))
blocked = F.relu(torch.tensor([-1.0, 1.0]))[0]  # what ReLU gives where no gradient comes back
sources = read_prose("silent").split("sources: ")[1].split(".")[0].split(", ")  # of NaN
lowest_torch = float(
    re.search(r'"torch>=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
)


def flattened(side: int) -> int:
    """How many numbers a picture of this side has after the convolutions and poolings."""
    net, maps = load_trained(), torch.zeros(1, 1, side, side)
    for convolution in (net.conv1, net.conv2):
        maps = F.max_pool2d(F.relu(convolution(maps)), 2)
    return maps.numel()


def span(dtype: torch.dtype) -> str:
    return f"`{str(dtype).removeprefix('torch.')}`"


def told(dtype: torch.dtype) -> str:
    """What messages call a dtype: "`unsigned char`, `Byte`"."""
    float32 = dtype == torch.float32
    try:
        Net()(images.to(torch.float64 if float32 else dtype))
    except RuntimeError as error:
        inputs, biases = re.search(r"type \((.+)\) and bias type \((.+)\)", str(error)).groups()
    kind = torch.empty(0, dtype=dtype).type().removeprefix("torch.").removesuffix("Tensor")
    return f"`{biases if float32 else inputs}`, `{kind}`"


def nudge_scores() -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of the trained network, and the same a little elsewhere, each by another amount."""
    outputs = load_trained()(images).detach()
    nudge = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(0))
    return outputs, outputs + 1e-4 * nudge


def moved_argmax() -> str:
    return compare(*[(o.argmax(1) * torch.arange(64)).sum() for o in nudge_scores()])


def moved_slope() -> float:
    """What the error rate changes by, for each unit that the scores are moved."""
    rates = [(o.argmax(1) != digits.labels[:64]).float().mean() for o in nudge_scores()]
    return ((rates[1] - rates[0]) / 1e-4).item()


def says_first(start: str) -> str:
    """Which of the two messages of a GPU starts so."""
    told_by_gpu = read_prose("device-read").split("```text\n")[1]
    return "first" if told_by_gpu.startswith(start) else "second"


def compare_rates_of_nan() -> str:
    """How the learning rate of chapter 8 that ends in NaN stands to the one that does not."""
    lines = read_text("too-large-cell", "08_update_the_weights").splitlines()
    return compare(*[int(line.split()[0]) for line in sorted(lines, key=lambda x: "nan" not in x)])


def held_after() -> str:
    """When `net = Net()` has to be run for an optimizer to hold another's parameters."""
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=1)
    net = Net()
    held = optimizer.param_groups[0]["params"][0]
    return "first" if held is net.conv1.weight else "second"


def _count_numbers() -> float:
    """How many numbers a parameter takes in training with Adam, its own among them."""
    net = Net()
    adam = torch.optim.Adam(net.parameters())
    F.cross_entropy(net(images), digits.labels[:64]).backward()
    adam.step()
    weight = net.conv1.weight
    kept = [v for v in adam.state[weight].values() if v.shape == weight.shape]
    return sum(part.numel() for part in (weight, weight.grad, *kept)) / weight.numel()


numbers_with_adam = _count_numbers()
_accumulate = get_cell(SLUG, "accumulate-cell").source
accumulated = tuple(int(re.search(p, _accumulate)[1]) for p in (r"split\((\d+)\)", r"/ (\d+)\)"))
accumulated_agrees = "same" if read_text("accumulate-cell", SLUG) == "True" else "different"

# --- five faults
_names = {}
with contextlib.redirect_stdout(io.StringIO()):
    for _cell in ("begin-cell", "learn-cell", "five-runs-cell", "test-one-cell"):
        exec(get_cell(SLUG, _cell).source.split("for name,")[0], _names)
runs, many, one = (_names[name] for name in ("runs", "many", "one"))
broken = [name for name in runs if name != "fit"]
changed = max(len(change) for change in runs.values())
shuffled = runs["E"]["answers"]


def read_runs(name: str) -> dict[str, str]:
    """What a table says of each run."""
    return dict(line.split() for line in read_text(name, SLUG).splitlines())


def find_run(name: str, wanted: str) -> str:
    """The one broken run of which a table says so."""
    (found,) = (run for run, said in read_runs(name).items() if said == wanted and run != "fit")
    return found


losses = {run: float(loss) for run, loss in read_runs("five-runs-cell").items()}
shot_up = max(losses, key=losses.get)
stuck = [run for run in broken if losses[run] == round(math.log(10), 1)]
by_heart = find_run("test-one-cell", "True")
off = find_run("test-two-cell", "6.64")
unmoved = find_run("test-three-cell", "False")
doubled = find_run("test-four-cell", "2")
(slow,) = set(broken) - {by_heart, off, unmoved, doubled}
rates = dict(zip(*[iter(read_numbers("test-five-cell", SLUG))] * 2, strict=True))  # → loss
good_rates = [rate for rate, loss in rates.items() if loss == 0]
too_small = compare(max(rate for rate in rates if rate < min(good_rates)), min(good_rates))
too_large = compare(max(rates), max(good_rates))
_norms = [line.split() for line in read_text("norms-cell", SLUG).splitlines()]
ratios = {f"`{row[0]}`": int(row[3].replace(",", "")) for row in _norms}
least_different = min(ratios, key=ratios.get)
least_ratio = ratios[least_different]
_same = torch.bincount(digits.labels[:8]) / 8  # the best answer for all eight is how often each is
same_for_all = -_same[digits.labels[:8]].log().mean()
_stuck = [_names["learn"](one, rate=rate)[0](images[:8]).detach() for rate in (0.1, 1)]
(stuck_answer,) = {int(answer) for logits in _stuck for answer in logits.argmax(1)}
stuck_share = _stuck[-1].softmax(1)[:, stuck_answer].mean()
stuck_labels = (digits.labels[:8] == stuck_answer).sum()
_loop = (ROOT / "lenet_course/widgets/step/loop.js").read_text(encoding="utf-8")
loop_parts = len(re.findall(r"\w+:", _loop.split("LOOP = {")[1].split("}")[0]))  # its buttons
dead_share = float(read_text("hook-cell", SLUG).splitlines()[-1].split()[0])
labels_at = "top" if draw_digits(images[:1], [0]).axes[0].title.get_position()[1] >= 1 else "bottom"
shown, wrong = digits.labels[:8].tolist(), shuffled[:8].tolist()
any_matches = "yes" if any(map(int.__eq__, shown, wrong)) else "no"
_sure = F.one_hot(digits.labels, 10).float()  # what softmax gives at best, read as logits
floor, perfect = F.cross_entropy(_sure, digits.labels), 100 * (_sure.argmax(1) == digits.labels)
perfect = perfect.float().mean()


def compare_gradients() -> str:
    """How the gradients of pixels up to 255 stand to those of pixels up to 1."""
    sizes = []
    for factor in (scale, 1):
        torch.manual_seed(0)
        net = Net()
        F.cross_entropy(net(factor * images), digits.labels[:64]).backward()
        sizes.append(net.conv1.weight.grad.norm())
    return compare(*sizes)


# --- exercises
listing = re.search(r"```text\n(.+?)```", read_prose("blamed-line-task"), re.DOTALL)[1].splitlines()
numbered = "left" if all(re.match(r" ?\d+( |$)", line) for line in listing) else "right"
failing_line = next(int(line[:2]) for line in listing if "backward()" in line)
eight = int(re.search(r"range\((\d+)\)", "\n".join(listing))[1])
_shape = re.search(r"`\(N, (.+?)\)`", read_prose("prepare-photos-task"))[1].split(", ")
colours_at = "last" if _shape.index("3") == len(_shape) - 1 else "first"
