"""What was recorded on a GPU alone, as tables and figures: a step's kernels, the way to 99 %."""

from matplotlib.figure import Figure

from lenet_course.figures import DPI, GREY, ORANGE, WIDTH
from lenet_course.gpu import load_recording, tell_source

IDLE = "#ececea"  # nothing runs: the grey of zero
GOAL = 9900  # right answers of 10,000


def show_kernels() -> None:
    """Print, by batch size, what one step asked of the recorded GPU: kernels, microseconds."""
    recording = load_recording()
    print("batch size  kernels  busy µs  step µs")
    for size, found in recording["kernels"].items():
        times = f"{found['busy']:9,.0f}{found['step']:9,.0f}"
        print(f"{size:>10}{found['kernels']:9}{times}")
    print(tell_source(recording))


def show_record() -> None:
    """Print how the recorded GPU trained to 99 %: the plan, seconds, each seed's right answers."""
    recording = load_recording()
    record = recording["record"]
    print(*(f"{name} {value}" for name, value in record["plan"].items()), sep=", ")
    print(f"prepare {record['prepare']:.2f} s, capture {record['capture']:.2f} s")
    print("seed  seconds  right / 10,000")
    for run in record["runs"]:
        print(f"{run['seed']:4}{run['wall']:9.3f}{round(1e4 * run['accuracy']):16,}")
    print(tell_source(recording))


def draw_kernel_times() -> Figure:
    """Draw one step by batch size: as long as it took, coloured where kernels of it ran.

    Kernels are drawn alike, at even distances: of when each ran, the recording has only the sum.
    """
    recorded = load_recording()["kernels"]
    figure = Figure(figsize=(WIDTH, 1.5), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for row, found in enumerate(recorded.values()):
        every, long = (found[name] / found["kernels"] for name in ("step", "busy"))
        axes.barh(row, found["step"], height=0.6, color=IDLE, edgecolor=GREY)
        spans = [(number * every, long) for number in range(found["kernels"])]
        axes.broken_barh(spans, (row - 0.3, 0.6), color=ORANGE, linewidth=0, snap=False)
    axes.set_yticks(range(len(recorded)), recorded)
    axes.set(xlabel="µs", ylabel="batch size")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_record() -> Figure:
    """Draw the right answers of each seed of the record, filled from the goal on: a line at it."""
    runs = load_recording()["record"]["runs"]
    figure = Figure(figsize=(WIDTH, 2.4), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.axvline(GOAL, color=GREY, linestyle="--")
    for run in runs:
        right = round(1e4 * run["accuracy"])
        face = ORANGE if right >= GOAL else "white"
        axes.plot(right, run["seed"], "o", color=ORANGE, markerfacecolor=face)
    axes.set(yticks=[run["seed"] for run in runs], ylabel="seed", xlabel="right / 10,000")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color=GREY, alpha=0.25)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure
