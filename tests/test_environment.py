"""The settings under which outputs are recorded, in this process and in every kernel."""

import os

import torch

from book.notebooks.environment import FIXED, fix_environment
from lenet_course.widgets.registry import RECORDING

WANTED = {  # by measurement: torch versions agree, threads and instruction sets do not
    "OMP_NUM_THREADS": "1",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    "CUDA_VISIBLE_DEVICES": "",
    "LENET_BOOK": "1",
}


def test_one_thread_one_instruction_set_and_no_gpu():
    assert FIXED == WANTED
    assert RECORDING.items() <= FIXED.items()  # as the widgets know it


def test_the_tests_run_under_it():
    fixed = {name: value for name, value in WANTED.items() if name != "LENET_BOOK"}
    assert {name: os.environ.get(name) for name in fixed} == fixed
    assert torch.get_num_threads() == 1


def test_what_a_machine_has_set_gives_way(monkeypatch):
    for name in WANTED:
        monkeypatch.setenv(name, "other")
    fix_environment()
    assert {name: os.environ[name] for name in WANTED} == WANTED
