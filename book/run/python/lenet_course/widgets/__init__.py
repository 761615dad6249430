"""The widgets run in the page themselves, above the cells."""

from torch._call import missing

__getattr__ = missing("lenet_course.widgets")
