"""Reading what a reader's code says: from the text of the cells, since a function keeps no code."""

from types import FunctionType

from _cell import SOURCES


def is_stub(function):
    """Whether a function does nothing at all: its body is `...`, as the exercise left it."""
    return read_body(function) == "..."


def does_anything(answer):
    """Whether a class's __init__ does more than to call that of its base, as the stub does."""
    body = find_block("class", answer.__name__)
    lines = [line.strip() for line in find_definition(body, "__init__").split("\n")[1:]]
    return any(line and line not in ("super().__init__()", "...") for line in lines)


def find_loose(answer, names):
    """The first of `names` that a class's __init__ makes as a variable, without `self.`."""
    lines = find_definition(find_block("class", answer.__name__), "__init__").split("\n")
    made = [
        name.strip()
        for line in lines
        for name in line.partition(" = ")[0].split(",")
        if " = " in line
    ]
    return next((name for name in names if name in made), None)


def find_unread(function, count):
    """The first of a function's `count` first arguments that it never reads; a stub reads none."""
    if not isinstance(function, FunctionType) or is_stub(function):
        return None
    head, _, body = find_block("def", function.__name__).partition(":\n")
    given = [part.strip().split("=")[0] for part in head.partition("(")[2].rstrip(")").split(",")]
    words = "".join(
        [
            letter if letter.isalpha() or letter.isdigit() or letter == "_" else " "
            for letter in body
        ]
    )
    return next((name for name in given[:count] if name and name not in words.split()), None)


def read_body(function):
    """The body of a function, its docstring and comments left out."""
    lines = find_block("def", getattr(function, "__name__", "")).split("\n")[1:]
    lines = [line.partition("#")[0].strip() for line in lines]
    return "\n".join([line for line in lines if line and line[:3] not in ('"""', "'''")])


def find_block(kind, name):
    """The text of what was last defined under a name: `def` or `class`."""
    for source in reversed(SOURCES):
        found = find_definition(source, name, kind)
        if found:
            return found
    return ""


def find_definition(source, name, kind="def"):
    """A definition in a source: its first line, and those that are indented further."""
    lines = source.split("\n")
    for place in range(len(lines) - 1, -1, -1):
        head = lines[place].lstrip()
        if not (head.startswith(f"{kind} {name}(") or head.startswith(f"{kind} {name}:")):
            continue
        margin, block = len(lines[place]) - len(head), [lines[place]]
        for line in lines[place + 1 :]:
            if (
                line.strip()
                and len(line) - len(line.lstrip()) <= margin
                and line.strip()[0] not in ")]}"
            ):
                break
            block.append(line)
        return "\n".join(block)
    return ""
