"""Shapes."""


class Rectangle:
    def __init__(self, xy, width, height, facecolor="#1f77b4", edgecolor="none", lw=1):
        self.xy, self.width, self.height = xy, width, height
        self.facecolor, self.edgecolor, self.lw = facecolor, edgecolor, lw
