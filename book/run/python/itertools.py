"""Iterators."""

from _words import missing


def chain(*rows):
    for row in rows:
        yield from row


def islice(values, *bounds):
    start, stop = bounds if len(bounds) == 2 else (0, *bounds)
    for place, value in enumerate(values):
        if stop is not None and place >= stop:
            return
        if place >= start:
            yield value


def pairwise(values):
    values = list(values)
    return zip(values, values[1:])


def permutations(values, size=None):
    values = list(values)
    size = len(values) if size is None else size
    if size == 0:
        yield ()
        return
    for place, first in enumerate(values):
        for rest in permutations(values[:place] + values[place + 1 :], size - 1):
            yield (first, *rest)


def combinations(values, size):
    values = list(values)
    if size == 0:
        yield ()
        return
    for place, first in enumerate(values):
        for rest in combinations(values[place + 1 :], size - 1):
            yield (first, *rest)


__getattr__ = missing("itertools")
