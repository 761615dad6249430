"""Seconds of a block, and of a network's training."""

import time
from collections.abc import Callable

from lenet_course import Net, evaluate
from lenet_course.digits import Digits


class Clock:
    """Wall and CPU seconds of a block."""

    def __enter__(self):
        self.started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.started[0]
        self.cpu = time.process_time() - self.started[1]


def time_run(train: Callable[[int], Net], test: Digits, seed: int) -> dict:
    """Train with a seed: seconds, and the accuracy (0 to 1) at the end, fixed beforehand."""
    with Clock() as clock:
        net = train(seed)
    accuracy = evaluate(net, test)["accuracy"]
    return {"seed": seed, "wall": clock.wall, "cpu": clock.cpu, "accuracy": accuracy}
