"""A mistake is a wrong answer: an exercise is a table of answers, the right one first.

A table is a function of what an answer is given, [(key, answer), …]: what is right there, and what
each mistake makes of it. "You did what this one does", on everything given, is all that is said.
"""

import functools
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch

from lenet_course.checks.answers import is_close, read_number, read_tensor
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker, load_hints

BROKEN = {"raised", "nan", "infinite"}


class Kind(NamedTuple):
    """Wrong answers of many values: whether one was found, and an example for the tests."""

    holds: Callable[[torch.Tensor], bool]
    example: torch.Tensor


class Harder(NamedTuple):
    """What is given to an answer that was right so far.

    Attributes:
        given: makes the arguments of the calls.
        broken: the key where the function raises, or what it returns is no number; without it, the
            error is told.
        wrong: the key of any other wrong answer; without it, that of the exercise's table.
    """

    given: Callable[[], Iterable[tuple]]
    broken: str | None = None
    wrong: str | None = None


def shaped(*shape: int) -> Kind:
    """Wrong answers that are known by their shape, whatever their values."""
    return Kind(lambda found: tuple(found.shape) == shape, torch.zeros(shape))


def near(value: float, within: float) -> Kind:
    """Answers that are a number as far as it was rounded."""
    return Kind(lambda found: abs(found - value) <= within, torch.as_tensor(value))


def match(found: torch.Tensor, table: Iterable, rtol: float = 1e-4, atol: float = 1e-5) -> list:
    """List the keys of the answers that `found` agrees with, in the table's order."""

    def agrees(answer) -> bool:
        if isinstance(answer, Kind):
            return answer.holds(found)
        return is_close(found, answer, rtol, atol)

    return [key for key, answer in table if agrees(answer)]


def pick(matches: list[list[str]]) -> str:
    """Pick "right", or the first key that was matched wherever the answer was not, or "other".

    One alone may be matched by chance.
    """
    wrong = [keys for keys in matches if "right" not in keys]
    if not wrong:
        return "right"
    return next((key for key in wrong[0] if all(key in keys for keys in wrong)), "other")


def exercise(
    given: Callable[[], Iterable[tuple]] | None = None,
    *,
    read: Callable = read_tensor,
    without: Iterable[str] = (),
    errors: dict[str, str] | None = None,
    several: str | None = None,
    stuck: str | None = None,
    harder: Iterable[Harder] = (),
    rtol: float = 1e-4,
    atol: float = 1e-5,
):
    """Make a checker of a table.

    Args:
        given: makes the arguments that a reader's function is called with, several times; without
            it the answer is a number.
        read: makes a tensor of what a function returned, or raises a Hint.
        without: the torch functions that are to be written by hand.
        errors: what an error's message has in it → the key of the hint that says more of it.
        several: the key where more numbers came than the one that is wanted.
        stuck: the key where a function raises that was right on what it was given before.
        harder: what a right answer is given besides, one after another.
        rtol, atol: how far an answer may be off.

    What agrees with no answer of the table is "other"; what is the same whatever was given is
    "constant", where there is such a hint.
    """

    def decorate(table):
        def call(answer, arguments):
            if given is None:
                return torch.tensor(read_number(answer), dtype=torch.float64)
            try:
                found = read(call_function(answer, *arguments, without=without))
            except Hint as hint:
                raise explain(hint, errors or {}) from None
            if several and found.numel() != 1:
                raise Hint(several)
            return found.view(()) if several else found

        def is_broken(hint):
            return hint.key in BROKEN | set((errors or {}).values())

        def check(answer):
            values, matches = [], []
            for arguments in [()] if given is None else given():
                try:
                    values.append(call(answer, arguments))
                except Hint as hint:
                    is_right = matches and all("right" in keys for keys in matches)
                    raise Hint(stuck) if stuck and is_right and is_broken(hint) else hint from None
                matches.append(match(values[-1], table(*arguments), rtol, atol))
            key = pick(matches)
            if key == "other" and "constant" in load_hints()[table.__name__]:
                key = "constant" if all(torch.equal(values[0], value) for value in values) else key
            for more in harder if key == "right" else ():
                key = try_harder(answer, more)
                if key != "right":
                    return key
            return key

        def try_harder(answer, more):
            for arguments in more.given():
                try:
                    found = call(answer, arguments)
                except Hint as hint:
                    raise Hint(more.broken) if more.broken and is_broken(hint) else hint from None
                key = pick([match(found, table(*arguments), rtol, atol)])
                if key != "right":
                    return more.wrong or key
            return "right"

        made = checker(functools.update_wrapper(check, table))
        made.table, made.given = table, given
        return made

    return decorate


def explain(hint: Hint, errors: dict[str, str]) -> Hint:
    """Say more of an error whose kind is known."""
    said = hint.fields.get("error", "")
    return next((Hint(key, **hint.fields) for part, key in errors.items() if part in said), hint)
