"""Training as a program, in one process or, by torchrun, in several.

python -m lenet_course.training --help
torchrun --nproc_per_node=2 -m lenet_course.training --epochs 2
"""

import argparse
import os
from dataclasses import asdict, fields
from pathlib import Path

import torch
import torch.distributed as dist

from lenet_course.digits import load_digits
from lenet_course.model import Net, find_device
from lenet_course.training.checkpoints import save_whole
from lenet_course.training.evaluation import evaluate
from lenet_course.training.recipe import AUGMENTATIONS, OPTIMIZERS, Recipe


def main(arguments: list[str] | None = None) -> None:
    """The program: train on the packaged digits or on full MNIST, and save the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet_course.training",
        description=main.__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add, usual = parser.add_argument, Recipe()
    add("--epochs", type=int, default=usual.epochs)
    add("--batch-size", type=int, default=usual.batch_size, help="over all processes")
    add("--optimizer", choices=OPTIMIZERS, default=usual.optimizer)
    add("--learning-rate", type=float, default=usual.learning_rate, help="at the triangle's peak")
    add("--weight-decay", type=float, default=usual.weight_decay)
    add("--warm-up", type=float, default=usual.warm_up, help="share of the steps until then")
    add("--standardise", action="store_true", help="pixels of mean 0, deviation 1, for training")
    add("--augment", choices=("none", *filter(None, AUGMENTATIONS)), default="none")
    add("--average", type=float, default=usual.average, help="decay of a weight average")
    add("--label-smoothing", type=float, default=usual.label_smoothing, help="share for all digits")
    add("--data", choices=("packaged", "full"), default="packaged")
    add("--root", help="torchvision's folder, for --data full")
    add("--device", default="cpu", help="cpu, cuda, cuda:1, mps")
    add("--seed", type=int, default=0)
    add("--output", type=Path, default=Path("lenet.pt"), help="the weights")
    add("--checkpoint", type=Path, help="written every epoch, resumed if there")
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
    given = {field.name: getattr(chosen, field.name) for field in fields(Recipe)}
    recipe = Recipe(**given | {"augment": None if chosen.augment == "none" else chosen.augment})
    torch.manual_seed(chosen.seed)
    net = Net().to(find_device(chosen.device))
    how = {"seed": chosen.seed, "checkpoint": chosen.checkpoint, "progress": first}
    history = recipe.train(net, digits, **how)
    if first:
        accuracy = evaluate(net, test)["accuracy"]
        print(f"loss {history[-1]['loss']:.3f}" if history else "no epoch", end=", ")
        print(f"accuracy {100 * accuracy:.2f} % on the {len(test.labels):,} test digits")
        told = {
            "script": "python -m lenet_course.training",
            "data": chosen.data,
            **asdict(recipe),
            "seed": chosen.seed,
            "accuracy": f"{100 * accuracy:.2f} %",
        }
        save_whole({"weights": net.cpu().state_dict(), "recipe": told}, chosen.output)


if __name__ == "__main__":
    main()
