"""Widgets: a folder each, with a class, a script and a style; traits are the seam between them."""

from importlib import import_module

from lenet_course.widgets.registry import WIDGETS

__all__ = []
for _name, _widget in WIDGETS.items():
    _module = import_module(f"lenet_course.widgets.{_name}.widget")
    globals()[_widget.class_name] = getattr(_module, _widget.class_name)
    __all__ += [_widget.class_name]
