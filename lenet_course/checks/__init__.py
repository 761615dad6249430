"""One checker an exercise: `check_...(answer)` says what is wrong and why. A module a chapter."""

from lenet_course.checks.inspect_the_parameters import check_conv2_count

__all__ = ["check_conv2_count"]
