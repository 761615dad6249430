"""math, with what MicroPython's lacks; lowering.js imports this one in its place."""

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


def dist(p, q):
    return _own.sqrt(sum((a - b) ** 2 for a, b in zip(p, q)))


def hypot(*sides):
    return _own.sqrt(sum(side * side for side in sides))


def comb(n, k):
    return prod(range(n - k + 1, n + 1)) // prod(range(1, k + 1))


def gcd(a, b):
    while b:
        a, b = b, a % b
    return abs(a)


def isqrt(n):
    return int(_own.sqrt(n))
