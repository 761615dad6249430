"""A mistake is a wrong answer: an exercise is a table of answers, the right one first.

A table is a function of what an answer is given, [(key, answer), …]: what is right there, and what
each mistake makes of it. "You did what this one does", on everything given, is all that is said. A
third entry of a row, {name: value}, fills in what its sentence leaves open.

An answer is a number, a word, a tensor or a tuple of these. In its place may stand `...`, which is
anything, a Kind, which is known by more than one value, or SAME.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from lenet_course.exercises.answers import is_close, read_tensor
from lenet_course.exercises.calling import LIMIT, call_function
from lenet_course.exercises.verdict import GENERAL, Hint, Verdict, decide

BROKEN = {"raised", "nan", "infinite"}


class Kind(NamedTuple):
    """Answers of many values: whether one was found, and an example for the tests."""

    holds: Callable[..., bool]
    example: object


SAME = Kind(lambda found: False, 8.1)  # what agrees with no row, and is the same whatever was given


def shaped(*shape: int) -> Kind:
    """Tensors that are known by their shape, whatever their values."""
    return Kind(lambda found: tuple(found.shape) == shape, torch.zeros(shape))


def near(value: float, within: float) -> Kind:
    """Numbers as far as they were rounded."""
    return Kind(lambda found: abs(found - value) <= within, float(value))


def between(low: float, high: float) -> Kind:
    """Numbers above `low`, up to `high`."""
    middle = (max(low, -1000) + min(high, 1000)) / 2
    return Kind(lambda found: low < found <= high, middle)


def agrees(found, answer, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Whether what was read is an answer of a table, numbers and tensors within the tolerances."""
    if answer is ... or isinstance(answer, Kind):
        return answer is ... or bool(answer.holds(found))
    if isinstance(answer, tuple):
        alike = isinstance(found, tuple) and len(found) == len(answer)
        return alike and all(agrees(*pair, rtol, atol) for pair in zip(found, answer, strict=True))
    if isinstance(answer, str) or isinstance(found, (str, tuple)):
        return isinstance(answer, str) and found == answer
    return is_close(found, answer, rtol, atol)


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


@dataclass(eq=False)
class Exercise:
    """A checker that judges by a table.

    Attributes:
        table: see above.
        given: makes the arguments that a reader's function is called with, several times; without
            it the answer is no function.
        read: makes of an answer, or of what the function returned, a number, a word, a tensor or a
            tuple of these, or raises a Hint.
        without: the torch functions that are to be written by hand.
        instead: the key of what may be said of any answer, or words of an error → the key of the
            hint that says more of it here.
        stuck: the key where a function raises, or returns no number, that was right before.
        harder: what a right answer is given besides, one after another.
        limit: seconds for each call.
        rtol, atol: how far an answer may be off.
    """

    table: Callable[..., list[tuple]]
    given: Callable[[], Iterable[tuple]] | None = None
    read: Callable = read_tensor
    without: Iterable[str] = ()
    instead: dict[str, str] = field(default_factory=dict)
    stuck: str | None = None
    harder: Iterable[Harder] = ()
    limit: float = LIMIT
    rtol: float = 1e-4
    atol: float = 1e-5

    def __post_init__(self):
        self.__name__, self.__doc__ = self.table.__name__, self.table.__doc__
        self.__module__ = self.table.__module__

    def __call__(self, answer=...) -> Verdict:
        return decide(self.__name__, self.judge, answer)

    def judge(self, answer) -> str:
        """Return "right", or raise the Hint that says what is not."""
        self.try_on(answer, Harder(self.given or (lambda: [()]), broken=self.stuck), False)
        for more in self.harder:
            self.try_on(answer, more, True)
        return "right"

    def try_on(self, answer, more: Harder, was_right: bool) -> None:
        values, matches = [], []
        for arguments in more.given():
            try:
                values.append(self.find_value(answer, arguments))
            except Hint as hint:
                is_broken = hint.key in BROKEN or hint.key in self.instead.values()
                known = was_right and is_broken and more.broken
                raise Hint(known) if known else hint from None
            matches.append(self.match(values[-1], arguments))
            was_right = all("right" in keys for keys in matches)
        key, fields = pick(matches)
        if key == "other" and len(values) > 1 and all(agrees(v, values[0], 0, 0) for v in values):
            key = next((row[0] for row in self.table(*arguments) if row[1] is SAME), key)
            fields = {"number": values[0]}
        if key != "right":
            raise Hint(more.wrong or key, **fields)

    def find_value(self, answer, arguments: tuple):
        """Read what an answer is, or what it returns for these arguments."""
        try:
            if self.given is not None:
                arguments = [dict(a) if isinstance(a, dict) else a for a in arguments]
                answer = call_function(answer, *arguments, without=self.without, limit=self.limit)
            return self.read(answer)
        except Hint as hint:
            raise explain(hint, self.instead) from None

    def match(self, found, arguments: tuple) -> dict[str, dict]:
        """Find the rows that `found` agrees with, in the table's order: {key: fields}."""
        rows = self.table(*arguments)
        agreeing = [row for row in rows if agrees(found, row[1], self.rtol, self.atol)]
        return {key: fields[0] if fields else {} for key, _, *fields in agreeing}


def exercise(given=None, **options) -> Callable[[Callable], Exercise]:
    """Make a checker of a table; the options are an Exercise's attributes."""
    return lambda table: Exercise(table, given, **options)


def pick(matches: list[dict[str, dict]]) -> tuple[str, dict]:
    """Pick "right", or the first key that was matched wherever the answer was not, or "other".

    One alone may be matched by chance.
    """
    wrong = [keys for keys in matches if "right" not in keys]
    if not wrong:
        return "right", {}
    found = (key for key in wrong[0] if all(key in keys for keys in wrong))
    key = next(found, "other")
    return key, wrong[0].get(key, {})


def explain(hint: Hint, instead: dict[str, str]) -> Hint:
    """Say more of an answer that cannot be read, or of an error, whose kind is known."""
    error = hint.fields["error"] if hint.key == "raised" else None
    words = {part: key for part, key in instead.items() if error and part not in GENERAL}
    known = [instead[hint.key]] if hint.key in instead else []
    known += [key for part, key in words.items() if part in error]
    return Hint(known[0], **hint.fields) if known else hint
