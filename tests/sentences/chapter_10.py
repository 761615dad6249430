"""What the marks of chapter 10 are computed with."""

import re

import torch
from torch.utils.flop_counter import FlopCounterMode

from lenet_course import Net, load_digits
from lenet_course.exercises.use_a_gpu import ENOUGH
from lenet_course.throughput import load_recording
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions_10 import test_10_reading_the_loss_waits_for_it
from tests.sentences.facts import find_all, read_numbers

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


# --- throughput
def _list_rates(cell: str) -> list[dict[str, float]]:
    """A cell's throughput by row, on the Korean and on the English page: they differ."""
    tables = [get_cell(SLUG, cell, language).outputs[0].text for language in ("ko", "en")]
    rows = [[line.rsplit(maxsplit=1) for line in table.splitlines()[1:]] for table in tables]
    return [{name.strip(): find_all(rate)[0] for name, rate in table} for table in rows]


_by_size = _list_rates("batch-size-cell")
grows_at_first = "more" if all(rates["64"] > 2 * rates["1"] for rates in _by_size) else "same"
flattens = "no" if all(max(rates.values()) < 2 * rates["64"] for rates in _by_size) else "yes"
_ways = _list_rates("ways-cell")
_slower = [
    rates[f"autocast, {size}"] < rates[f"cpu, {size}"] for rates in _ways for size in (64, 1600)
]
autocast_here = "slower" if all(_slower) else "faster"
validation_digits = len(load_digits("train").images[8000:])

# --- mixed precision and CUDA graphs
first_scale = torch.amp.GradScaler("cpu").get_scale()
backoff = torch.amp.GradScaler("cpu").get_backoff_factor()
warm_up_steps = find_all(re.search(r"range\(\d\)", get_cell(SLUG, "capture-cell").source)[0])[0]
learning_rate = find_all(re.search(r"lr=[\d.]+", get_cell(SLUG, "make-step-cell").source)[0])[0]
enough = 100 * ENOUGH
