"""What the marks of chapter 10 are computed with."""

import re

import torch
from torch.utils.flop_counter import FlopCounterMode

from book.notebooks.environment import FIXED
from lenet_course import Net, load_digits
from lenet_course.exercises.use_a_gpu import ENOUGH
from lenet_course.gpu import load_recording
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions_10 import test_10_reading_the_loss_waits_for_it
from tests.sentences.facts import compare, find_all, read_numbers

SLUG = "10_use_a_gpu"
QUESTIONS = {"q-item": (0, test_10_reading_the_loss_waits_for_it)}


def mantissa(dtype: torch.dtype) -> int:
    """The bits of a dtype's mantissa."""
    return -int(torch.tensor(torch.finfo(dtype).eps).log2())


# --- devices
gpu_recorded = "no" if load_recording() is None else "yes"
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


# --- throughput: the numbers of the two tables, as a page's own outputs have them
def _rate(table: list[float], size: int, row: int = 0) -> float:
    """The throughput of a batch size; row: which of the rows of that size."""
    pairs = zip(table[::2], table[1::2], strict=True)
    return [rate for number, rate in pairs if number == size][row]


def _exceed(one: float, other: float) -> float:
    """How many times the smaller the larger one is."""
    return max(one, other) / min(one, other)


def grow(by_size: list[float], size: int) -> float:
    """How many times as many images a second: of 64 beside 1, of more beside 64."""
    return _rate(by_size, size) / _rate(by_size, 1 if size == 64 else 64)


def compare_growth(by_size: list[float]) -> str:
    """Whether throughput changes more or less after 64 than up to it."""
    return compare(max(_exceed(grow(by_size, n), 1) for n in (320, 1600)), grow(by_size, 64))


def spread(by_size: list[float], ways: list[float], size: int) -> float:
    """By how many percent the same step on the CPU was faster in one table than in the other."""
    return 100 * (_exceed(_rate(by_size, size), _rate(ways, size)) - 1)


def exceed_autocast(ways: list[float], size: int) -> float:
    """How many times autocast's throughput that of the CPU's plain step is."""
    return _rate(ways, size) / _rate(ways, size, 1)


def compare_autocast(by_size: list[float], ways: list[float]) -> str:
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
