"""What a GPU does with `Net`: everything that chapter 10 shows of one, measured in one go.

    python -m bench.gpu [part ...]

Parts: `chapter` runs the cells of chapter 10 as they stand, `kernels` counts what a step asks of
the GPU, `nccl` is chapter 11's data parallelism with one process, `record` is the time to 99 %
(captured.py). Without a word, all of them. Each part is written to _build/gpu.json as soon as it is
done, with the device, its driver, the versions, the date and the commit. Once every part is there,
the file becomes lenet_course/assets/gpu.json, which the chapter shows.
"""

import contextlib
import copy
import datetime
import importlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import torch
import torch.distributed as dist
import torch.nn as nn
from torch.autograd import DeviceType

from bench.captured import choose_plan, time_plan
from bench.mnist import find_mnist
from book.course import ROOT
from book.notebooks.sources import read_source
from lenet_course import load_digits
from lenet_course.digits import Digits
from lenet_course.gpu import RECORDING, name_device

CHAPTER = "10_use_a_gpu"
NEEDED = {"device-cell", "tensor-to-cell", "net-to-cell", "labels-too-cell"}  # by its step
NEEDED |= {"order-cell", "resident-cell", "make-step-cell", "measure-cell"}
PARTLY = ROOT / "_build/gpu.json"
SIZES = (64, 1600)  # of mini-batches, as in the chapter's table of ways


def read_cells() -> list[tuple[str, str]]:
    """Read chapter 10's code cells as (id, code), without exercises and what fails on purpose."""
    return [
        (cell["id"], cell["text"])
        for cell in read_source(CHAPTER)
        if cell["kind"] == "code"
        and not cell["metadata"].get("exercise")
        and "raises-exception" not in cell["metadata"].get("tags", [])
    ]


def run_cells(cells: list[tuple[str, str]]) -> tuple[dict, dict[str, dict], dict[str, str]]:
    """Run cells of chapter 10 on this machine.

    Returns:
        The names that they leave; the tables, name → row → images a second; what cells printed, by
        id.
    """
    names, tables, printed = {}, {}, {}
    with mock.patch("lenet_course.gpu.show_throughput", tables.__setitem__):
        for name, code in cells:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(code, name, "exec"), names)
            if out.getvalue():
                printed[name] = out.getvalue()
    return names, tables, printed


def define_step() -> dict:
    """Run the cells of chapter 10 that define its step and measure it; return their names."""
    return run_cells([cell for cell in read_cells() if cell[0] in NEEDED])[0]


def measure_chapter() -> dict:
    """Run the chapter: its tables, and what it prints of how GPU and CPU agree."""
    names, tables, printed = run_cells(read_cells())
    told = ("same-numbers-cell", "rates-cell", "train-cell", "three-ways-cell")
    return {
        "tables": tables,
        "printed": {name: printed[name] for name in told},
        "losses": names["losses"],
    }


def measure_kernels() -> dict[str, dict]:
    """Count the kernels of one step of the chapter, and time them, by batch size.

    Returns:
        Batch size → kernels, which copies and fills count as well; busy, the microseconds in which
        one of them ran; launch, until Python had put a step into the queue; step, until the GPU
        was done with it (means of 50 steps).
    """
    names = define_step()
    found = {}
    for size in SIZES:
        step = names["make_step"](copy.deepcopy(names["start"]).cuda(), names["fetch_near"])
        batch = names["make_batches"](size)[0].cuda()
        for _ in range(10):
            step(batch)
        torch.cuda.synchronize()
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
            step(batch)
            torch.cuda.synchronize()
        kernels = [event for event in profile.events() if event.device_type == DeviceType.CUDA]
        begin = time.perf_counter()
        for _ in range(50):
            step(batch)
        launched = time.perf_counter()
        torch.cuda.synchronize()
        done = time.perf_counter()
        found[str(size)] = {
            "kernels": len(kernels),
            "busy": sum(event.time_range.elapsed_us() for event in kernels),
            "launch": (launched - begin) / 50 * 1e6,
            "step": (done - begin) / 50 * 1e6,
        }
    return found


def measure_nccl() -> dict:
    """Data parallelism with one process and NCCL: the chapter's step, and chapter 11's `many.py`.

    Returns:
        Images a second by batch size, "alone" and "nccl"; gap, by how much the parameters that
        chapter 11's program ends with differ at most from those of its loop alone on the GPU,
        and noise, by how much those differ from the same run once more.
    """
    names = define_step()
    os.environ |= {"MASTER_ADDR": "localhost", "MASTER_PORT": "29501"}
    dist.init_process_group("nccl", rank=0, world_size=1)
    alone = copy.deepcopy(names["start"]).cuda()
    shared = nn.parallel.DistributedDataParallel(copy.deepcopy(names["start"]).cuda())
    rates = {}
    for name, model in (("alone", alone), ("nccl", shared)):
        step, make = names["make_step"](model, names["fetch_near"]), names["make_batches"]
        rates[name] = {
            str(size): names["measure"](step, make(size).repeat(10, 1)[:50].cuda())
            for size in SIZES
        }
    dist.destroy_process_group()
    return rates | run_chapter_11()


def write_many(cells: dict[str, str]) -> str:
    """Chapter 11's many.py with the lines that the chapter gives for NCCL."""
    nccl = re.search(r"^```python\n(.*?)^```", cells["nccl"], re.MULTILINE | re.DOTALL)[1]
    begin, move = re.split(r"^\.\.\..*\n", nccl, flags=re.MULTILINE)
    many = cells["together-cell"].partition("\n")[2]  # after %%writefile
    many = many.replace('dist.init_process_group("gloo")\n', begin)
    return many.replace("model = DistributedDataParallel(net)\n", move)


def run_chapter_11() -> dict[str, float]:
    """Run chapter 11's many.py with NCCL and one process; compare it with its loop, run alone."""
    cells = {cell["id"]: cell["text"] for cell in read_source("11_many_machines")}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("begin-cell", "loop-cell"):
            head, _, code = cells[name].partition("\n")
            Path(folder, head.split()[-1]).write_text(code, encoding="utf-8")
        Path(folder, "many.py").write_text(write_many(cells), encoding="utf-8")
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}
        subprocess.run([*command, "--nproc_per_node=1", "many.py"], cwd=folder, env=environment,
                       check=True)  # fmt: skip
        weights, _ = torch.load(Path(folder, "many.pt"), map_location="cpu")
        sys.path.insert(0, folder)
        begin, loop = (importlib.import_module(name) for name in ("start", "loop"))
        alone = []
        for _ in range(2):
            net, images, labels, batches = begin.begin()
            loop.train(net.cuda(), images.cuda(), labels.cuda(), batches)
            alone.append({name: value.cpu() for name, value in net.state_dict().items()})
    one, other = alone

    def compare(these: dict[str, torch.Tensor]) -> float:
        return max((these[name] - one[name]).abs().max().item() for name in one)

    return {"gap": compare(weights), "noise": compare(other)}


def measure_record() -> dict:
    """Choose a plan on digits kept aside and train ten networks by it.

    Raises:
        FileNotFoundError: full MNIST is not here.
    """
    root = find_mnist()
    if root is None:
        raise FileNotFoundError("full MNIST is not here; load_digits(full=True) fetches it")
    torch.cuda.synchronize()
    begin = time.perf_counter()
    train, test = (
        Digits(*(part.cuda() for part in load_digits(split, full=True, root=root)))
        for split in ("train", "test")
    )
    torch.cuda.synchronize()
    prepared = time.perf_counter() - begin
    plan, tried = choose_plan(train)
    return {"prepare": prepared, "tried": tried} | time_plan(train, test, plan)


def describe_machine(commit: str) -> dict:
    """Name what was measured on: GPU, driver, processor, versions, date and commit."""
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    driver = subprocess.run(
        query, capture_output=True, encoding="utf-8", check=True
    ).stdout.split()[0]
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    return {
        "gpu": name_device(),
        "driver": driver,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "nccl": ".".join(map(str, torch.cuda.nccl.version())),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "processor": models[0],
        "threads": torch.get_num_threads(),
        "date": datetime.date.today().isoformat(),
        "commit": commit,
    }


def find_commit() -> str:
    """The commit that this folder holds, or what COMMIT names where there is no git."""
    if "COMMIT" in os.environ:
        return os.environ["COMMIT"]
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()


PARTS = {
    "chapter": measure_chapter,
    "kernels": measure_kernels,
    "nccl": measure_nccl,
    "record": measure_record,
}


def write_part(name: str, found: dict, machine: dict, path: Path = PARTLY) -> None:
    """Write a part beside those that are there; those of another machine are forgotten."""
    recording = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if recording.get("machine") != machine:
        recording = {"machine": machine}
    recording[name] = found
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(recording, indent=1) + "\n", encoding="utf-8")


def main(parts: list[str]) -> None:
    if not torch.cuda.is_available():
        print("no CUDA GPU here, so nothing was measured")
        return
    if not parts:  # a process each, so that the profiler of one is not in another's way
        for name in PARTS:
            subprocess.run([sys.executable, "-m", "bench.gpu", name], cwd=ROOT, check=True)
    machine = describe_machine(find_commit())
    for name in parts:
        begin = time.perf_counter()
        write_part(name, PARTS[name](), machine)
        print(f"{name}: {time.perf_counter() - begin:.0f} s", flush=True)
    if set(json.loads(PARTLY.read_text("utf-8"))) == {"machine", *PARTS}:
        shutil.copy(PARTLY, RECORDING)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main(sys.argv[1:])
