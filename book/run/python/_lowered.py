"""What lowering.js writes in place of Python that MicroPython lacks, and builtins that it lacks.

All of it goes into `builtins`.
"""

import builtins
import sys

import _text
import _words
from _dicts import Dict, dict_of, make_class, make_dict
from _repr import CLOSURE, METHOD, represent

sys.path[:] = ["/lib", "", ".frozen"]  # our stand-ins before MicroPython's own

MISSING = (  # error → what it is one of
    ("FileNotFoundError", OSError),
    ("ConnectionError", OSError),
    ("FloatingPointError", ArithmeticError),
    ("RecursionError", RuntimeError),
    ("Warning", Exception),
)
_id, _open, _print, _sorted, _zip = id, open, print, sorted, zip
float_, str_, list_, tuple_ = float, str, list, tuple


def list_of(values=()):
    """list(values)."""
    return [value for value in values]


def step(values, start, stop, by):
    """values[start:stop:by], of a list too."""
    if not isinstance(values, (list, tuple, str, bytes, range)):
        return values[make_slice(start, stop, by)]
    size, by = len(values), 1 if by is None else by
    low, high = (0, size) if by > 0 else (-1, size - 1)

    def place(bound, usual):
        return usual if bound is None else min(max(bound + size * (bound < 0), low), high)

    edges = (low, high) if by > 0 else (high, low)
    found = [values[n] for n in range(place(start, edges[0]), place(stop, edges[1]), by)]
    return "".join(found) if isinstance(values, str) else type(values)(found)


class _Slices:
    def __getitem__(self, items):
        return items[0]


SLICES = _Slices()


def make_slice(*bounds):
    """slice(stop), slice(start, stop) or slice(start, stop, step)."""
    start, stop, by = (None, *bounds, None) if len(bounds) == 1 else (*bounds, None)[:3]
    return SLICES[start:stop:by, None]  # not lowered: no list takes two items


def write(value, spec=""):
    """format(value, spec)."""
    kind = type(value)
    if kind is int and spec[-1:] in tuple("eEfFgG%"):
        value, kind = float_(value), float_
    if kind is float_ and spec:
        text = _text.formatFloat(value, spec)
        if text is None:
            raise ValueError(f"Invalid format specifier '{spec}' for object of type 'float'")
        return text
    if kind in (str, int, bool):
        return getattr("{:" + spec + "}", "format")(value) if spec else str(value)
    if hasattr(value, "__format__"):
        return value.__format__(spec)
    if spec:
        raise TypeError(f"unsupported format string passed to {kind.__name__}.__format__")
    return represent(value) if kind in (list, tuple, set) else str(value)


def to_float(value=0.0):
    """float(value)."""
    return float_(value.item() if hasattr(value, "_h") else value)


def to_str(*given):
    """str(value): of an error in CPython's words, of a list with letters of all scripts."""
    if len(given) == 1 and isinstance(given[0], BaseException):
        return _words.tell(given[0])
    kinds = list, tuple, CLOSURE, METHOD
    return represent(given[0]) if given and type(given[0]) in kinds else str_(*given)


OPERATORS = {
    "mul": lambda a, b: a * b, "truediv": lambda a, b: a / b, "and": lambda a, b: a & b,
    "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b, "pow": lambda a, b: a**b,
}  # fmt: skip


def inplace(target, name, value):
    """target *= value, and its like: in place where the target can."""
    if type(target) not in (int, float_):
        change = getattr(target, f"__i{name}__", None)
        if change is not None:
            return change(value)
    return OPERATORS[name](target, value)


def fill(text, given, named, rest=None):
    """text.format(…), which in MicroPython takes no tensor and rounds halves up."""
    out, rest = "", list(given) if rest is None else rest
    while text:
        head, mark, text = text.partition("{")
        out += head.replace("}}", "}") + mark * (text[:1] == "{")
        if not mark or text[:1] == "{":
            text = text[1:]
            continue
        field, _, text = text.partition("}")
        while field.count("{") > field.count("}"):
            more, _, text = text.partition("}")
            field += "}" + more
        head, _, spec = field.partition(":")
        name, _, conversion = head.partition("!")
        name, *inner = name.split(".")
        if name in named:
            value = named[name]
        else:
            value = given[int(name)] if name else rest.pop(0)
        for each in inner:
            value = getattr(value, each)
        if conversion:
            value = represent(value) if conversion == "r" else to_str(value)
        out += write(value, fill(spec, given, named, rest))
    return out


class Percent:
    """A text whose % takes tensors, and rounds halves to even."""

    def __init__(self, text):
        self.text = text

    def __mod__(self, values):
        rest = list(values) if type(values) is tuple else [values]
        out, *parts = self.text.replace("%%", "\0").split("%")
        for part in parts:
            size = 0
            while part[size : size + 1] in tuple("-+ #0.123456789"):
                size += 1
            spec, kind, tail = part[:size], part[size : size + 1], part[size + 1 :]
            if not rest:
                raise TypeError("not enough arguments for format string")
            value = rest.pop(0)
            if kind in ("s", "r"):
                value, kind = represent(value) if kind == "r" else to_str(value), ""
            elif kind in ("d", "i"):
                value, kind = int(value), "d"
            elif kind in tuple("fegFEG"):
                value = to_float(value)
            align = "<" if "-" in spec else "" if kind else ">"
            out += write(value, align + spec.replace("-", "") + kind) + tail
        if rest:
            raise TypeError("not all arguments converted during string formatting")
        return out.replace("\0", "%")


class Text:
    """The methods that a str lacks, as functions of it."""

    format = staticmethod(lambda text, *given, **named: fill(text, given, named))
    casefold = staticmethod(lambda text: text.lower())
    capitalize = staticmethod(lambda text: text[:1].upper() + text[1:].lower())
    title = staticmethod(lambda text: " ".join([Text.capitalize(word) for word in text.split(" ")]))
    ljust = staticmethod(lambda text, size, fill=" ": text + fill * (size - len(text)))
    rjust = staticmethod(lambda text, size, fill=" ": fill * (size - len(text)) + text)
    zfill = staticmethod(lambda text, size: Text.rjust(text, size, "0"))
    removeprefix = staticmethod(
        lambda text, part: text[len(part) :] if text.startswith(part) else text
    )
    removesuffix = staticmethod(
        lambda text, part: text[: len(text) - len(part)] if text.endswith(part) else text
    )
    splitlines = staticmethod(
        lambda text: (text[:-1] if text[-1:] == "\n" else text).split("\n") if text else []
    )


def method(value, name):
    """A method of a value, of a str too where it lacks that one."""
    if name == "sort" and isinstance(value, list):
        return lambda **how: sort_list(value, how)
    if not isinstance(value, str):
        return getattr(value, name)
    return lambda *given, **named: getattr(Text, name)(value, *given, **named)


def print_(*values, **how):
    """print, with what a list holds, and errors, written as CPython does."""
    _print(*[to_str(value) for value in values], **how)


def zip_(*rows, strict=False):
    """zip, with `strict`."""
    if strict:
        rows = [list(row) for row in rows]
        for number, row in enumerate(rows):
            if len(row) != len(rows[0]):
                word = "shorter" if len(row) < len(rows[0]) else "longer"
                raise ValueError(f"zip() argument {number + 1} is {word} than argument 1")
    return _zip(*rows)


def comparing(native):
    """max or min, for tensors too: to MicroPython a comparison that is no bool is false."""

    def find(*values, key=None, **how):
        def measure(value):
            value = value if key is None else key(value)
            return value.item() if hasattr(value, "_h") else value

        values = (list_of(values[0]),) if len(values) == 1 else values
        return native(*values, key=measure, **how)

    return find


def sorted_(values, key=None, reverse=False):
    """sorted, which keeps the order of equals, as MicroPython's does not."""
    numbered = [(value, -n if reverse else n) for n, value in enumerate(list_of(values))]

    def measure(row):
        value = row[0] if key is None else key(row[0])
        return value.item() if hasattr(value, "_h") else value, row[1]

    return [value for value, _ in _sorted(numbered, key=measure, reverse=reverse)]


def sort_list(values, how):
    """values.sort(…), as sorted does it."""
    values[:] = sorted_(values, **how)


def open_(path, *how, **named):
    """open, with CPython's word on a file that is not there."""
    try:
        return _open(str(path), *how, **named)
    except OSError:
        raise FileNotFoundError(f"[Errno 2] No such file or directory: '{path}'") from None


def id_(value):
    """id; of one tensor the same, whichever object holds it."""
    own = getattr(value, "_h", None)
    return _id(value if own is None else own)


for _name, _base in MISSING:
    setattr(builtins, _name, make_class(_name, _base))
for _name, _value in (
    ("__dict", make_dict), ("__dict_of", dict_of), ("__step", step), ("__write", write),
    ("__list", lambda *items: list_(items)), ("__tuple", lambda *items: items),
    ("__list_of", list_of), ("__tuple_of", lambda values=(): tuple_(list_of(values))),
    ("__set", lambda *items: set(items)), ("slice", make_slice), ("format", write),
    ("vars", lambda value: dict_of(value.__dict__)), ("__float", to_float), ("__str", to_str),
    ("print", print_), ("repr", represent),
    ("zip", zip_), ("id", id_), ("open", open_), ("__method", method),
    ("__inplace", inplace), ("__percent", Percent), ("__Dict", Dict),
    ("max", comparing(max)), ("min", comparing(min)), ("sorted", sorted_),
):  # fmt: skip
    setattr(builtins, _name, _value)
