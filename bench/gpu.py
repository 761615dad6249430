"""What a GPU does: chapter 10's own tables, and 99 % by a training step captured as a CUDA graph.

    python -m bench.gpu

First the cells of chapter 10 run as they stand, and their tables of images a second are written to
lenet_course/assets/gpu.json, which the chapter shows wherever there is no GPU.

Then the benchmark. A step of this network is some fifty kernels of a few microseconds each, so
that a GPU that is told of them one by one waits for Python. Here the digits lie on the device as
bytes; choosing the mini-batch, padding, the learning rate's triangle and the update are part of the
graph; and the loop does nothing but replay it: no .item(), no copy. Prints the device, the
preparation apart, and the seconds and the accuracy of each seed, and writes _build/bench-gpu.json.
"""

import contextlib
import datetime
import io
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import torch
import torch.nn as nn
import torch.nn.functional as F

from bench.mnist import find_mnist
from book.course import ROOT
from book.notebooks.sources import read_source
from lenet_course import Net, evaluate, load_digits
from lenet_course.digits import Digits
from lenet_course.throughput import RECORDING, name_device
from lenet_course.training import compute_triangle
from lenet_course.training.standardise import Standardised

EPOCHS, BATCH_SIZE, LEARNING_RATE, WARM_UP = 4, 128, 0.08, 0.2  # chosen on kept-aside digits
MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4
SEEDS = range(5)

CHAPTER = "10_use_a_gpu"
NOT_TIMED = {"rates-cell", "train-cell"}  # they train to an accuracy


def read_cells() -> list[tuple[str, str]]:
    """Read the code cells of chapter 10 that its tables need: (id, code)."""
    return [
        (cell["id"], cell["text"])
        for cell in read_source(CHAPTER)
        if cell["kind"] == "code"
        and cell["id"] not in NOT_TIMED
        and not cell["metadata"].get("exercise")
        and "raises-exception" not in cell["metadata"].get("tags", [])
    ]


def measure_chapter(cells: list[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Run cells of chapter 10 on this machine; return its tables: name → row → images a second."""
    tables, names = {}, {}
    with (
        mock.patch("lenet_course.throughput.show_throughput", tables.__setitem__),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        for name, code in cells:
            exec(compile(code, name, "exec"), names)
    return tables


def write_recording(tables: dict[str, dict[str, float]], path: Path = RECORDING) -> None:
    """Write the tables, with this GPU's name, torch's version and the date."""
    found = {"gpu": name_device(), "torch": torch.__version__}
    found |= {"date": datetime.date.today().isoformat(), "tables": tables}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def make_step(model: nn.Module, digits: Digits, order: torch.Tensor) -> tuple[Callable, Callable]:
    """One training step that reads everything from tensors of fixed places.

    Args:
        model: takes images of shape (N, 1, 32, 32), on the device.
        digits: images uint8 (N, 28, 28) and labels int64 (N,), on the device.
        order: int64 (steps, batch size), which digits each step learns from.

    Returns:
        step, which learns from the next row of `order`, and reset, which makes the next step the
        first one again and forgets the velocity. Neither waits for the device.
    """
    device = order.device
    rates = torch.tensor(
        [LEARNING_RATE * compute_triangle(n, len(order), WARM_UP) for n in range(len(order))],
        device=device,
    )
    rate = rates[0].clone()
    count = torch.zeros(1, dtype=torch.int64, device=device)
    optimizer = torch.optim.SGD(
        model.parameters(), rate, MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True, fused=True
    )

    def step() -> None:
        batch = order.index_select(0, count).view(-1)
        rate.copy_(rates.index_select(0, count).view(()))
        images = F.pad(digits.images[batch].unsqueeze(1).float() / 255, (2, 2, 2, 2))
        loss = F.cross_entropy(model(images), digits.labels[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        count.add_(1)

    def reset() -> None:
        count.zero_()
        for state in optimizer.state.values():
            state["momentum_buffer"].zero_()

    return step, reset


def capture(step: Callable) -> Callable:
    """Record a step as a CUDA graph; what is returned replays it.

    Source: PyTorch, CUDA semantics, "CUDA Graphs": a few steps on a side stream first, so that
    libraries choose their algorithms and every tensor that lasts has its place.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=side):  # newer PyTorch warns if it is another
        step()
    return graph.replay


def main() -> None:
    if not torch.cuda.is_available():
        print("no CUDA GPU here, so nothing was measured")
        return
    write_recording(measure_chapter(read_cells()))
    print(RECORDING.read_text(encoding="utf-8"))
    root = find_mnist()
    if root is None:
        print("full MNIST is not here; load_digits(full=True) fetches it")
        return
    started = time.perf_counter()
    train, test = (
        Digits(*(part.cuda() for part in load_digits(split, full=True, root=root)))
        for split in ("train", "test")
    )
    model = Standardised(Net()).cuda()
    steps = len(train.labels) // BATCH_SIZE  # an epoch
    order = torch.zeros(EPOCHS * steps, BATCH_SIZE, dtype=torch.int64, device="cuda")
    step, reset = make_step(model, train, order)
    torch.cuda.synchronize()
    prepared = time.perf_counter()
    replay = capture(step)
    torch.cuda.synchronize()
    captured = time.perf_counter()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    print(f"digits to the device {prepared - started:.2f} s, capture {captured - prepared:.2f} s")

    runs = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        model.net.load_state_dict(Net().state_dict())
        reset()
        torch.cuda.synchronize()
        started = time.perf_counter()
        for epoch in range(EPOCHS):
            shuffled = torch.randperm(len(train.labels), device="cuda")
            order[epoch * steps : (epoch + 1) * steps] = shuffled[: steps * BATCH_SIZE].view(
                steps, BATCH_SIZE
            )
        for _ in range(len(order)):
            replay()
        torch.cuda.synchronize()
        seconds = time.perf_counter() - started
        runs.append({"seed": seed, "wall": seconds, "accuracy": evaluate(model, test)["accuracy"]})
        print(f"seed {seed}: {seconds:.3f} s, {100 * runs[-1]['accuracy']:.2f} %")
    found = [100 * run["accuracy"] for run in runs]
    middle = statistics.median(run["wall"] for run in runs)
    print(
        f"{EPOCHS} epochs in {middle:.3f} s (median); mean {statistics.mean(found):.2f} %, "
        f"{min(found):.2f} to {max(found):.2f}"
    )
    (ROOT / "_build").mkdir(exist_ok=True)
    result = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "runs": runs}
    result |= {"prepare": prepared - started, "capture": captured - prepared}
    (ROOT / "_build/bench-gpu.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
