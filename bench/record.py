"""The record, kept honestly: how soon a fresh `Net` reads 99 % of MNIST's test digits.

    python -m bench.record [--seeds 30] [--device cuda] [NAME …]

Records take turns with the usual loop in one process, so that what else the machine does falls on
all. A record counts where the 95 % confidence interval of its mean accuracy lies above 99 %. What
it does was fixed on 10,000 training digits kept aside, with other seeds, but for the count of
`halves`: it was changed between runs that were looked at. The usual loop stops after the first
epoch that reads 99 % of the test digits, to its advantage. The table goes to _build/record.json,
too.
"""

import argparse
import json
import platform
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from bench.captured import Plan, Trainer
from bench.clock import time_run
from bench.halves import train_in_halves
from bench.mnist import find_mnist
from bench.recipes import FAST, train_by
from bench.usual_loop import TARGET, time_usual_loop
from book.course import ROOT
from lenet_course import Net, load_digits
from lenet_course.digits import Digits
from lenet_course.gpu_recording import load_recording
from lenet_course.model import find_device
from lenet_course.training.recipe import Recipe

SEEDS, FIRST_SEED = 30, 1000  # those below were used to choose
EVERY = 10  # seeds to one run of the usual loop
EPOCHS = 14  # of that loop, at most


@dataclass(frozen=True)
class Record:
    """How the network is trained, and why so: in what it differs from the record before."""

    date: str
    reason: str
    recipe: Recipe
    count: int = 60_000  # digits it learns from, drawn at random
    train: Callable[[Recipe, Digits, int], Net] = train_by

    def run(self, digits: Digits, seed: int) -> Net:
        generator = torch.Generator().manual_seed(seed)
        kept = torch.randperm(len(digits.labels), generator=generator)[: self.count]
        return self.train(self.recipe, Digits(digits.images[kept], digits.labels[kept]), seed)


RECORDS = {
    "muon": Record("2026-11-23", "each step of a weight matrix is made orthogonal", FAST),
    "smooth": Record(
        "2026-11-28",
        "smoothed labels: 0.91 for the right digit, 0.01 for the others; fewer digits then do",
        replace(FAST, label_smoothing=0.1, learning_rate=0.035),
        count=36_000,
    ),
    "halves": Record(
        "2026-11-28",
        "a thread for each half of a mini-batch: two that share each operation wait for each other",
        replace(FAST, label_smoothing=0.15, learning_rate=0.04, weight_decay=0.02),
        count=40_000,
        train=train_in_halves,
    ),
}


def make_captured(digits: Digits, device: torch.device) -> Callable[[int], Net]:
    """Chapter 10's captured step, by the plan that was recorded on a GPU."""
    trainer = Trainer(
        Digits(*(part.to(device) for part in digits)), Plan(**load_recording()["record"]["plan"])
    )

    def train(seed: int) -> Net:
        trainer.train(seed)
        return trainer.model

    return train


def find_interval(values: list[float]) -> tuple[float, float]:
    """The 95 % confidence interval of a mean, by Student's t.

    Source of its quantile: Abramowitz & Stegun, 1964, 26.7.5; 2.045 for 30 values.
    """
    free, z = len(values) - 1, statistics.NormalDist().inv_cdf(0.975)
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    t += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * free**3)
    half = t * statistics.stdev(values) / len(values) ** 0.5
    return statistics.mean(values) - half, statistics.mean(values) + half


def summarise(runs: list[dict], usual: list[dict]) -> dict:
    """Medians of seconds, what the accuracies say, and how many times sooner than the usual."""
    found = {name: statistics.median(run[name] for run in runs) for name in ("wall", "cpu")}
    for name in ("wall", "cpu"):
        found[f"sooner, {name}"] = statistics.median(run[name] for run in usual) / found[name]
    accuracies = [run["accuracy"] for run in runs]
    low, high = find_interval(accuracies)
    found |= {"mean": statistics.mean(accuracies), "low": low, "high": high}
    found |= {"least": min(accuracies), "most": max(accuracies), "counts": low > TARGET}
    return found | {"reached": sum(each >= TARGET for each in accuracies), "runs": runs}


def print_table(rows: dict[str, dict]) -> None:
    heads = "mean %", "95 % interval", "least – most", "reached", "wall s", "cpu s", "times sooner"
    print(f"{'':10}{heads[0]:>8}{heads[1]:>16}{heads[2]:>16}{heads[3]:>9}", end="")
    print(f"{heads[4]:>8}{heads[5]:>8}{heads[6]:>14}")
    for name, row in rows.items():
        mean, low, high, least, most = (
            f"{100 * row[key]:.2f}" for key in ("mean", "low", "high", "least", "most")
        )
        print(f"{name:10}{mean:>8}{f'{low} – {high}':>16}{f'{least} – {most}':>16}", end="")
        print(
            f"{row['reached']:5}/{len(row['runs']):<3}{row['wall']:8.2f}{row['cpu']:8.2f}", end=""
        )
        print(f"{row['sooner, wall']:8.1f}{row['sooner, cpu']:6.1f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.record", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECORDS)}")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--device", default="cpu", help="cuda: chapter 10's captured step")
    parser.add_argument("--every", type=int, default=EVERY, help="seeds to one usual loop")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(RECORDS):
        parser.error(f"expected names of {', '.join(RECORDS)}, got {', '.join(sorted(unknown))}")
    if chosen.seeds < 2:
        parser.error(f"expected 2 seeds or more, got {chosen.seeds}")
    root, device = find_mnist(), find_device(chosen.device)
    if chosen.names and device.type != "cpu":
        parser.error(f"expected no names beside --device {device}, got {' '.join(chosen.names)}")
    if root is None:
        parser.error("expected full MNIST, found none: load_digits(full=True) fetches it")
    train, test = (load_digits(split, full=True, root=root) for split in ("train", "test"))
    if device.type == "cpu":
        records = {name: RECORDS[name] for name in chosen.names or RECORDS}
        ways = {
            name: lambda seed, each=each: each.run(train, seed) for name, each in records.items()
        }
    else:
        ways = {"captured": make_captured(train, device)}
    usual, runs = [], {name: [] for name in ways}
    for seed in range(FIRST_SEED, FIRST_SEED + chosen.seeds):  # taking turns
        if (seed - FIRST_SEED) % chosen.every == 0:
            usual.append(time_usual_loop(root, seed, EPOCHS, device))
        for name, way in ways.items():
            runs[name].append(time_run(way, test, seed))
    rows = {name: summarise(found, usual) for name, found in runs.items()}
    print_table(rows)
    walls, cpus = ([round(run[name], 1) for run in usual] for name in ("wall", "cpu"))
    print(f"the usual loop: wall s {walls}, cpu s {cpus}")
    machine = {"device": chosen.device, "processor": platform.processor() or platform.machine()}
    machine |= {"threads": torch.get_num_threads(), "torch": torch.__version__}
    written = json.dumps({"machine": machine, "usual": usual, "records": rows}, indent=1)
    (ROOT / "_build").mkdir(exist_ok=True)
    (ROOT / "_build/record.json").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()
