"""Distillation: how far can `Net` come that learns from larger networks?

    python -m bench.distil

Four networks with batch normalisation learn the labels; a `Net` learns their mean logits on views
of the digits (moved, turned, bent), which they answer beforehand.

The rule, committed before the test digits were looked at: CANDIDATES are tried with TRIED_SEEDS
on the first 50,000 training digits. The one whose moving averages of the weights read most of the
other 10,000 right, on the mean, is trained on all 60,000 with FINAL_SEEDS and teachers of their
own; then, once, the test digits are read. The table goes to _build/distil.json (what was
recorded is lenet_course/assets/distillation.json), the weights to _build/distil.pt. 5 minutes on
an H100; without a GPU the teachers take days.
"""

import json
import math
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from bench.gpu import describe_machine, find_commit
from bench.learners import Batch, Learner, Settings, learn_together
from bench.mnist import find_mnist
from book.course import ROOT
from lenet_course import Net, evaluate, load_digits
from lenet_course.digits import Digits
from lenet_course.training.standardise import DEVIATION, MEAN, Standardised, fold

AIM = 0.9965  # of the test digits, on the mean
KEPT_ASIDE = 10_000
TEACHERS, WIDTH, TEACHER_EPOCHS, TEACHER_BATCH = 4, 64, 30, 256
TEACHER = Settings(learning_rate=0.1, weight_decay=5e-4, average=0.0, half=True)
TRIED_SEEDS, FINAL_SEEDS = range(3), range(100, 105)
EPOCHS, AVERAGE = 100, 0.9995
TRIED_VIEWS, FINAL_VIEWS = 25, 50  # of each digit


@dataclass(frozen=True)
class Spread:
    """How far a view lies from its digit: 1 as in `jitter`; bent by so many pixels."""

    moved: float
    bent: float


@dataclass(frozen=True)
class Candidate:
    """How the student learns, from which views, and of what: a name of LOSSES."""

    spread: Spread
    batch_size: int
    loss: str
    settings: Settings


def compute_cross_entropy(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    return F.cross_entropy(logits, batch["labels"])


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


class Teacher(nn.Sequential):
    """Six convolutions with batch normalisation, the mean over what is left, a linear layer.

    Takes float images of shape (N, 1, 32, 32); returns logits of shape (N, 10).
    """

    def __init__(self, width: int):
        sizes = [1, width, width, 2 * width, 2 * width, 4 * width, 4 * width]
        layers = []
        for number, (before, after) in enumerate(pairwise(sizes), start=1):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after)]
            layers += [nn.ReLU()] + [nn.MaxPool2d(2)] * (number % 2 == 0)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(sizes[-1], 10))


class Views(NamedTuple):
    """Views of N digits, K rounds of N; float16 images (K·N, 1, 32, 32), logits (K·N, 10)."""

    images: torch.Tensor
    logits: torch.Tensor
    labels: torch.Tensor


def draw_views(digits: Digits, spread: Spread) -> torch.Tensor:
    """One view of each digit, standardised, float (N, 1, 32, 32); draws on the digits' device."""
    images = F.pad(digits.images, [2] * 4).unsqueeze(1).float() / 255
    count, device = len(images), images.device
    angle, size, shear, down, right = spread.moved * (2 * torch.rand(5, count, device=device) - 1)
    angle, size = angle * math.pi / 12, 1 + 0.15 * size
    cos, sin = torch.cos(angle) / size, torch.sin(angle) / size
    rows = [cos, 0.25 * shear - sin, right / 8, sin, cos, down / 8]
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), images.shape, align_corners=False)
    if spread.bent:
        bend = torch.randn(count, 2, 6, 6, device=device)  # smooth: six knots each way
        bend = F.interpolate(bend, images.shape[2:], mode="bicubic", align_corners=False)
        grid = grid + bend.permute(0, 2, 3, 1) * (spread.bent / 16)  # 32 pixels span 2
    return (F.grid_sample(images, grid, align_corners=False) - MEAN) / DEVIATION


def draw_order(count: int, batch_size: int, epochs: int, device, rounds: int = 1) -> torch.Tensor:
    """Places int64 (steps, batch size): epoch by epoch all of one round, each in its own order."""
    steps = count // batch_size
    order = [
        torch.randperm(count, device=device)[: steps * batch_size] + epoch % rounds * count
        for epoch in range(epochs)
    ]
    return torch.cat(order).view(-1, batch_size)


def train_teachers(digits: Digits) -> list[Teacher]:
    torch.manual_seed(0)
    device = digits.images.device
    order = draw_order(len(digits.labels), TEACHER_BATCH, TEACHER_EPOCHS, device)

    def take_batch(count: torch.Tensor) -> Batch:
        places = order.index_select(0, count).view(-1)
        images = draw_views(Digits(digits.images[places], digits.labels[places]), Spread(1, 0))
        images = images.contiguous(memory_format=torch.channels_last)
        return {"images": images, "labels": digits.labels[places]}

    models = [Teacher(WIDTH).to(device, memory_format=torch.channels_last) for _ in range(TEACHERS)]
    teachers = [Learner(model, compute_cross_entropy, TEACHER, len(order)) for model in models]
    seconds = learn_together(teachers, take_batch, len(order))
    print(f"{TEACHERS} teachers, {len(digits.labels):,} digits: {seconds:.0f} s", flush=True)
    return [model.eval() for model in models]


@torch.no_grad()
def ask(teachers: list[Teacher], images: torch.Tensor) -> torch.Tensor:
    """The mean of the teachers' logits, float (N, 10)."""
    with torch.autocast(images.device.type, torch.bfloat16):
        answers = [
            sum(teacher(part).float() for teacher in teachers) for part in images.split(5000)
        ]
    return torch.cat(answers) / len(teachers)


def make_views(digits: Digits, teachers: list[Teacher], spread: Spread, rounds: int) -> Views:
    torch.manual_seed(0)
    begin = time.perf_counter()
    images = torch.cat([draw_views(digits, spread).half() for _ in range(rounds)])
    logits = ask(teachers, images)
    logits.sum().item()  # waits for the device
    print(f"{rounds} views of each, {spread}: {time.perf_counter() - begin:.0f} s", flush=True)
    return Views(images, logits, digits.labels.repeat(rounds))


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
    standard = (F.pad(aside.images, [2] * 4).unsqueeze(1).float() / 255 - MEAN) / DEVIATION
    right = (ask(teachers, standard).argmax(1) == aside.labels).float().mean().item()
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
    written = {"machine": describe_machine(find_commit()) if device == "cuda" else {}}
    written |= {"teachers": right, "tried": tried, "chosen": place, "accuracies": accuracies}
    text = json.dumps(written, indent=1) + "\n"
    (ROOT / "_build/distil.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()
