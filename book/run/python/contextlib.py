"""Context managers."""

from functools import wraps


class nullcontext:
    def __init__(self, value=None):
        self.value = value

    def __enter__(self):
        return self.value

    def __exit__(self, *_):
        pass


class suppress:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        pass

    def __exit__(self, kind, error, _):
        return kind is not None and issubclass(kind, self.kinds)


class _Generated:
    def __init__(self, steps):
        self.steps = steps

    def __enter__(self):
        return next(self.steps)

    def __exit__(self, kind, error, _):
        try:
            if error is None:
                next(self.steps)
            else:
                self.steps.throw(error)
                return True
        except StopIteration:
            return error is not None


def contextmanager(function):
    return wraps(function)(lambda *args, **kwargs: _Generated(function(*args, **kwargs)))
