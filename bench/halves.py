"""A mini-batch in halves, a thread and a core each.

PyTorch divides each operation among its threads. Those of this network are too small to gain much:
two threads take four fifths of one thread's time. Here a thread computes the gradients of its half
alone; then one updates the largest weight and the other all the rest. PyTorch's operations hold
Python's lock only between one another.
"""

from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F

from lenet_course import Net, prepare_images
from lenet_course.digits import Digits
from lenet_course.training.recipe import OPTIMIZERS, Recipe
from lenet_course.training.schedule import compute_triangle, set_rate
from lenet_course.training.standardise import Standardised, fold


def train_in_halves(recipe: Recipe, digits: Digits, seed: int) -> Net:
    """Train a fresh network as `train_by` would, on two threads, for one epoch.

    Args:
        recipe: of one epoch, standardised, without augmentation or average.
        digits: images uint8 (N, 28, 28) and labels int64 (N,), on the CPU.
        seed: decides the first weights and the order, as there.
    """
    torch.manual_seed(seed)
    model = Standardised(Net()).to(memory_format=torch.channels_last)
    parameters = list(model.parameters())
    largest = max(parameters, key=torch.numel)
    optimizers = [
        OPTIMIZERS[recipe.optimizer](part, recipe.learning_rate, weight_decay=recipe.weight_decay)
        for part in ([largest], [each for each in parameters if each is not largest])
    ]
    images, labels = prepare_images(digits.images), digits.labels
    steps = len(labels) // recipe.batch_size
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(1000 * seed))

    def differentiate(half: torch.Tensor) -> tuple[torch.Tensor, ...]:
        logits, smoothing = model(images[half]), recipe.label_smoothing
        loss = F.cross_entropy(logits, labels[half], label_smoothing=smoothing)
        return torch.autograd.grad(loss / 2, parameters)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for each operation
    try:
        with ThreadPoolExecutor(2) as pool:
            for step, batch in enumerate(order[: steps * recipe.batch_size].view(steps, -1)):
                for optimizer in optimizers:
                    set_rate(optimizer, compute_triangle(step, steps, recipe.warm_up))
                halves = pool.map(differentiate, batch.chunk(2))
                for parameter, *gradients in zip(parameters, *halves, strict=True):
                    parameter.grad = sum(gradients)
                list(pool.map(lambda optimizer: optimizer.step(), optimizers))
    finally:
        torch.set_num_threads(threads)
    return fold(model)
