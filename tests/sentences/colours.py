"""The name of a colour, as a key of WORDS."""

from colorsys import rgb_to_hsv

from matplotlib.colors import to_rgb

HUES = {"red": (0.92, 0.065), "orange": (0.065, 0.12), "blue": (0.52, 0.68)}  # from, up to


def name_colour(colour) -> str:
    """Name a colour of matplotlib's: one of HUES, or "white", "grey", "black".

    Raises: ValueError for any other.
    """
    hue, saturation, value = rgb_to_hsv(*to_rgb(colour))
    if saturation < 0.05:
        return "white" if value > 0.95 else "grey" if value > 0.2 else "black"
    for name, (start, end) in HUES.items():
        if (hue - start) % 1 < (end - start) % 1:
            return name
    raise ValueError(f"expected white, grey, black or one of {list(HUES)}, got {colour}")
