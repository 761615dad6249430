"""Dicts that keep the order of their keys; MicroPython's own forget it."""

import builtins
from ucollections import OrderedDict

from _repr import represent

_dict = dict  # `{}` and `dict(…)` are lowered here, too


class Keys:
    """The keys of a dict, which can be compared and subtracted as a set."""

    def __init__(self, keys):
        self.list = list(keys)

    def __iter__(self):
        return iter(self.list)

    def __len__(self):
        return len(self.list)

    def __contains__(self, key):
        return key in self.list

    def __eq__(self, other):
        return set(self.list) == set(other)

    def __sub__(self, other):
        return set(self.list) - set(other)

    def __and__(self, other):
        return set(self.list) & set(other)

    def __or__(self, other):
        return set(self.list) | set(other)

    def __le__(self, other):
        return set(self.list) <= set(other)

    def __ge__(self, other):
        return set(self.list) >= set(other)

    def __repr__(self):
        return f"dict_keys({represent(self.list)})"

    __str__ = __repr__


class dict_(OrderedDict):
    def keys(self):
        return Keys(super().keys())

    def __repr__(self):
        return "{" + ", ".join([represent(k) + ": " + represent(self[k]) for k in self]) + "}"

    __str__ = __repr__

    def __or__(self, other):
        return make_dict(self, other)

    def update(self, *given, **named):
        for each in (*given, named):
            pairs = [(key, each[key]) for key in each] if isinstance(each, dict) else each
            for key, value in pairs:
                self[key] = value

    def __ior__(self, other):
        self.update(other)
        return self

    def copy(self):
        return make_dict(self)

    @classmethod
    def fromkeys(cls, keys, value=None):
        return dict_of([(key, value) for key in keys])


def make_class(name, base, **fields):
    """A class made of its name; `type` takes no dict of ours."""
    made = type(name, (base,), _dict())
    for field, value in fields.items():
        setattr(made, field, value)
    return made


Dict = make_class("dict", dict_)  # its name is what a reader's `type(x).__name__` says


def make_dict(*parts):
    """A dict of pairs, which are tuples, and of whole dicts."""
    made = Dict()
    for part in parts:
        if type(part) is tuple:
            made[part[0]] = part[1]
        else:
            for key in part:
                made[key] = part[key]
    return made


def dict_of(*pairs, **named):
    """A dict as `dict(…)` makes one."""
    made = make_dict(*pairs) if pairs and hasattr(pairs[0], "keys") else Dict(*pairs)
    made.update(named)
    return made


builtins.__dict = make_dict  # _lowered.py is lowered itself
