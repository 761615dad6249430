"""Reading what a reader's code says, without running it."""

import dis
import inspect


def is_stub(function) -> bool:
    """Whether a function does nothing at all: its body is `...`, as the exercise left it."""
    if not hasattr(function, "__code__"):
        return False
    steps = {instruction.opname for instruction in dis.get_instructions(function)}
    return steps <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def does_anything(answer: type) -> bool:
    """Whether a class's __init__ does more than to call that of its base, as the stub does."""
    code = getattr(answer.__init__, "__code__", None)
    return bool(code) and not set(code.co_names) <= {"super", "__init__", "__class__"}


def find_loose(answer, names) -> str | None:
    """The first of `names` that a class's __init__ makes as a variable, without `self.`."""
    code = getattr(getattr(answer, "__init__", None), "__code__", None)
    return next((name for name in names if code and name in code.co_varnames), None)


def find_unread(function, count: int) -> str | None:
    """The first of a function's `count` first arguments that it never reads; a stub reads none."""
    if not inspect.isfunction(function) or is_stub(function):
        return None
    code = function.__code__
    read = []  # one name a step, or two at once in newer Pythons
    for step in dis.get_instructions(code):
        if "LOAD" in step.opname:  # STORE_FAST_LOAD_FAST stores the first of its two
            names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            read += names[step.opname.startswith("STORE") :]
    given = code.co_varnames[: min(count, code.co_argcount)]
    return next((n for n in given if n not in read and n not in code.co_cellvars), None)
