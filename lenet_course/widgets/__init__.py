"""Widgets: one class, one .js and at most one .css each; their traits are the seam between them."""

from lenet_course.widgets.explorer import LeNetExplorer
from lenet_course.widgets.feature_maps import FeatureMapBrowser
from lenet_course.widgets.graph import GraphExplorer
from lenet_course.widgets.step_by_step import StepByStep

__all__ = ["FeatureMapBrowser", "GraphExplorer", "LeNetExplorer", "StepByStep"]
