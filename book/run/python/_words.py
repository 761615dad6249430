"""CPython's words for errors that MicroPython tells otherwise, and for what is not here."""

NOWHERE = "this page's engine has no {}; Colab and the notebook have it"
STR = str
SIGNS = (
    ("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("floordiv", "//"), ("mod", "%"),
    ("pow", "** or pow()"), ("matmul", "@"), ("and", "&"), ("or", "|"), ("xor", "^"),
    ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="),
)  # fmt: skip
REPLACED = (
    ("' isn't defined", "' is not defined"),
    ("object isn't ", "object is not "),
    ("takes 1 positional arguments", "takes 1 positional argument"),
    ("divide by zero", "division by zero"),
    ("invalid syntax for integer with", "invalid literal for int() with"),
)


def missing(module):
    """Make the __getattr__ of a module: it says that this page has no such name."""

    def refuse(name):
        words = NOWHERE.format(f"{module}.{name}")
        raise AttributeError(f"module '{module}' has no attribute '{name}': {words}")

    return refuse


def tell(error):
    """str(error) as CPython has it."""
    if isinstance(error, KeyError) and error.args:
        return repr(error.args[0])
    words = STR(error)
    for ours, theirs in REPLACED:
        words = words.replace(ours, theirs)
    head, _, kinds = words.partition("__: ")
    if head.startswith("unsupported types for __"):
        sign = dict(SIGNS).get(head[len("unsupported types for __") :], head)
        left, _, right = kinds.partition(", ")
        if sign[0] in "<>":
            return f"'{sign}' not supported between instances of {left} and {right}"
        if sign == "+" and left in ("'str'", "'list'"):
            kind, other = left[1:-1], right[1:-1]
            return f'can only concatenate {kind} (not "{other}") to {kind}'
        return f"unsupported operand type(s) for {sign}: {left} and {right}"
    return words
