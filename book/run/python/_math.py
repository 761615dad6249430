"""math, for tensors of one number too; lowering.js imports this one in its place."""

_own = __import__("math")


def _take_tensors(function):
    return lambda *given: function(
        *[each.item() if hasattr(each, "_h") else each for each in given]
    )


for _name in dir(_own):
    if _name[0] != "_":
        _value = getattr(_own, _name)
        globals()[_name] = _take_tensors(_value) if callable(_value) else _value


def prod(values, start=1):
    for value in values:
        start = start * value
    return start
