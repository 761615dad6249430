"""functools."""


class partial:
    def __init__(self, func, *args, **keywords):
        self.func, self.args, self.keywords = func, args, keywords

    def __call__(self, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})


def reduce(function, values, *start):
    values = iter(values)
    found = start[0] if start else next(values)
    for value in values:
        found = function(found, value)
    return found


def wraps(wrapped):
    return lambda function: function  # a function's name cannot be set


def cache(function):
    kept = {}

    def run(*args, **named):
        key = args + tuple(sorted(named.items()))
        if key not in kept:
            kept[key] = function(*args, **named)
        return kept[key]

    return run


def lru_cache(maxsize=None):
    return cache(maxsize) if callable(maxsize) else cache


def cmp_to_key(compare):
    class Key:
        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            return compare(self.value, other.value) < 0

    return Key
