"""Widgets: one class, one .js and at most one .css each; their traits are the seam between them."""

from lenet_course.widgets.explorer import LeNetExplorer

__all__ = ["LeNetExplorer"]
