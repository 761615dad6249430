"""Chapter 7's loop as a function.

The digits stay in one tensor and a mini-batch is an index into it; the learning rate climbs and
falls in straight lines. Order and jitter of an epoch depend on the seed and the epoch's number
alone, so that a resumed run, another device and several processes see the same mini-batches.
"""

from itertools import chain
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from tqdm.auto import tqdm

from lenet_course.digits import Digits, prepare_images
from lenet_course.training.augmentation import jitter
from lenet_course.training.checkpoints import resume, save_whole
from lenet_course.training.inputs import check_digits, check_settings
from lenet_course.training.muon import Muon


def train(
    net: nn.Module,
    digits: Digits,
    *,
    epochs: int,
    batch_size: int = 64,
    optimizer: str = "sgd",
    learning_rate: float = 0.05,
    momentum: float = 0.9,
    weight_decay: float = 5e-4,
    warm_up: float = 0.2,
    augment: str | None = None,
    augment_share: float = 1.0,
    average: float = 0.0,
    validation: Digits | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> list[dict]:
    """Train a network in place with Nesterov momentum and cross-entropy.

    Args:
        net: a `Net`, on the device where it is to be trained.
        digits: images uint8 (N, 28, 28) and labels int64 (N,), 0 to 9.
        epochs: how often every digit is seen; 0 or more.
        batch_size: digits a step, over all processes; a last smaller mini-batch is left out.
        optimizer: "sgd", or "muon", which learns more from each step and suits a learning_rate
            of 0.025 and a weight_decay of 0.005 (of learning_rate, off each parameter).
        learning_rate: the peak of the triangle, reached after the share `warm_up` of all steps.
        momentum, weight_decay: as in torch.optim.SGD, or in `Muon`.
        augment: None, "shift" (±2 pixels) or "affine" (also ±15°, ±15 %, shear ±0.25).
        augment_share: how much of the training is augmented, 0 to 1; the last epochs see the digits
            as they are.
        average: 0 for the last weights, or the decay of their moving average (0.999, say), which
            then replaces them at the end.
        validation: digits to measure after every epoch, never trained on.
        seed: decides order and jitter.
        checkpoint: a file, written after every epoch; where it exists, training goes on from it
            and ends with the same bits as a run that was never interrupted.
        progress: show a bar.

    Returns:
        One dict an epoch: epoch (from 1), loss (mean over its steps) and, with validation,
        validation_loss and accuracy (0 to 1).

    Raises:
        ValueError: digits, numbers or a checkpoint that do not fit, with what was wanted.
        FloatingPointError: the loss stopped being a number; says at which step.
        OSError: the checkpoint could not be written; the one before is still there.
    """
    settings = {
        "digits": len(digits.labels), "epochs": epochs, "batch_size": batch_size,
        "optimizer": optimizer, "learning_rate": learning_rate, "momentum": momentum,
        "weight_decay": weight_decay, "warm_up": warm_up, "augment": augment,
        "augment_share": augment_share, "average": average, "seed": seed,
    }  # fmt: skip
    check_digits(digits)
    check_settings(settings)
    rank, processes = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    if batch_size % processes:
        raise ValueError(f"expected a batch_size to share by {processes}, got {batch_size}")
    device = next(net.parameters()).device
    images = prepare_images(digits.images.to(device)).contiguous(memory_format=torch.channels_last)
    labels = digits.labels.to(device)
    net.to(memory_format=torch.channels_last)
    stepper = _make_optimizer(net, settings)
    averages = [parameter.detach().clone() for parameter in net.parameters()] if average else []
    history = []
    if checkpoint is not None and Path(checkpoint).exists():
        history = resume(checkpoint, net, stepper, averages, settings)
    model = nn.parallel.DistributedDataParallel(net) if processes > 1 else net
    steps = len(labels) // batch_size  # an epoch
    bar = tqdm(total=epochs * steps, initial=len(history) * steps, unit="step",
               disable=not progress or rank > 0)  # fmt: skip
    with bar:
        for epoch in range(len(history), epochs):
            net.train()
            generator = torch.Generator().manual_seed(1000 * seed + epoch)
            order = torch.randperm(len(labels), generator=generator).to(device)
            losses = torch.zeros(steps, device=device)
            moves = augment if epoch < augment_share * epochs else None
            for step, batch in enumerate(order[: steps * batch_size].view(steps, batch_size)):
                rate = learning_rate * compute_triangle(
                    epoch * steps + step, epochs * steps, warm_up
                )
                stepper.param_groups[0]["lr"] = rate
                inputs = jitter(images[batch], moves, generator)
                mine = slice(rank, None, processes)  # every process takes its share
                loss = F.cross_entropy(model(inputs[mine]), labels[batch][mine])
                stepper.zero_grad()
                loss.backward()
                stepper.step()
                losses[step] = loss.detach()
                if average:
                    torch._foreach_lerp_(averages, list(net.parameters()), 1 - average)
                bar.update()
            _check_losses(losses, epoch, steps, learning_rate)
            history.append({"epoch": epoch + 1, "loss": losses.mean().item()})
            if validation is not None:
                measured = evaluate(net, validation)
                history[-1] |= {"validation_loss": measured["loss"],
                                "accuracy": measured["accuracy"]}  # fmt: skip
            if checkpoint is not None and rank == 0:
                save_whole(
                    {"net": net.state_dict(), "optimizer": stepper.state_dict(),
                     "averages": averages, "history": history, "settings": settings},
                    checkpoint,
                )  # fmt: skip
    if average and epochs:
        with torch.no_grad():
            for parameter, mean in zip(net.parameters(), averages, strict=True):
                parameter.copy_(mean)
    return history


@torch.no_grad()
def evaluate(net: nn.Module, digits: Digits, batch_size: int = 1000) -> dict[str, float]:
    """Measure a network on digits that it does not learn from.

    Returns:
        loss (mean cross-entropy) and accuracy (0 to 1).

    Raises:
        ValueError: no digits, or such as the network cannot read.
    """
    check_digits(digits)
    device = next(chain(net.parameters(), net.buffers())).device
    modes = [(part, part.training) for part in net.modules()]
    net.eval()
    loss = right = 0.0
    pairs = zip(digits.images.split(batch_size), digits.labels.split(batch_size), strict=True)
    for images, labels in pairs:
        logits, labels = net(prepare_images(images.to(device))), labels.to(device)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(1) == labels).sum().item()
    for part, mode in modes:
        part.training = mode
    return {"loss": loss / len(digits.labels), "accuracy": right / len(digits.labels)}


def compute_triangle(step: int, steps: int, warm_up: float) -> float:
    """The share of the peak learning rate at a step: up until warm_up, then down to 0."""
    climb = (step + 1) / (warm_up * steps) if warm_up else 1.0
    return min(climb, (steps - step) / ((1 - warm_up) * steps), 1.0)


def _make_optimizer(net: nn.Module, settings: dict) -> torch.optim.Optimizer:
    lr, momentum, decay = (settings[k] for k in ("learning_rate", "momentum", "weight_decay"))
    if settings["optimizer"] == "muon":
        return Muon(net.parameters(), lr, momentum, decay)
    return torch.optim.SGD(
        net.parameters(), lr, momentum, weight_decay=decay, nesterov=momentum > 0
    )


def _check_losses(losses: torch.Tensor, epoch: int, steps: int, learning_rate: float) -> None:
    finite = losses.isfinite()
    if not finite.all():
        step = int((~finite).int().argmax())
        raise FloatingPointError(
            f"the loss became {losses[step].item()} at step {epoch * steps + step + 1}; "
            f"a learning rate smaller than {learning_rate} usually helps"
        )
