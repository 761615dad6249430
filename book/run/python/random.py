"""Random numbers that torch does not draw; other ones than CPython's."""

from urandom import *
import urandom


class Random:
    """A stream that begins with a seed. (There is one for all here: it begins anew.)"""

    def __init__(self, seed=0):
        urandom.seed(seed)
        self.random, self.uniform, self.randint = urandom.random, urandom.uniform, urandom.randint
        self.choice, self.randrange = urandom.choice, urandom.randrange


def shuffle(values):
    for place in range(len(values) - 1, 0, -1):
        other = urandom.randrange(place + 1)
        values[place], values[other] = values[other], values[place]
