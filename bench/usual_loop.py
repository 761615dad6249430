"""The usual MNIST loop, to measure against: one picture at a time through transforms.

Source of the recipe: pytorch/examples, mnist/main.py (DataLoader with batch size 64, ToTensor and
Normalize, Adadelta with learning rate 1.0, times 0.7 after each epoch), with this course's `Net`
and so with a padding to 32×32. Written anew; the steps and numbers are theirs.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from bench.clock import Clock
from lenet_course import Net

TARGET = 0.99  # of MNIST's 10,000 test digits


def time_usual_loop(root: str, seed: int, most_epochs: int, device: str = "cpu") -> dict:
    """Seconds of training until an epoch ends at TARGET or above; measuring is not counted."""
    wall = cpu = 0.0
    epochs = run_usual_loop(root, most_epochs, seed, device)
    for _ in range(most_epochs):
        with Clock() as clock:
            net = next(epochs)
        wall, cpu = wall + clock.wall, cpu + clock.cpu
        accuracy = measure_usual(net, root)
        if accuracy >= TARGET:
            break
    return {"seed": seed, "wall": wall, "cpu": cpu, "accuracy": accuracy}


def run_usual_loop(root: str, epochs: int, seed: int, device: str = "cpu") -> Iterator[Net]:
    """Train on full MNIST; yield the network after each epoch.

    Args:
        root: torchvision's folder, which holds MNIST/raw.
    """
    torch.manual_seed(seed)
    transform = transforms.Compose(
        [transforms.Pad(2), transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    digits = datasets.MNIST(root, train=True, download=False, transform=transform)
    loader = DataLoader(digits, batch_size=64, shuffle=True)
    net = Net().to(device)
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    for _ in range(epochs):
        net.train()
        for data, target in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(data.to(device)), target.to(device))
            loss.backward()
            optimizer.step()
        scheduler.step()
        yield net


def measure_usual(net, root: str) -> float:
    """Accuracy (0 to 1) on MNIST's test digits, through the same transforms."""
    device = next(net.parameters()).device
    data = datasets.MNIST(root, train=False, download=False)
    images = F.pad(data.data.unsqueeze(1).float() / 255, (2, 2, 2, 2))
    with torch.no_grad():
        answers = net(((images - 0.1307) / 0.3081).to(device)).argmax(1).cpu()
    return (answers == data.targets).float().mean().item()
