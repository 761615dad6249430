"""Training: the loop, the extras that stand beside it, and a program (`__main__.py`)."""

from lenet_course.training.evaluation import evaluate
from lenet_course.training.loop import train
from lenet_course.training.schedule import compute_triangle

__all__ = ["compute_triangle", "evaluate", "train"]
