"""Several processes, as chapter 11 starts them: what its prose says and no cell of it shows."""

import os
import subprocess
import sys

import pytest
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from lenet_course import Net, load_trained
from lenet_course.training.__main__ import main
from tests.chapters import get_cell

TORCHRUN = (sys.executable, "-m", "torch.distributed.run")


def run(*command, cwd):
    settings = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, encoding="utf-8",
                          timeout=300)  # fmt: skip


def test_two_processes_train_the_weights_of_one(tmp_path):
    arguments = ("--epochs=1", "--batch-size=1000", "--output")
    program = ("--nproc_per_node=2", "-m", "lenet_course.training", *arguments)
    two = run(*TORCHRUN, "--standalone", *program, "two.pt", cwd=tmp_path)
    assert two.returncode == 0, two.stderr
    assert "OMP_NUM_THREADS" in two.stderr, "torchrun says that it set it"
    main([*arguments, str(tmp_path / "one.pt")])
    pairs = zip(*(load_trained(tmp_path / f"{n}.pt").parameters() for n in ("one", "two")),
                strict=True)  # fmt: skip
    assert max((p - q).abs().max().item() for p, q in pairs) < 1e-5


@pytest.fixture
def group(tmp_path):
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/meet", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def test_a_wrapped_network_s_names_do_not_fit_a_net(group):
    state = DistributedDataParallel(Net()).state_dict()
    assert all(name.startswith("module.") for name in state)
    with pytest.raises(RuntimeError, match="Missing key"):
        Net().load_state_dict(state)


def test_torchrun_runs_python_unbuffered_with_one_thread_and_names_the_first_to_fail(tmp_path):
    source = get_cell("11_many_machines", "stumble-file").source.partition("\n")[2]
    (tmp_path / "meet.py").write_text(get_cell("11_many_machines", "meet-cell").source
                                      .partition("\n")[2], encoding="utf-8")  # fmt: skip
    line = "import sys\nassert sys.stdout.write_through\n"
    (tmp_path / "stumble.py").write_text(line + source, encoding="utf-8")
    result = run(*TORCHRUN, "--standalone", "--nproc_per_node=2", "stumble.py", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.count("threads 1") == 2 and "finished" not in result.stdout
    assert "Root Cause" in result.stderr
    for line in result.stderr.splitlines():  # the loud one is the innocent
        assert not line.startswith("[rank1]")
    assert "[rank0]: Traceback" in result.stderr and "switched off" in result.stderr


def test_a_dataloader_s_batch_size_is_of_each_process():
    data = torch.utils.data.TensorDataset(torch.arange(256))
    sampler = torch.utils.data.DistributedSampler(data, 2, 0)
    (first, *others) = torch.utils.data.DataLoader(data, batch_size=64, sampler=sampler)
    assert len(first[0]) == 64 and len(others) == 1
