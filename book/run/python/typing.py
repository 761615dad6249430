"""typing.NamedTuple; other names stand for anything."""

from dataclasses import bind, find_fields

Any = Callable = Optional = Union = object


class NamedTuple(tuple):
    def __init__(self, *args, **named):
        fields = find_fields(type(self))
        values = bind(type(self).__name__, fields, args, named)
        super().__init__(values)
        for each, value in zip(fields, values):
            setattr(self, each.name, value)

    def __repr__(self):
        rows = [f"{each.name}={getattr(self, each.name)!r}" for each in find_fields(type(self))]
        return f"{type(self).__name__}({', '.join(rows)})"

    __str__ = __repr__
