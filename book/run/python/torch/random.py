"""Random numbers as torch draws them."""

import _engine
from torch._call import call


class Generator:
    """A stream of its own."""

    def __init__(self, device="cpu", handle=None):
        self._h = call("Generator") if handle is None else handle
        self._seed = 67280421310721

    def manual_seed(self, seed):
        self._seed = int(seed)
        call("seedGenerator", self, self._seed)
        return self

    def get_state(self):
        return call("getState", self)

    def set_state(self, state):
        call("setState", self, state)
        return self


class _Default(Generator):
    """The stream that is drawn from where no generator is given: the engine's null."""

    def __init__(self):
        self._h, self._seed = None, 0

    def manual_seed(self, seed):
        call("manual_seed", int(seed))
        return self


default_generator = _Default()


class fork_rng:
    """Leaves the stream as it was."""

    def __init__(self, devices=(), enabled=True):
        pass

    def __enter__(self):
        self._state = _engine.getState(None)

    def __exit__(self, *_):
        _engine.setState(None, self._state)


def get_rng_state():
    return _engine.getState(None)
