"""Chapter 9's loop as a function.

The digits stay in one tensor and a mini-batch is an index into it. Order and jitter of an epoch
depend on the seed and the epoch's number alone, so that a resumed run, another device and several
processes see the same mini-batches.
"""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from tqdm.auto import tqdm

from lenet_course.digits import Digits, prepare_images
from lenet_course.training.arguments import (
    validate_batch_size,
    validate_digits,
    validate_optimizer,
    validate_settings,
)
from lenet_course.training.checkpoints import describe_settings, resume, save_checkpoint
from lenet_course.training.evaluation import evaluate
from lenet_course.training.schedule import compute_triangle, set_rate


def train(
    net: nn.Module,
    digits: Digits,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 0.05,
    warm_up: float = 0.2,
    label_smoothing: float = 0.0,
    optimizer: torch.optim.Optimizer | None = None,
    augment: Callable[[torch.Tensor, torch.Generator], torch.Tensor] | None = None,
    validation: Digits | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> list[dict]:
    """Train a network in place, by cross-entropy.

    Args:
        net: a `Net`, on the device where it is to be trained.
        digits: images uint8 (N, 28, 28) and labels int64 (N,), 0 to 9.
        epochs: how often every digit is seen; 0 or more.
        batch_size: digits a step, over all processes; a last smaller mini-batch is left out.
        learning_rate: the peak of the triangle, reached after the share `warm_up` of all steps.
        label_smoothing: the share of each label's probability that goes to all ten digits alike.
        optimizer: of the network's parameters, with a peak of its own in place of learning_rate;
            None for SGD with Nesterov momentum 0.9 and weight decay 5e-4.
        augment: what to do to the images of a mini-batch, `jitter` or `shift`.
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
    rank, processes = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    digits = validate_digits(digits)
    batch_size = validate_batch_size(batch_size, len(digits.labels), processes)
    epochs, seed, warm_up, label_smoothing, augment = validate_settings(
        epochs=epochs, seed=seed, warm_up=warm_up, label_smoothing=label_smoothing, augment=augment
    )
    if optimizer is None:
        optimizer = make_sgd(net.parameters(), learning_rate)
    validate_optimizer(optimizer, net)

    net.to(memory_format=torch.channels_last)
    device = next(net.parameters()).device
    images = prepare_images(digits.images.to(device)).contiguous(memory_format=torch.channels_last)
    labels = digits.labels.to(device)
    settings = {"digits": len(labels), "epochs": epochs, "batch_size": batch_size, "seed": seed}
    settings |= {"warm_up": warm_up, **describe_settings(optimizer, augment)}
    smoothing = {"label_smoothing": label_smoothing} if label_smoothing else {}
    settings |= smoothing
    history = []
    if checkpoint is not None and Path(checkpoint).exists():
        history = resume(checkpoint, net, optimizer, settings)
    model = nn.parallel.DistributedDataParallel(net) if processes > 1 else net
    mine = slice(rank, None, processes)  # every process takes its share of a mini-batch
    steps = len(labels) // batch_size  # an epoch
    shown = {"total": epochs * steps, "initial": len(history) * steps, "unit": "step"}
    bar = tqdm(**shown, disable=not progress or rank > 0)
    try:
        for epoch in range(len(history), epochs):
            net.train()
            generator = torch.Generator().manual_seed((1000 * seed + epoch) % 2**64)
            order = torch.randperm(len(labels), generator=generator).to(device)
            losses = torch.zeros(steps, device=device)
            for step, batch in enumerate(order[: steps * batch_size].view(steps, batch_size)):
                set_rate(optimizer, compute_triangle(epoch * steps + step, epochs * steps, warm_up))
                seen = augment(images[batch], generator) if augment else images[batch]
                logits, answers = model(seen[mine]), labels[batch][mine]
                loss = F.cross_entropy(logits, answers, **smoothing)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses[step] = loss.detach()
                bar.update()
            _require_finite(losses, epoch * steps, settings["learning_rate"])
            history.append({"epoch": epoch + 1, "loss": losses.mean().item()})
            if validation is not None:
                found = evaluate(net, validation)
                history[-1] |= {"validation_loss": found["loss"], "accuracy": found["accuracy"]}
            if checkpoint is not None and rank == 0:
                save_checkpoint(checkpoint, net, optimizer, history, settings)
    finally:
        bar.close()
        net.to(memory_format=torch.contiguous_format)  # weight.view(16, -1) works as before
    return history


def make_sgd(parameters, lr: float, weight_decay: float = 5e-4) -> torch.optim.SGD:
    """Chapter 9's optimizer: SGD with Nesterov momentum 0.9."""
    lr, weight_decay = validate_settings(learning_rate=lr, weight_decay=weight_decay)
    return torch.optim.SGD(parameters, lr, momentum=0.9, weight_decay=weight_decay, nesterov=True)


def _require_finite(losses: torch.Tensor, before: int, learning_rate: float) -> None:
    """Raise a FloatingPointError that names the first step, after so many, without a number."""
    finite = losses.isfinite()
    if not finite.all():
        step = int((~finite).int().argmax())
        raise FloatingPointError(
            f"the loss became {losses[step].item()} at step {before + step + 1}; "
            f"a learning rate smaller than {learning_rate} usually helps"
        )
