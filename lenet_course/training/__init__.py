"""Training: the loop, its optimizers and inputs, and a program (`__main__.py`)."""

from lenet_course.training.loop import compute_triangle, evaluate, train

__all__ = ["compute_triangle", "evaluate", "train"]
