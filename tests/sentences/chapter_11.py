"""What the marks of chapter 11 are computed with."""

import math
import re

import torch
from torch.utils.data import DistributedSampler

from lenet_course import Net
from lenet_course.gpu import load_recording, shorten
from tests.chapters import get_cell, read_output
from tests.exercises.test_questions_11 import test_11_copies_keep_the_difference_they_began_with
from tests.sentences.facts import compare, find_all, read_numbers
from tests.sentences.verdicts import agree

SLUG = "11_many_machines"
QUESTIONS = {"q-apart": (2, test_11_copies_keep_the_difference_they_began_with)}
nccl, model = load_recording()["nccl"], shorten(load_recording()["machine"]["gpu"])
parameters = sum(p.numel() for p in Net().parameters())


def _read_code(cell: str) -> str:
    """The code of a cell, or its prose."""
    return get_cell(SLUG, cell).source


def _read_pairs(cell: str) -> list[list[str]]:
    return [line.split() for line in read_output(SLUG, cell).splitlines()]


# --- halves
share = read_numbers("start-cell", SLUG)[1] / 2
_rows = torch.tensor(read_numbers("halves-cell", SLUG)).view(-1, 10)
gradients_taken = len(_rows)
# two decimals are shown
rows_combine = "average" if ((_rows[0] + _rows[1]) / 2 - _rows[2]).abs().max() < 0.011 else "add"
plain_mean = "same" if read_output(SLUG, "unequal-cell").startswith("(True") else "different"

# --- processes
_many = _read_code("together-cell").splitlines()[1:]
_own = re.compile(r"dist|Distributed|get_rank|^mine|^if rank")
added_lines = len([line for line in _many if _own.search(line)])
saver = find_all(re.search(r"rank == \d", _read_code("together-cell"))[0])[0]
two_and_one = agree(read_output(SLUG, "run-cell").strip("()").split(",")[0])
drawn_by_two = {n for _, _, *drawn in map(find_all, read_output(SLUG, "sampler-cell").splitlines())
                for n in drawn}  # fmt: skip
asked_numbers, asked_processes = 11, 3  # what the question q-eleven gives
drawn_of_asked = sum(
    len(list(DistributedSampler(range(asked_numbers), asked_processes, rank)))
    for rank in range(asked_processes)
)

# --- hosts
_listed = _read_code("hosts")
listed_hosts, listed_gpus = find_all(" ".join(re.findall(r"(?:nnodes|per_node)=\d", _listed)))
listed_restarts = find_all(re.search(r"max-restarts=\d", _read_code("failed"))[0])[0]
played_hosts = _read_code("hosts-cell").count("{host} stumble.py")
stumbles = find_all(re.search(r"rank == \d", _read_code("stumble-file"))[0])[0]
(local_ranks,) = set(re.findall(r"local rank (\d)", read_output(SLUG, "hosts-cell")))
local_ranks = int(local_ranks)
rank_0_finished = "yes" if read_output(SLUG, "stumble-cell").split()[-1] == "True" else "no"

# --- what communication costs: rows of processes, sendings, bytes, and milliseconds in three ways
_paper = {
    row[0]: row[1:] for row in zip(*[iter(read_numbers("paper-cell", SLUG))] * 6, strict=True)
}
assumed_latency = float(re.search(r", ([\d.]+)$", _read_code("paper-cell"), re.M)[1])
_speeds = re.search(r"\((\d+)e9, (\d+)e9\)", _read_code("paper-cell"))
slow_gigabits, fast_gigabits = int(_speeds[1]), int(_speeds[2])
bound_on_bytes = math.ceil(max(row[1] for row in _paper.values()) / (parameters * 4))
bytes_at_8 = compare(_paper[8][3], _paper[8][2])
latency_at_64 = compare(_paper[64][2], _paper[64][3])
latency_when_fast = compare(_paper[2][2], _paper[2][4])

# --- what a step took: lines of processes, threads, images, milliseconds
_timed = [line for line in _read_pairs("measure-cell") if line[0].isdigit()]  # no headings
_one_thread, _half, _all_cores, _ddp = (float(line[3]) for line in _timed)
timed_alone = [line[0] for line in _timed].count("1")
ddp_and_one_thread = compare(_ddp, _one_thread)
ddp_and_half = compare(_ddp, _half)
all_cores_and_one_thread = compare(_all_cores, _one_thread)
