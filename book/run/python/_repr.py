"""The repr of values as CPython writes it: letters of all scripts stay as they are."""

_repr = repr
CLOSURE, METHOD = type((lambda held: lambda: held)(0)), type([].append)
ESCAPES = ("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")


def quote(text):
    """The repr of a str, with letters of all scripts as they are."""
    mark = '"' if "'" in text and '"' not in text else "'"
    for letter, name in (*ESCAPES, (mark, "\\" + mark)):
        text = text.replace(letter, name)
    return mark + text + mark


def represent(value):
    """The repr of a value as CPython writes it."""
    if type(value) is str:
        return quote(value)
    if type(value) is list:
        return "[" + ", ".join([represent(each) for each in value]) + "]"
    if type(value) is tuple:
        comma = "," if len(value) == 1 else ""
        return "(" + ", ".join([represent(each) for each in value]) + comma + ")"
    if type(value) in (CLOSURE, METHOD):  # MicroPython writes what it holds, maybe itself
        kind = "function" if type(value) is CLOSURE else "bound method"
        return f"<{kind} {getattr(value, '__name__', '')} at {hex(id(value))}>"
    return _repr(value)
