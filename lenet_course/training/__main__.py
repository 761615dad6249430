"""Training as a program, in one process or, by torchrun, in several.

python -m lenet_course.training --help
torchrun --nproc_per_node=2 -m lenet_course.training --epochs 2
"""

import argparse
import os
from pathlib import Path

import torch
import torch.distributed as dist

from lenet_course.digits import load_digits
from lenet_course.model import Net, find_device
from lenet_course.training.checkpoints import save_whole
from lenet_course.training.inputs import OPTIMIZERS
from lenet_course.training.loop import evaluate, train
from lenet_course.training.standardise import Standardised, fold


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
