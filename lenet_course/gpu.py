"""What a GPU did, as recorded, beside what the reader's own device does: chapter 10.

assets/gpu.json is written by `python -m bench.gpu`, which runs the chapter's own cells on a GPU:
{"machine": {"gpu": its name, "torch": version, "date": "2026-11-27", ...}, "chapter": {"tables":
{table: {row: images a second}}, ...}, "kernels": ..., "nccl": ..., "record": ...}.
"""

import json
import re
from pathlib import Path

import torch
from matplotlib.figure import Figure

from lenet_course.figures import BLUE, DPI, GREY, ORANGE, WIDTH
from lenet_course.values import simplify

RECORDING = Path(__file__).parent / "assets/gpu.json"


def load_recording(path: str | Path = RECORDING) -> dict:
    """Load what was recorded on a GPU."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def name_device() -> str:
    """Return the GPU's name, or "cpu" where there is none."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def shorten(name: str) -> str:
    """Shorten a GPU's name to its model, "H100" of "NVIDIA H100 80GB HBM3", where it tells one."""
    model = re.search(r"(^|\W)([A-Z]+\d+)(\W|$)", name)
    return model.group(2) if model else name


def show_throughput(table: str, rates: dict[str, float]) -> None:
    """Print images a second: a column for this machine, and one for the recorded GPU.

    Where nothing was measured here, the first column is left out.

    Args:
        table: a table's name in the recording, such as "batch size".
        rates: row → images a second, as measured here; may be empty.
    """
    recording = load_recording()
    recorded = recording["chapter"]["tables"][table]
    columns = {shorten(name_device()): rates} if rates else {}
    # a reader with the same model has two columns of one name
    columns = [*columns.items(), (shorten(recording["machine"]["gpu"]), recorded)]
    rows = list(dict.fromkeys([*recorded, *rates]))
    first, width = max(map(len, rows)), max(9, *(len(name) for name, _ in columns))
    print(" " * first, *(name.rjust(width) for name, _ in columns), sep="  ")
    for row in rows:
        cells = [f"{column[row]:,.0f}" if row in column else "-" for _, column in columns]
        print(row.ljust(first), *(cell.rjust(width) for cell in cells), sep="  ")
    print(tell_source(recording))


def tell_source(recording: dict) -> str:
    """Say where a recording comes from: the GPU's whole name, the date, torch."""
    machine = recording["machine"]
    model = shorten(machine["gpu"])
    return f"{model}: {machine['gpu']}, {machine['date']}, torch {machine['torch']}"


def draw_throughput(rates: dict[str, float]) -> Figure:
    """Draw images a second over batch sizes, both axes logarithmic: this machine and the recording.

    Args:
        rates: batch size → images a second, as measured here.

    Raises:
        ValueError: nothing was measured.
    """
    if not rates:
        raise ValueError(f"expected at least one batch size, got {rates}")
    recording = load_recording()
    figure = Figure(figsize=(WIDTH, 2.8), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    recorded = recording["chapter"]["tables"]["batch size"]
    model = shorten(recording["machine"]["gpu"])
    lines = ((shorten(name_device()), rates, BLUE, "o-"), (model, recorded, ORANGE, "s--"))
    for name, values, colour, style in lines:
        sizes = [int(size) for size in values]
        axes.plot(sizes, list(simplify(values).values()), style, color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="batch size", ylabel="images / s")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def draw_ways(rates: dict[str, float], sizes: tuple[int, ...] = (64, 1600)) -> Figure:
    """Draw images a second of each way to take a step, a panel for each batch size.

    Args:
        rates: "way, batch size" → images a second, as measured here; may be empty.
        sizes: batch sizes, of which the recording has every way.
    """
    recording = load_recording()
    tables = recording["chapter"]["tables"]
    recorded = tables["ways"] | tables["CUDA graph"]
    ways = list(dict.fromkeys(row.rpartition(", ")[0] for row in recorded))
    figure = Figure(figsize=(WIDTH, 2.9), dpi=DPI, layout="constrained")
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    model, rates = shorten(recording["machine"]["gpu"]), simplify(rates)
    drawn = ((model, recorded, ORANGE, "s"), (shorten(name_device()), rates, BLUE, "o"))
    for axes, size in zip(panels, sizes, strict=True):
        for name, values, colour, marker in drawn:
            found = [
                (values[f"{way}, {size}"], row)
                for row, way in enumerate(ways)
                if f"{way}, {size}" in values
            ]
            if found:
                axes.plot(*zip(*found, strict=True), marker, color=colour, label=name)
        axes.set(xscale="log", xlabel="images / s", title=f"batch size {size}")
        axes.set_yticks(range(len(ways)), ways)
        axes.grid(axis="y", color=GREY, alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].invert_yaxis()
    panels[0].legend(frameon=False)
    return figure
