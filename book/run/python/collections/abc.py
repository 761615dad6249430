"""Kinds of values, as isinstance takes them: here nothing tells it what a class can do."""

Mapping = dict
Iterable = (list, tuple, range, str, dict, set)
Iterator = type(_ for _ in ())
Callable = type(lambda: None)


class Sequence:
    """Behaves as a tuple; torch.Size is one. (Of a real subclass of tuple MicroPython corrupts
    memory in `(1,) + row`.)"""

    def __init__(self, values=()):
        self._values = tuple(values)

    def __getitem__(self, place):
        found = self._values[place]
        return type(self)(found) if type(found) is tuple else found

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __eq__(self, other):
        return self._values == (other._values if isinstance(other, Sequence) else other)

    def __hash__(self):
        return hash(self._values)

    def __add__(self, other):
        return type(self)(self._values + tuple(other))

    def __radd__(self, other):
        return type(self)(tuple(other) + self._values)

    def index(self, value):
        return self._values.index(value)
