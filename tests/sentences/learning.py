"""The network of chapter 8, trained for as long as its sentences ask."""

import copy
from functools import cache

import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits, prepare_images
from lenet_course.exercises.run_it_forward import HELD_OUT


def take_steps(net, optimizer, images, labels):
    """Train for as long as is asked; yield each step's loss and logits, from before its update."""
    while True:
        optimizer.zero_grad()
        logits = net(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        yield loss.item(), logits


class Learning:
    """The chapter's network, trained with Adam on the first digits for as long as is asked."""

    def __init__(self, count: int):
        digits = load_digits("train")
        images, labels = prepare_images(digits.images[:count]), digits.labels[:count]
        torch.manual_seed(0)
        self.net = Net()
        optimizer = torch.optim.Adam(self.net.parameters(), lr=0.001)
        self.steps = take_steps(self.net, optimizer, images, labels)
        self.losses, self.kept = [], {}

    def reach(self, steps: int) -> Net:
        """The network after so many steps, a multiple of 20."""
        while len(self.losses) < steps:
            self.losses.append(next(self.steps)[0])
            if len(self.losses) % 20 == 0:
                self.kept[len(self.losses)] = copy.deepcopy(self.net)
        return self.kept[steps]


learn = cache(Learning)


@cache
def read_after(count: int, steps: int) -> float:
    """The share of the validation digits that it reads then."""
    net, digits = learn(count).reach(steps), load_digits("train")
    with torch.no_grad():
        answers = net(prepare_images(digits.images[HELD_OUT:])).argmax(1)
    return (answers == digits.labels[HELD_OUT:]).float().mean().item()
