"""Chapter 0."""

import numpy as np
import torch

from lenet_course.exercises import welcome as exercises
from lenet_course.exercises.welcome import pick_misread_nine
from tests.exercises.judging import *  # noqa: F403


def draw(*places, ink=1.0):
    """The 9 that is read as a 4, with ink put on it: places are (rows, columns)."""
    picture = pick_misread_nine()
    for rows, columns in places:
        picture[0, 0, rows, columns] = ink
    return picture


CASES = {
    exercises.check_two_best: [
        ("right", (3, 8)),
        ("right", [3.0, 8.0]),
        ("right", torch.tensor([3, 8])),
        ("right", np.array([[3, 8]])),
        ("two", 3),
        ("two", {3, 8}),
        ("text", ("3", "8")),
        ("two", (3, 8, 9)),
        ("from_one", (4, 9)),
        ("lowest", (0, 6)),
        ("text", "3, 8"),
    ],
    exercises.check_accuracy_on_fours: [
        ("right", 0.99),
        ("right", 198 / 200),
        ("right", torch.tensor(0.99)),
        ("count", 198),
        ("all_digits", 0.9965),
        ("arrow", 197 / 200),
        ("missed", 199 / 200),
        ("other", 0.5),
    ],
    exercises.check_mended_nine: [
        ("open", draw()),
        ("right", draw((slice(9, 11), slice(17, 20)))),
        ("right", draw((9, slice(17, 23)))),
        ("right", draw(*[(7 + n, 17 + n) for n in range(1, 7)])),
        ("right", draw((slice(10, 12), slice(17, 22)), ink=0.8)),
        ("right", draw((9, slice(17, 23))).double().requires_grad_()),
        ("shape", draw((9, slice(17, 23)))[0, 0]),
        ("range", draw((9, slice(17, 23)), ink=255)),
        ("right", draw((slice(9, 11), slice(17, 23)))),  # twelve pixels
        ("too_many", draw((slice(9, 11), slice(17, 23)), (8, 17))),  # thirteen
        ("too_many", draw((9, slice(None)))),
        ("too_many", draw((slice(None), slice(None)), ink=0)),
        ("erased", draw((slice(14, 16), slice(21, 23)), ink=0)),
        ("swapped", draw((slice(17, 23), 9))),
        ("another_digit", draw((slice(25, 27), slice(17, 23)))),
        ("nearer", draw((9, 17))),
        ("farther", draw((slice(8, 14), slice(22, 24)))),
    ],
}
