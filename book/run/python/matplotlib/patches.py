"""Shapes."""

from matplotlib.artists import Rectangle  # noqa: F401
