"""collections, as far as lists and dicts go."""

from _dicts import dict_, make_class
from _words import missing

OrderedDict = make_class("OrderedDict", dict_)


class deque(list):
    """A list that takes and gives at its front, too."""

    def appendleft(self, value):
        self.insert(0, value)

    def popleft(self):
        return self.pop(0)


class Counter(dict_):
    """How often each value is there."""

    def __init__(self, values=()):
        super().__init__()
        self.update(values)

    def __getitem__(self, value):
        return self.get(value, 0)

    def update(self, values):
        for value in values:
            self[value] += values[value] if isinstance(values, dict) else 1

    def total(self):
        return sum(self.values())

    def most_common(self, n=None):
        return sorted(self.items(), key=lambda pair: pair[1], reverse=True)[:n]

    def __repr__(self):
        return f"Counter({dict(self.most_common()) if self else ''})"

    __str__ = __repr__


class defaultdict(dict_):
    """A dict that makes what it lacks."""

    def __init__(self, make=None):
        super().__init__()
        self.default_factory = make

    def __getitem__(self, key):
        if key not in self and self.default_factory:
            self[key] = self.default_factory()
        return super().__getitem__(key)

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict(self)!r})"

    __str__ = __repr__


__getattr__ = missing("collections")
