"""Copies."""


def copy(value):
    if isinstance(value, (list, dict, set)):
        return value.copy()
    if hasattr(value, "__copy__"):
        return value.__copy__()
    return (
        value
        if not hasattr(value, "__dict__") or callable(value)
        else _rebuild(value, lambda each: each)
    )


def deepcopy(value, memo=None):
    memo = {} if memo is None else memo
    if id(value) in memo:
        return memo[id(value)]
    if type(value) in (int, float, str, bool, bytes, type(None), type) or isinstance(value, type):
        return value
    if hasattr(value, "__deepcopy__"):
        made = value.__deepcopy__(memo)
    elif isinstance(value, dict):
        made = type(value)()
        for key in value:
            made[deepcopy(key, memo)] = deepcopy(value[key], memo)
    elif type(value) in (list, tuple, set):
        made = type(value)([deepcopy(each, memo) for each in value])
    elif not hasattr(value, "__dict__") or type(value).__name__ in (
        "function",
        "module",
        "bound_method",
        "closure",
    ):
        made = value
    else:
        made = _rebuild(value, lambda each: deepcopy(each, memo), memo)
    memo[id(value)] = made
    return made


def _rebuild(value, change, memo=None):
    made = object.__new__(type(value))
    if memo is not None:
        memo[id(value)] = made
    for name, each in value.__dict__.items():
        object.__setattr__(made, name, change(each))
    return made
