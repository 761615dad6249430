"""What the marks of chapter 10 are computed with."""

import re
from statistics import mean, median

import torch
from torch.utils.flop_counter import FlopCounterMode

from bench import captured
from book.notebooks.environment import FIXED
from lenet_course import Net, load_digits
from lenet_course.exercises.use_a_gpu import ENOUGH
from lenet_course.gpu import load_recording, shorten
from lenet_course.gpu_recording import draw_kernel_times, draw_record
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions_10 import (
    test_10_reading_the_loss_waits_for_it,
    test_10_without_waiting_a_step_takes_as_long_as_its_kernels,
)
from tests.sentences.colours import name_colour
from tests.sentences.facts import compare, find_all, read_numbers
from tests.sentences.trying import pick

SLUG = "10_use_a_gpu"
QUESTIONS = {
    "q-item": (0, test_10_reading_the_loss_waits_for_it),
    "q-limit": (1, test_10_without_waiting_a_step_takes_as_long_as_its_kernels),
}


def mantissa(dtype: torch.dtype) -> int:
    """The bits of a dtype's mantissa."""
    return -int(torch.tensor(torch.finfo(dtype).eps).log2())


# --- devices
new_parameter = "different" if read_output(SLUG, "net-to-cell").endswith("False)") else "same"


def mixes(dimensions: int) -> bool:
    """Whether a CPU tensor of so many dimensions may be multiplied with one on another device."""
    try:
        torch.ones(3, device="meta") * torch.ones([1] * dimensions)
    except RuntimeError:
        return False
    return True


(mixing_dimensions,) = filter(mixes, range(3))

# --- what a step costs
_layers = dict(Net().named_children())
full_layers = sum(isinstance(layer, torch.nn.Linear) for layer in _layers.values())
_sizes = {"conv1": 28 * 28, "conv2": 10 * 10}  # of the maps: chapter 3
operations = {name: size * _layers[name].weight.numel() for name, size in _sizes.items()}
operations["full"] = sum(
    layer.weight.numel() for layer in _layers.values() if isinstance(layer, torch.nn.Linear)
)
with FlopCounterMode(display=False) as _counter:
    Net()(torch.zeros(64, 1, 32, 32)).sum().backward()
step_operations = _counter.get_total_flops()  # of 64 digits; a multiplication and an addition are 2
optimizer_operations = read_numbers("optimizer-count-cell", SLUG)[1::2]
_counts = read_numbers("count-cell", SLUG)
fewer_launches = (_counts[1] / _counts[0]) / (_counts[3] / _counts[2])  # in an epoch, times


# --- throughput: the tables of a page's own outputs, and those of the recording
recording = load_recording()
machine, losses = recording["machine"], recording["chapter"]["losses"]
model = shorten(machine["gpu"])
sizes = find_all(re.search(r"in \(([\d, ]+)\)", get_cell(SLUG, "batch-size-cell").source)[1])
largest = int(list(recording["chapter"]["tables"]["batch size"])[-1])
same_step = [
    64 / recording["kernels"]["64"]["step"] * 1e6,
    recording["chapter"]["tables"]["batch size"]["64"],
    recording["chapter"]["tables"]["ways"]["near, 64"],
    recording["chapter"]["tables"]["CUDA graph"]["near, 64"],
]
gaps = re.findall(r"\b\d[\d.e-]*", recording["chapter"]["printed"]["same-numbers-cell"])
same_step_spread = 100 * (max(same_step) / min(same_step) - 1)  # percent
tf32_growth = float(gaps[4]) / float(gaps[2])
gaps = [f"`{gap}`" for gap in gaps]  # as the prose writes them
replay_gap = f"`{recording['chapter']['printed']['three-ways-cell'].split()[0]}`"
(accuracies,) = set(find_all(recording["chapter"]["printed"]["train-cell"])[1::2])

goal, kept_aside, seconds = 99, captured.KEPT_ASIDE, captured.SECONDS


def summarise_record() -> tuple[float, ...]:
    """What the seeds reached on the recorded GPU: mean, least, most, how many, seconds."""
    runs = recording["record"]["runs"]
    found = [100 * run["accuracy"] for run in runs]
    return mean(found), min(found), max(found), len(runs), median(run["wall"] for run in runs)


mean_accuracy, least, most, seeds, training_seconds = summarise_record()
reached = sum(run["accuracy"] >= goal / 100 for run in recording["record"]["runs"])

# --- the recording's figures
_bars = draw_kernel_times().axes[0]
steps = [bar.get_width() for bar in _bars.patches]  # microseconds
idle_colour, kernel_colour = (
    name_colour(part.get_facecolor()) for part in (_bars.patches[0], *_bars.collections[:1])
)


def see_seeds(side: str) -> int:
    """How many dots lie to a side of the record's line."""
    line, *dots = (points.get_xdata()[0] for points in draw_record().axes[0].lines)
    return sum((dot >= line) == (side == "right") for dot in dots)


reached_side, missed_side = (
    pick(right=see_seeds("right") == count, left=see_seeds("left") == count)
    for count in (reached, seeds - reached)
)


def h100(table: str, row: int | str) -> float:
    """What was recorded, images a second."""
    return recording["chapter"]["tables"][table][str(row)]


def split_table(table: str) -> dict[str, list[str]]:
    """The rows of a printed table: name → cells; what is printed below it is left out."""
    _, *lines = table.partition(f"\n{model}: ")[0].splitlines()
    return {name: cells for name, *cells in (re.split(r"\s{2,}", line) for line in lines)}


def own(table: str, row: int | str) -> float:
    """What this page's own device did, of a table that was printed."""
    return find_all(split_table(table)[str(row)][0])[0]


def busy(number: int) -> float:
    """The share of the recorded step in which kernels ran, of the first or second batch size."""
    return (
        list(recording["kernels"].values())[number]["busy"]
        / (list(recording["kernels"].values())[number]["step"])
    )


def _exceed(one: float, other: float) -> float:
    """How many times the smaller the larger one is."""
    return max(one, other) / min(one, other)


def grow(by_size: str, size: int) -> float:
    """How many times as many images a second: of 64 beside 1, of more beside 64."""
    return own(by_size, size) / own(by_size, 1 if size == 64 else 64)


def compare_growth(by_size: str) -> str:
    """Whether throughput changes more or less after 64 than up to it."""
    return compare(max(_exceed(grow(by_size, n), 1) for n in (320, 1600)), grow(by_size, 64))


def spread(by_size: str, ways: str, size: int) -> float:
    """By how many percent the same step on the CPU was faster in one table than in the other."""
    return 100 * (_exceed(own(by_size, size), own(ways, f"cpu, {size}")) - 1)


def exceed_autocast(ways: str, size: int) -> float:
    """How many times autocast's throughput that of the CPU's plain step is."""
    return own(ways, f"cpu, {size}") / own(ways, f"autocast, {size}")


def compare_autocast(by_size: str, ways: str) -> str:
    """Whether autocast is slower by more or by less than the two tables differ."""
    slower = min(100 * (exceed_autocast(ways, size) - 1) for size in (64, 1600))
    return compare(slower, max(spread(by_size, ways, size) for size in (64, 1600)))


recorded_threads = int(FIXED["OMP_NUM_THREADS"])
validation_digits = len(load_digits("train").images[8000:])

# --- mixed precision and CUDA graphs
first_scale = torch.amp.GradScaler("cpu").get_scale()
backoff = torch.amp.GradScaler("cpu").get_backoff_factor()
warm_up_steps = find_all(re.search(r"range\(\d\)", get_cell(SLUG, "capture-cell").source)[0])[0]
learning_rate = find_all(re.search(r"lr=[\d.]+", get_cell(SLUG, "make-step-cell").source)[0])[0]
enough = 100 * ENOUGH
