"""One checker an exercise: `check_...(answer)` says what is wrong and why. A module a chapter."""

from lenet_course.checks.inspect_the_parameters import check_conv2_count
from lenet_course.checks.send_it_backward import (
    check_bias_gradient,
    check_held_gradients,
    check_measured_gradient,
)

__all__ = [
    "check_bias_gradient",
    "check_conv2_count",
    "check_held_gradients",
    "check_measured_gradient",
]
