"""The rules of a style sheet that some page can use: of the themes' Bootstrap most are not.

A rule is left out where every one of its selectors asks for a class or an id whose name stands
nowhere in the pages and their scripts. What stands in :not(…) or :is(…) is not looked at, and a
name that a script may put together (`"bs-tooltip-" + side`) counts as there.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import tinycss2

NESTED = {"media", "supports", "container", "layer"}
NAME = re.compile(r"[\w-]+")


def drop_unused_rules(sheet: str, texts: Iterable[str]) -> str:
    """Return the style sheet without the rules that nothing in `texts` can match."""
    names = {name for text in texts for name in NAME.findall(text)}
    starts = tuple(name for name in names if re.fullmatch(r"[a-z]\w+-", name))

    def is_used(selector: list) -> bool:
        return all(name in names or name.startswith(starts) for name in find_names(selector))

    def write(rule) -> str:
        if rule.type == "qualified-rule":
            kept = [part for part in split_selectors(rule.prelude) if is_used(part)]
            selectors = ",".join(tinycss2.serialize(part).strip() for part in kept)
            return f"{selectors}{{{tinycss2.serialize(rule.content)}}}" if kept else ""
        if rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content is not None:
            inner = "".join(map(write, parse(rule.content)))
            start = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
            return f"{start}{{{inner}}}" if inner else ""
        return rule.serialize()

    return "\n".join(filter(None, map(write, parse(sheet))))


def parse(sheet) -> list:
    return tinycss2.parse_rule_list(sheet, skip_comments=True, skip_whitespace=True)


def split_selectors(tokens: list) -> list[list]:
    """Split a rule's selectors at their commas."""
    parts = [[]]
    for token in tokens:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def find_names(selector: list) -> Iterator[str]:
    """Find the classes and ids that a selector asks for, outside of brackets."""
    for before, token in pairwise([None, *selector]):
        if token.type == "hash" or (token.type == "ident" and before == "."):
            yield token.value
