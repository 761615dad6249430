"""Data classes. lowering.js makes of each annotated name a field: `builtins.__field`."""

import builtins

MISSING = object()


class Field:
    count = 0

    def __init__(self, default=MISSING, default_factory=MISSING, **_):
        Field.count += 1
        self.order, self.default, self.factory = Field.count, default, default_factory

    def make(self, owner):
        if self.factory is not MISSING:
            return self.factory()
        if self.default is MISSING:
            raise TypeError(
                f"{owner}.__init__() missing 1 required positional argument: '{self.name}'"
            )
        return self.default


def field(**how):
    return Field(**how)


def make_field(default=MISSING):
    return default if isinstance(default, Field) else Field(default)


builtins.__field = make_field


def find_fields(owner):
    """The fields of a class in the order in which they stand, its bases' first."""
    found = []
    for base in owner.__bases__:
        found += find_fields(base) if base is not object else []
    own = [pair for pair in owner.__dict__.items() if isinstance(pair[1], Field)]
    for name, each in sorted(own, key=lambda pair: pair[1].order):
        each.name = name
        found.append(each)
    return found


def bind(owner, fields, args, named):
    """The value of each field, of what a call gives."""
    if len(args) > len(fields):
        raise TypeError(
            f"{owner}.__init__() takes {len(fields) + 1} positional arguments "
            f"but {len(args) + 1} were given"
        )
    values = list(args)
    for each in fields[len(args) :]:
        values.append(named.pop(each.name) if each.name in named else each.make(owner))
    if named:
        raise TypeError(f"{owner}.__init__() got an unexpected keyword argument '{list(named)[0]}'")
    return values


def dataclass(cls=None, frozen=False, eq=True, **_):
    if cls is None:
        return lambda cls: dataclass(cls, frozen, eq)
    names = find_fields(cls)

    def __init__(self, *args, **named):
        for each, value in zip(names, bind(cls.__name__, names, args, named)):
            object.__setattr__(self, each.name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def __repr__(self):
        rows = [f"{each.name}={getattr(self, each.name)!r}" for each in names]
        return f"{type(self).__name__}({', '.join(rows)})"

    def __eq__(self, other):
        values = [[getattr(each, f.name) for f in names] for each in (self, other)]
        return type(self) is type(other) and values[0] == values[1]

    def refuse(self, name, value):
        raise AttributeError(f"cannot assign to field '{name}'")

    cls.__init__, cls.__repr__, cls.__str__ = __init__, __repr__, __repr__
    if eq:
        cls.__eq__ = __eq__
    if frozen:
        cls.__setattr__ = refuse
    return cls
