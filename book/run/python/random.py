"""Random numbers that torch does not draw; other ones than CPython's."""

import urandom
from _words import missing


class Random:
    """A stream that begins with a seed. (There is one for all here: it begins anew.)"""

    def __init__(self, seed=0):
        urandom.seed(seed)
        self.random, self.uniform = urandom.random, urandom.uniform


__getattr__ = missing("random")
