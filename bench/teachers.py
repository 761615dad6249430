"""Networks larger than `Net`, and what they answer to views of the digits."""

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from bench.learners import (
    Batch,
    Learner,
    Settings,
    compute_cross_entropy,
    draw_order,
    learn_together,
)
from lenet_course import prepare_images
from lenet_course.digits import Digits
from lenet_course.training.augmentation import map_places
from lenet_course.training.standardise import DEVIATION, MEAN

TEACHERS, WIDTH, EPOCHS, BATCH_SIZE = 4, 64, 30, 256
SETTINGS = Settings(learning_rate=0.1, weight_decay=5e-4, average=0.0, half=True)


@dataclass(frozen=True)
class Spread:
    """How far a view lies from its digit: 1 as in `jitter`; bent by so many pixels."""

    moved: float
    bent: float


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


def standardise(digits: Digits) -> torch.Tensor:
    """The digits as networks take them here, float (N, 1, 32, 32)."""
    return (prepare_images(digits.images) - MEAN) / DEVIATION


def draw_views(digits: Digits, spread: Spread) -> torch.Tensor:
    """One view of each digit, standardised, float (N, 1, 32, 32); draws on the digits' device."""
    images = prepare_images(digits.images)
    count, device = len(images), images.device
    draws = spread.moved * (2 * torch.rand(5, count, device=device) - 1)
    rows = map_places(*draws)
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), images.shape, align_corners=False)
    if spread.bent:
        bend = torch.randn(count, 2, 6, 6, device=device)  # smooth: six knots each way
        bend = F.interpolate(bend, images.shape[2:], mode="bicubic", align_corners=False)
        grid = grid + bend.permute(0, 2, 3, 1) * (spread.bent / 16)  # 32 pixels span 2
    return (F.grid_sample(images, grid, align_corners=False) - MEAN) / DEVIATION


def train_teachers(digits: Digits) -> list[Teacher]:
    torch.manual_seed(0)
    device = digits.images.device
    order = draw_order(len(digits.labels), BATCH_SIZE, EPOCHS, device)

    def take_batch(count: torch.Tensor) -> Batch:
        places = order.index_select(0, count).view(-1)
        images = draw_views(Digits(digits.images[places], digits.labels[places]), Spread(1, 0))
        images = images.contiguous(memory_format=torch.channels_last)
        return {"images": images, "labels": digits.labels[places]}

    models = [Teacher(WIDTH).to(device, memory_format=torch.channels_last) for _ in range(TEACHERS)]
    teachers = [Learner(model, compute_cross_entropy, SETTINGS, len(order)) for model in models]
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
