"""functools."""


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
