"""Iterators."""


def chain(*rows):
    for row in rows:
        yield from row


def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(values):
    values = list(values)
    while values:
        yield from values


def repeat(value, times=None):
    while times is None or times > 0:
        yield value
        times = times and times - 1


def islice(values, *bounds):
    chosen = slice(*bounds)
    start, stop, step = chosen.start or 0, chosen.stop, chosen.step or 1
    for place, value in enumerate(values):
        if stop is not None and place >= stop:
            return
        if place >= start and (place - start) % step == 0:
            yield value
            if stop is not None and place + step >= stop:
                return


def accumulate(values, function=None):
    total = None
    for place, value in enumerate(values):
        total = value if place == 0 else function(total, value) if function else total + value
        yield total


def pairwise(values):
    values = list(values)
    return zip(values, values[1:])


def zip_longest(*rows, fillvalue=None):
    rows = [list(row) for row in rows]
    for place in range(max(map(len, rows))):
        yield tuple([row[place] if place < len(row) else fillvalue for row in rows])


def product(*rows, repeat=1):
    found = [()]
    for row in [list(row) for row in rows] * repeat:
        found = [head + (each,) for head in found for each in row]
    return iter(found)


def permutations(values, size=None):
    values = list(values)
    size = len(values) if size is None else size
    for places in product(range(len(values)), repeat=size):
        if len(set(places)) == size:
            yield tuple([values[place] for place in places])


def combinations(values, size):
    values = list(values)
    for places in product(range(len(values)), repeat=size):
        if all(a < b for a, b in zip(places, places[1:])):
            yield tuple([values[place] for place in places])


def takewhile(holds, values):
    for value in values:
        if not holds(value):
            return
        yield value
