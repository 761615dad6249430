"""collections, with what MicroPython's lacks."""

from _lowered import dict_, make_class
from ucollections import namedtuple

OrderedDict = make_class("OrderedDict", dict_)


class deque(list):
    """A list that takes and gives at its front, too."""

    def appendleft(self, value):
        self.insert(0, value)

    def popleft(self):
        return self.pop(0)


class defaultdict(OrderedDict):
    def __init__(self, make=None, *given):
        super().__init__(*given)
        self.default_factory = make

    def __getitem__(self, key):
        if key not in self:
            self[key] = self.default_factory()
        return super().__getitem__(key)


class Counter(OrderedDict):
    def __init__(self, values=()):
        super().__init__()
        for value in values:
            self[value] = self.get(value, 0) + 1

    def most_common(self, count=None):
        return sorted(self.items(), key=lambda pair: -pair[1])[:count]
