"""Whether operations are recorded: torch.no_grad and torch.enable_grad."""

import _engine


class _Switch:
    """A context manager and a decorator that turns the recording of operations on or off."""

    _yes = False

    def __init__(self, mode=None):
        self._before = []

    def __enter__(self):
        self._before.append(_engine.setGradEnabled(self._yes))

    def __exit__(self, *_):
        _engine.setGradEnabled(self._before.pop())

    def __call__(self, function):
        def run(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return run


class no_grad(_Switch):
    def __new__(cls, function=None):  # @torch.no_grad and @torch.no_grad()
        made = super().__new__(cls)
        made._before = []
        return made(function) if callable(function) else made


class enable_grad(_Switch):
    _yes = True
