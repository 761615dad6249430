"""The widgets run in the page themselves, above the cells."""

from torch._call import NOWHERE


def __getattr__(name):
    raise AttributeError(
        f"module 'lenet_course.widgets' has no attribute '{name}': " + NOWHERE.format(name)
    )
