"""What each part of chapter 9's network and recipe is good for: `python -m bench.evidence`.

Every row is trained on the chapter's 8,000 digits with the chapter's loop, for as many epochs, and
judged on its 2,000 validation digits; no test digit is looked at. A row differs from `Net` in what
its name says. Rows of another learning rate are there so that no row loses by a rate that does not
suit it; `losses` are for chapter 4. One thread, seeds 0 to 4; writes
lenet_course/assets/evidence.json (about 20 minutes).
"""

import argparse
import json
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from unittest.mock import patch

import torch
import torch.nn as nn
import torch.nn.functional as F

from bench.mnist import find_mnist
from book.notebooks.environment import fix_environment
from book.notebooks.sources import read_source
from lenet_course import Digits, Net, evaluate, load_digits, train
from lenet_course.evidence import EVIDENCE, load_evidence
from lenet_course.training.augmentation import jitter
from lenet_course.training.muon import Muon
from lenet_course.training.standardise import Standardised

SEEDS, EPOCHS = range(5), 5
RATES = (0.0125, 0.05, 0.2, 0.8)  # the chapter's is 0.05


def make_linear() -> nn.Module:
    """No hidden layer: ten weighted sums of the 1,024 pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(32 * 32, 10))


def make_mlp() -> nn.Module:
    """One hidden layer of 60, and so about as many parameters as `Net`."""
    return nn.Sequential(nn.Flatten(), nn.Linear(32 * 32, 60), nn.ReLU(), nn.Linear(60, 10))


def make_net(activation: Callable = nn.ReLU, pooling: Callable = nn.MaxPool2d) -> nn.Module:
    """`Net` of other parts; with these it is `Net`, number for number."""
    net = Net()
    return nn.Sequential(
        *(net.conv1, activation(), pooling(2), net.conv2, activation(), pooling(2), nn.Flatten()),
        *(net.fc1, activation(), net.fc2, activation(), net.fc3),
    )


NETWORKS = {  # each at every one of RATES
    "linear": make_linear,
    "mlp": make_mlp,
    "no_relu": lambda: make_net(activation=nn.Identity),
    "sigmoid": lambda: make_net(activation=nn.Sigmoid),
    "average_pooling": lambda: make_net(pooling=nn.AvgPool2d),
    "no_relu_average_pooling": lambda: make_net(nn.Identity, nn.AvgPool2d),
    "net": Net,
}
FEW = {"epochs": 40, "batch_size": 20, "rate": 0.02}  # the chapter's, for 200 digits
RECIPES = {  # of Net alone, at the chapter's rate
    "no_schedule": {"schedule": False},
    "no_momentum": {"momentum": 0.0},
    "no_weight_decay": {"weight_decay": 0.0},
    "normalized": {"standardise": True},
    "jitter": {"augment": jitter},
    "muon": {"muon": True},
    "net_30": {"epochs": 30},
    "jitter_30": {"epochs": 30, "augment": jitter},
    "few": FEW,
    "few_jitter": {**FEW, "augment": jitter},
}


def compute_mse(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(outputs, F.one_hot(labels, outputs.shape[1]).float())


def compute_mse_of_probabilities(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return compute_mse(logits.softmax(1), labels)


LOSSES = {  # in place of cross-entropy, at a rate
    "mse": (compute_mse, 0.5),
    "probabilities": (compute_mse_of_probabilities, 0.05),
    "probabilities_faster": (compute_mse_of_probabilities, 0.5),
}


def measure(net: nn.Module, parts: tuple[Digits, Digits], seed: int, rate=0.05, **how) -> float:
    """Train with chapter 9's loop and return the accuracy (0 to 1) on the validation digits.

    Args:
        parts: digits to train on, and digits to judge by.
        how: what differs: epochs, augment, momentum, weight_decay, schedule (False: a rate that
            stays), standardise (True: pixels of mean 0 and deviation 1), muon (True: the chapter's
            Muon in place of SGD), loss (a function of logits and labels).
    """
    training, validation = parts
    model = Standardised(net) if how.pop("standardise", False) else net
    momentum, weight_decay = how.pop("momentum", 0.9), how.pop("weight_decay", 5e-4)
    optimizer = torch.optim.SGD(
        model.parameters(), rate, momentum, weight_decay=weight_decay, nesterov=momentum > 0
    )
    if how.pop("muon", False):
        optimizer = Muon(model.parameters(), lr=0.025, weight_decay=0.005)
    if not how.pop("schedule", True):
        optimizer.register_step_pre_hook(lambda *_: optimizer.param_groups[0].update(lr=rate))
    loss = how.pop("loss", F.cross_entropy)
    try:
        with patch.object(F, "cross_entropy", loss):  # what train calls
            train(model, training, optimizer=optimizer, seed=seed, **{"epochs": EPOCHS, **how})
    except FloatingPointError:  # a rate that is too large for this network
        return 0.0
    return evaluate(model, validation)["accuracy"]


def measure_row(make: Callable[[], nn.Module], parts: tuple[Digits, Digits], **how) -> dict:
    """One row: the accuracies in percent, a seed each, with their mean and range."""
    found = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        net = make()
        found.append(round(100 * measure(net, parts, seed, **how), 2))
    row = {"parameters": sum(parameter.numel() for parameter in net.parameters())}
    row |= {"runs": found, "mean": round(statistics.mean(found), 2)}
    return row | {"least": min(found), "most": max(found)}


def measure_loader(rounds: int = 15) -> dict:
    """How many times longer an epoch's mini-batches take from a DataLoader than by an index."""
    cells = "split-cell accuracy-cell batches-cell dataset-cell"
    names = run_cells("09_train_on_real_digits", *cells.split())
    ways = {
        "index": lambda: [names["images"][batch] for batch in names["make_batches"](0)],
        "loader": lambda: list(names["loader"]),
    }
    ratios = []
    for _ in range(rounds):  # taking turns
        seconds = {}
        for name, fetch in ways.items():
            started = time.perf_counter()
            fetch()
            seconds[name] = time.perf_counter() - started
        ratios.append(round(seconds["loader"] / seconds["index"], 1))
    found = {"runs": ratios, "median": statistics.median(ratios)}
    return found | {"least": min(ratios), "most": max(ratios)}


def measure_whole() -> dict:
    """Chapter 13's network on the packaged digits and on the whole of MNIST.

    In a process of its own, under the settings of the stored outputs: it takes one run, and another
    rounding trains another network.
    """
    if find_mnist() is None:
        raise SystemExit("full MNIST is not here; load_digits(full=True) fetches it")
    with ProcessPoolExecutor(1, get_context("spawn"), fix_environment) as pool:
        return dict(zip(("packaged", "whole"), pool.map(train_own, (False, True)), strict=True))


def train_own(whole: bool) -> dict:
    """Run chapter 13's cells up to its one look at the test digits."""
    torch.set_num_threads(1)
    cells = "save-cell whole-cell own-parts own-loop own-save own-net test-once-cell"
    names = run_cells("13_read_your_own_handwriting", *cells.split(), whole=whole)
    count, wrong = len(names["test"].labels), names["wrong"]
    found = {"training": len(names["labels"]), "test": count, "wrong": wrong}
    return found | {"accuracy": round(100 * (1 - wrong / count), 2)}


def run_cells(slug: str, *ids: str, whole: bool = False) -> dict:
    """Run some of a chapter's cells, and all its imports; return the names that they leave."""
    cells = {
        cell["id"]: cell["text"]
        for cell in read_source(slug)
        if cell["kind"] == "code" and "exercise" not in cell["metadata"]
    }
    imports = re.findall(r"^(?:import|from) .*", "\n".join(cells.values()), re.MULTILINE)
    names = {}
    exec("\n".join(imports), names)
    for cell in ids:
        exec(cells[cell].replace("whole = False", f"whole = {whole}"), names)
    return names


def main() -> None:
    choices = [*NETWORKS, *RECIPES, "losses", "loader", "whole"]
    parser = argparse.ArgumentParser(prog="python -m bench.evidence", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(choices)}; without any: all")
    names = parser.parse_args().names or choices
    torch.set_num_threads(1)
    digits = load_digits("train")
    parts = (Digits(*(part[:8000] for part in digits)), Digits(*(part[8000:] for part in digits)))
    few = (Digits(*(part[:200] for part in digits)), parts[1])
    found = load_evidence() if EVIDENCE.exists() else {"rows": {}, "other_rates": {}}
    for name in names:
        if name in NETWORKS:
            rates = {rate: measure_row(NETWORKS[name], parts, rate=rate) for rate in RATES}
            found["rows"][name] = rates.pop(0.05)
            found["other_rates"][name] = {str(rate): row for rate, row in rates.items()}
        elif name in RECIPES:
            seen = few if name.startswith("few") else parts
            found["rows"][name] = measure_row(Net, seen, **RECIPES[name])
        elif name == "losses":
            found[name] = {
                key: {"rate": rate, **measure_row(Net, parts, rate=rate, loss=loss)}
                for key, (loss, rate) in LOSSES.items()
            }
        else:
            found[name] = measure_loader() if name == "loader" else measure_whole()
        print(name, found["rows"].get(name, found.get(name)))
        write(found, choices)


def write(found: dict, order: list[str]) -> None:
    """Write what was found so far, the rows in order, with what it was found with."""
    made = {"script": "bench/evidence.py", "date": date.today().isoformat()}
    made |= {"torch": torch.__version__, "python": platform.python_version()}
    made |= {"machine": platform.machine(), "seeds": list(SEEDS), "epochs": EPOCHS}
    rows = {name: found["rows"][name] for name in order if name in found["rows"]}
    written = json.dumps({**found, "made": made, "rows": rows}, indent=1)
    EVIDENCE.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()
