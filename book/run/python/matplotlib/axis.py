"""A scale: its ends, its marks and its name."""

import math


class Axis:
    def __init__(self):
        self.limits = self.ticks = self.labels = None
        self.label, self.scale, self.is_inverted, self.on_top = "", "linear", False, False
        self.form, self.grid = None, None

    def tick_top(self):
        self.on_top = True

    def set_major_formatter(self, form):
        self.form = form

    def measure(self, value):
        return math.log10(value) if self.scale == "log" else value

    def find_limits(self, values, from_zero):
        """Set the ends, where they are not set, around values; zero stays an end for bars."""
        if self.limits is None:
            shown = [self.measure(v) for v in values if self.scale != "log" or v > 0] or [0, 1]
            low, high = min(shown), max(shown)
            room = 0.05 * (high - low) or 0.5
            ends = low if from_zero and low == 0 else low - room, high + room
            self.limits = tuple([10**end for end in ends]) if self.scale == "log" else ends
        if self.is_inverted:
            self.limits, self.is_inverted = tuple(reversed(self.limits)), False

    def find_ticks(self):
        """The places of the marks and their words."""
        low, high = sorted(self.limits)
        if self.ticks is not None:
            places = list(self.ticks)
        elif self.scale == "log":
            first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
            places = [10.0**n for n in range(first, last + 1)]
        else:
            raw = (high - low) / 6 or 1
            unit = 10.0 ** math.floor(math.log10(raw))
            step = next(unit * n for n in (1, 2, 5, 10) if unit * n >= raw)
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            places = [n * step for n in range(first, last + 1)]
        if self.labels is not None:
            return list(zip(places, map(str, self.labels)))
        return [(place, self.name(place)) for place in places]

    def name(self, place):
        if self.form:
            return self.form.format(x=int(place) if place == int(place) else place)
        if self.scale == "log":
            return f"10{superscript(round(math.log10(place)))}"
        return f"{place:.6g}".replace("-", "−")


def superscript(number):
    return "".join(["⁻" if letter == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(letter)] for letter in str(number)])
