"""collections, as far as lists and dicts go."""

from _dicts import dict_, make_class

OrderedDict = make_class("OrderedDict", dict_)


class deque(list):
    """A list that takes and gives at its front, too."""

    def appendleft(self, value):
        self.insert(0, value)

    def popleft(self):
        return self.pop(0)
