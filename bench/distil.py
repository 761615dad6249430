"""Distillation: how far can `Net` come that learns from larger networks?

    python -m bench.distil

Four networks with batch normalisation learn the labels; a `Net` learns their mean logits on views
of the digits (moved, turned, bent), which they answer beforehand.

The rule, committed before the test digits were looked at: CANDIDATES are tried with TRIED_SEEDS
on the first 50,000 training digits. The one whose moving averages of the weights read most of the
other 10,000 right, on the mean, is trained on all 60,000 with FINAL_SEEDS and teachers of their
own; then, once, the test digits are read. The table goes to _build/distil.json (what was
recorded is lenet_course/assets/distillation.json), the weights to _build/distil.pt. 6 minutes on
an H100; without a GPU the teachers take days.
"""

import json
import statistics
import sys
from dataclasses import asdict, dataclass
from itertools import groupby

import torch
import torch.nn.functional as F

from bench.gpu import describe_machine, find_commit
from bench.learners import (
    Batch,
    Learner,
    Settings,
    compute_cross_entropy,
    draw_order,
    learn_together,
)
from bench.mnist import find_mnist
from bench.teachers import Spread, Views, ask, make_views, standardise, train_teachers
from book.course import ROOT
from lenet_course import Net, evaluate, load_digits
from lenet_course.digits import Digits
from lenet_course.training.standardise import Standardised, fold

AIM = 0.9965  # of the test digits, on the mean
KEPT_ASIDE = 10_000
TRIED_SEEDS, FINAL_SEEDS = range(3), range(100, 105)
EPOCHS, AVERAGE = 100, 0.9995
TRIED_VIEWS, FINAL_VIEWS = 25, 50  # of each digit


@dataclass(frozen=True)
class Candidate:
    """How the student learns, from which views, and of what: a name of LOSSES."""

    spread: Spread
    batch_size: int
    loss: str
    settings: Settings


def compute_distance(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    return F.mse_loss(logits, batch["logits"])


def soften(temperature: float):
    """Cross-entropy with the teachers' probabilities, both sides' logits divided.

    Source: Hinton, Vinyals & Dean, 2015; times the temperature, so that one learning rate suits.
    """

    def measure(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        wanted = F.softmax(batch["logits"] / temperature, dim=1)
        return temperature * F.cross_entropy(logits / temperature, wanted)

    return measure


LOSSES = {
    "labels": compute_cross_entropy,
    "temperature 1": soften(1),
    "temperature 4": soften(4),
    "logits and labels": lambda *given: (
        (compute_distance(*given) + compute_cross_entropy(*given)) / 2
    ),
    "logits": compute_distance,
}
WAYS = [  # batch size, loss, settings
    (128, "labels", Settings(0.08, 5e-4, AVERAGE)),
    (128, "temperature 1", Settings(0.08, 5e-4, AVERAGE)),
    (128, "temperature 4", Settings(0.08, 5e-5, AVERAGE)),
    (128, "logits and labels", Settings(0.03, 1e-4, AVERAGE)),
    (256, "temperature 4", Settings(0.02, 0.005, AVERAGE, orthogonal=True)),
    (256, "logits", Settings(0.015, 0.005, AVERAGE, orthogonal=True)),
]
CANDIDATES = [
    Candidate(spread, *way) for spread in (Spread(1.0, 0.0), Spread(0.7, 0.5)) for way in WAYS
]


def train_students(
    candidates: list[Candidate], views: Views, count: int, seeds: range
) -> list[list[Net]]:
    """Train `Net`s by candidates of one batch size, with each seed, on views of `count` digits.

    Returns:
        The networks of each candidate; they read pixels from 0 to 1.
    """
    torch.manual_seed(seeds[0])
    device, rounds = views.images.device, len(views.images) // count
    order = draw_order(count, candidates[0].batch_size, EPOCHS, device, rounds)

    def take_batch(count: torch.Tensor) -> Batch:
        places = order.index_select(0, count).view(-1)
        images = views.images[places].float().contiguous(memory_format=torch.channels_last)
        return {"images": images, "logits": views.logits[places], "labels": views.labels[places]}

    learners = []
    for candidate in candidates:
        for seed in seeds:
            torch.manual_seed(seed)
            net = Net().to(device, memory_format=torch.channels_last)
            learners.append(Learner(net, LOSSES[candidate.loss], candidate.settings, len(order)))
    seconds = learn_together(learners, take_batch, len(order))
    print(f"{len(learners)} students: {seconds:.0f} s", flush=True)
    nets = [fold(Standardised(learner.load_average())) for learner in learners]
    starts = range(0, len(nets), len(seeds))
    return [nets[start : start + len(seeds)] for start in starts]


def try_candidates(learnt: Digits, aside: Digits) -> tuple[float, list[dict]]:
    """Train teachers, and every candidate with TRIED_SEEDS.

    Returns:
        On the digits kept aside: the teachers' accuracy, and each candidate's.
    """
    teachers = train_teachers(learnt)
    right = (ask(teachers, standardise(aside)).argmax(1) == aside.labels).float().mean().item()
    print(f"the teachers together, on digits kept aside: {100 * right:.2f} %", flush=True)
    tried = []
    for spread, some in groupby(CANDIDATES, key=lambda each: each.spread):
        views = make_views(learnt, teachers, spread, TRIED_VIEWS)
        for _, alike in groupby(some, key=lambda each: each.batch_size):
            alike = list(alike)
            found = train_students(alike, views, len(learnt.labels), TRIED_SEEDS)
            for candidate, nets in zip(alike, found, strict=True):
                accuracies = [evaluate(net, aside)["accuracy"] for net in nets]
                row = asdict(spread) | {"loss": candidate.loss}
                row["muon"] = candidate.settings.orthogonal
                tried.append(row | {"accuracies": accuracies})
                print(f"{100 * statistics.mean(accuracies):.3f} % {candidate}", flush=True)
    return right, tried


def main() -> None:
    root = find_mnist()
    if root is None:
        sys.exit("expected full MNIST, found none: load_digits(full=True) fetches it")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    written = {"machine": describe_machine(find_commit()) if device == "cuda" else {}}
    digits, test = (
        Digits(*(part.to(device) for part in load_digits(split, full=True, root=root)))
        for split in ("train", "test")
    )
    learnt, aside = (
        Digits(*(part[some] for part in digits))
        for some in (slice(-KEPT_ASIDE), slice(-KEPT_ASIDE, None))
    )
    right, tried = try_candidates(learnt, aside)
    place = max(range(len(tried)), key=lambda each: statistics.mean(tried[each]["accuracies"]))
    chosen = CANDIDATES[place]
    print(f"chosen: {chosen}", flush=True)
    teachers = train_teachers(digits)
    views = make_views(digits, teachers, chosen.spread, FINAL_VIEWS)
    (nets,) = train_students([chosen], views, len(digits.labels), FINAL_SEEDS)
    accuracies = [evaluate(net, test)["accuracy"] for net in nets]
    print(f"test digits: mean {100 * statistics.mean(accuracies):.3f} %, {accuracies}")
    print(f"the aim: {100 * AIM} %")
    (ROOT / "_build").mkdir(exist_ok=True)
    torch.save([net.half().cpu().state_dict() for net in nets], ROOT / "_build/distil.pt")
    written |= {"teachers": right, "tried": tried, "chosen": place, "accuracies": accuracies}
    text = json.dumps(written, indent=1) + "\n"
    (ROOT / "_build/distil.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()
