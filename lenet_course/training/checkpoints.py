"""Checkpoints: files that are whole or not there at all."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn as nn

from lenet_course.training.schedule import find_peak
from lenet_course.values import simplify


def save_whole(content: dict, path: str | Path) -> None:
    """Save with torch.save, so that the file is either the old one or the new one, never half.

    Raises:
        OSError: the disk is full or the folder is not there; nothing half-written stays.
        ValueError: content that could not be loaded again.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # one for each run
    try:
        torch.save(content, part)
        torch.load(part, map_location="cpu", weights_only=True)
        os.replace(part, path)
    except (pickle.PickleError, AttributeError, TypeError) as error:  # a lambda, a lock
        part.unlink(missing_ok=True)
        raise ValueError(
            f"expected tensors, numbers and words alone to write to {path}, got other things, "
            "which could not be loaded again"
        ) from error
    except (OSError, RuntimeError) as error:  # torch turns a full disk into a RuntimeError
        part.unlink(missing_ok=True)
        raise OSError(f"expected to write {path}, got: {error}; what was there is kept") from error


def save_checkpoint(
    path: str | Path,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: list[dict],
    settings: dict,
) -> None:
    """Save what `resume` loads; raises as `save_whole` does."""
    state = optimizer.state_dict()
    state["param_groups"] = simplify(state["param_groups"])  # a rate may be a number of NumPy's
    kept = {"net": net.state_dict(), "optimizer": state, "history": history, "settings": settings}
    save_whole(kept, path)


def describe_settings(optimizer: torch.optim.Optimizer, augment: Callable | None) -> dict:
    """What a run takes from its optimizer and its augmentation, as names and numbers."""
    group = optimizer.param_groups[0]
    own = {name: group[name] for name in set(group) - {"params", "lr", "initial_lr"}}
    return {
        "optimizer": type(optimizer).__name__,
        "learning_rate": simplify(find_peak(optimizer)),
        "augment": augment and getattr(augment, "__name__", type(augment).__name__),
        **simplify(own),
    }


def resume(
    checkpoint: str | Path,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    settings: dict,
) -> list[dict]:
    """Load a checkpoint of `train` into the network and the optimizer.

    Returns:
        The history of the epochs behind it.

    Raises:
        ValueError: a file that cannot be read, or is of other settings or another network.
    """
    size = Path(checkpoint).stat().st_size
    try:
        stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
        history, before = list(stored["history"]), stored["settings"]
    except Exception as error:  # torch.load raises a dozen kinds for a damaged file
        raise ValueError(
            f"expected a checkpoint of train(), got {checkpoint} ({size:,} bytes), which cannot be "
            "read: truncated, another kind of file, or one that holds more than tensors, numbers "
            "and words"
        ) from error
    names = [name for name in {**before, **settings} if before.get(name) != settings.get(name)]
    differing = [f"{name} {before.get(name)!r}, now {settings.get(name)!r}" for name in names]
    if differing:
        raise ValueError(f"expected the settings of {checkpoint}, got other ones: {differing}")
    try:
        net.load_state_dict(stored["net"])
    except RuntimeError as error:
        message = f"expected a checkpoint of this network, got {checkpoint}: {error}"
        raise ValueError(message) from error
    optimizer.load_state_dict(stored["optimizer"])
    return history
