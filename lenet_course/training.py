"""Training: chapter 7's loop as a function, and as a program.

    python -m lenet_course.training --help
    torchrun --nproc_per_node=2 -m lenet_course.training --epochs 2

The digits stay in one tensor and a mini-batch is an index into it; the learning rate climbs and
falls in straight lines. Order and jitter of an epoch depend on the seed and the epoch's number
alone, so that a resumed run, another device and several processes see the same mini-batches.
"""

import argparse
import os
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from tqdm.auto import tqdm

from lenet_course.augmentation import jitter
from lenet_course.checkpoints import resume, save_whole
from lenet_course.digits import Digits, load_digits, prepare_images
from lenet_course.model import Net, find_device
from lenet_course.muon import Muon
from lenet_course.standardise import Standardised, fold
from lenet_course.training_inputs import OPTIMIZERS, check_digits, check_settings


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
    device = next(net.parameters()).device
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


def main(arguments: list[str] | None = None) -> None:
    """The program: train on the packaged digits or on full MNIST, and save the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet_course.training", description=main.__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64, help="over all processes")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default="sgd")
    parser.add_argument("--learning-rate", type=float, default=0.05, help="at the triangle's peak")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--warm-up", type=float, default=0.2, help="share of the steps until then")
    parser.add_argument(
        "--standardise", action="store_true", help="pixels of mean 0, deviation 1, for training"
    )
    parser.add_argument("--augment", choices=("none", "shift", "affine"), default="none")
    parser.add_argument("--augment-share", type=float, default=1.0, help="of the epochs, from 0")
    parser.add_argument("--average", type=float, default=0.0, help="decay of a weight average")
    parser.add_argument("--data", choices=("packaged", "full"), default="packaged")
    parser.add_argument("--root", help="torchvision's folder, for --data full")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, mps")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("lenet.pt"), help="the weights")
    parser.add_argument("--checkpoint", type=Path, help="written every epoch, resumed if there")
    chosen = parser.parse_args(arguments)

    try:
        if "WORLD_SIZE" in os.environ:  # started by torchrun
            if chosen.device == "cuda":
                chosen.device = f"cuda:{os.environ['LOCAL_RANK']}"
                torch.cuda.set_device(find_device(chosen.device))
            dist.init_process_group("nccl" if chosen.device.startswith("cuda") else "gloo")
        _run(chosen)
    except (ValueError, OSError, FloatingPointError) as error:
        parser.exit(2, f"{error}\n")
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def _run(chosen: argparse.Namespace) -> None:
    first = not dist.is_initialized() or dist.get_rank() == 0
    full = chosen.data == "full"
    digits, test = (load_digits(s, full=full, root=chosen.root) for s in ("train", "test"))
    torch.manual_seed(chosen.seed)
    net = Net().to(find_device(chosen.device))
    settings = {
        "epochs": chosen.epochs, "batch_size": chosen.batch_size,
        "optimizer": chosen.optimizer, "learning_rate": chosen.learning_rate,
        "weight_decay": chosen.weight_decay, "warm_up": chosen.warm_up,
        "average": chosen.average, "seed": chosen.seed,
        "augment": None if chosen.augment == "none" else chosen.augment,
        "augment_share": chosen.augment_share,
    }  # fmt: skip
    model = Standardised(net) if chosen.standardise else net
    history = train(model, digits, checkpoint=chosen.checkpoint, progress=first, **settings)
    if chosen.standardise:
        fold(model)
    if first:
        accuracy = evaluate(net, test)["accuracy"]
        print(f"loss {history[-1]['loss']:.3f}" if history else "no epoch", end=", ")
        print(f"accuracy {100 * accuracy:.2f} % on the {len(test.labels):,} test digits")
        recipe = {"script": "python -m lenet_course.training", "data": chosen.data, **settings,
                  "standardise": chosen.standardise,
                  "accuracy": f"{100 * accuracy:.2f} %"}  # fmt: skip
        save_whole({"weights": net.cpu().state_dict(), "recipe": recipe}, chosen.output)


if __name__ == "__main__":
    main()
