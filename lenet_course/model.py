"""The network of this course, and its trained weights."""

from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

TRAINED = Path(__file__).parent / "assets" / "lenet.pt"


class Net(nn.Module):
    """LeNet as PyTorch's "Neural Networks" tutorial defines it: 61,706 parameters.

    `forward` takes float images of shape (N, 1, 32, 32) and returns logits of shape (N, 10).

    Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, in the
    tutorial's form: ReLU, max pooling, a linear last layer.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


def load_trained(path: str | Path = TRAINED, device: str = "cpu") -> Net:
    """Load a trained `Net`.

    The shipped weights were made by assets/make_weights.py and rounded once to float16; they are
    computed with in float32.

    Args:
        path: a file with the keys "weights" (a state_dict) and "recipe" (what made it).
        device: where the network goes, such as "cpu" or "cuda".

    Returns:
        The network in evaluation mode. Its `recipe` is a dict that names the script, the data,
        the seed and the accuracy.

    Raises:
        FileNotFoundError: no file there.
        ValueError: a file that is truncated, of another network, or does not say what trained
            it; or a device that this machine does not have.
    """
    target = find_device(device)
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected a weights file, got no file at {path}")
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises a dozen kinds for a damaged file
        size = path.stat().st_size
        raise ValueError(
            f"expected a file of torch.save, got {path} ({size:,} bytes), which cannot be read: "
            "truncated, another kind of file, or one that holds more than tensors, numbers and "
            "words (of NumPy's numbers, item() makes Python's)"
        ) from error
    if not isinstance(stored, dict) or not {"weights", "recipe"} <= set(stored):
        keys = sorted(map(str, stored)) if isinstance(stored, dict) else type(stored).__name__
        raise ValueError(
            f"expected trained weights with the keys 'weights' and 'recipe', got {keys} in {path}; "
            "weights without a recipe may be untrained"
        )
    with torch.random.fork_rng(devices=[]):  # the first values, which nobody sees, cost no draw
        net = Net()
    try:
        net.load_state_dict({name: value.float() for name, value in stored["weights"].items()})
    except (RuntimeError, AttributeError) as error:
        raise ValueError(
            f"expected the weights of Net, got those of another network in {path}: {error}"
        ) from error
    net.recipe = stored["recipe"]
    return net.to(target).eval()


def find_device(device: str) -> torch.device:
    """Return the device of that name.

    Raises:
        ValueError: a device that this machine does not have.
    """
    try:
        target = torch.device(device)
        torch.empty(0, device=target)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        raise ValueError(
            f"expected a device of this machine, got {device!r}; 'cpu' is always there"
        ) from error
    return target
