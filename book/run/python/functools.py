"""functools."""

from _words import missing


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


def partial(function, *given, **usual):
    return lambda *more, **named: function(*given, *more, **{**usual, **named})


__getattr__ = missing("functools")
