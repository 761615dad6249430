"""Kinds of values, as the tuples that isinstance takes: nothing tells it what a class can do."""

Sequence = (list, tuple, range, str)
Mapping = dict
Iterable = (list, tuple, range, str, dict, set)
Iterator = type(_ for _ in ())
Callable = type(lambda: None)
