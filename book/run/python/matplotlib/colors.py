"""Scales of colours: "place colour, …" from 0 to 1, as picture.js reads them."""

SCALES = {
    "gray": "0 #000000,1 #ffffff",
    "gray_r": "0 #ffffff,1 #000000",
    "Oranges": "0 #fff5eb,0.25 #fdd0a2,0.5 #fd8d3c,0.75 #d94801,1 #7f2704",
    "viridis": "0 #440154,0.25 #3b528b,0.5 #21918c,0.75 #5ec962,1 #fde725",
}


class LinearSegmentedColormap:
    @staticmethod
    def from_list(name, stops):
        return ",".join([f"{place} {colour}" for place, colour in stops])
