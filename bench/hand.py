"""How a hand follows a way: points on a smooth curve, unsteadily and at an uneven pace."""

import random

from bench.ink import SIDE


def bend(way: list[tuple[float, float]], share: float, piece: int) -> list[float]:
    """A place between two points of a way, on a Catmull–Rom spline through all of them."""
    a, b, c, d = (way[min(max(piece + k, 0), len(way) - 1)] for k in (-1, 0, 1, 2))
    if a == b or c == d:  # a corner: the curve ends here
        a, d = (b if a == b else a), (c if c == d else d)
    t = share
    bent = []
    for p, q, r, s in zip(a, b, c, d, strict=True):
        square, cube = 2 * p - 5 * q + 4 * r - s, 3 * q - p - 3 * r + s
        bent.append(0.5 * (2 * q + (r - p) * t + square * t**2 + cube * t**3))
    return bent


def move_like_a_hand(way, stray: float, speed: float, draw: random.Random):
    """Yield (x, y, milliseconds since the last): it trembles, hurries, and slows at the ends."""
    aim = [(x + draw.gauss(0, stray), y + draw.gauss(0, stray)) for x, y in way]
    for k in range(1, len(way)):  # what was a corner stays one
        if way[k] == way[k - 1]:
            aim[k] = aim[k - 1]
    tremble, pace = [0.0, 0.0], 1.0
    for piece in range(len(aim) - 1):
        (x, y), (right, down) = aim[piece : piece + 2]
        length = ((right - x) ** 2 + (down - y) ** 2) ** 0.5
        share = 0.0
        while length and share < 1:
            tremble = [0.8 * shift + draw.gauss(0, 0.25 * stray) for shift in tremble]
            pace = min(1.6, max(0.5, pace + draw.gauss(0, 0.12)))
            x, y = (v + shift for v, shift in zip(bend(aim, share, piece), tremble, strict=True))
            wait = draw.uniform(7, 17)
            yield min(max(x, 8), SIDE - 8), min(max(y, 8), SIDE - 8), wait
            ends = (piece == 0 and share < 0.3) or (piece == len(aim) - 2 and share > 0.7)
            share += wait * speed * pace * (0.6 if ends else 1) / length
    yield *aim[-1], 10
