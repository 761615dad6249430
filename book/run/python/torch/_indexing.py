"""What stands in a tensor's brackets, as the engine takes it."""

import _engine
from torch._call import to_js


def to_items(items):
    """What stands in the brackets, as the engine takes it."""
    given = []
    for item in items if type(items) is tuple else (items,):
        if item is Ellipsis:
            item = _engine.ELLIPSIS
        elif isinstance(item, SLICE):
            item = _engine.slice_of(
                *[to_bound(bound) for bound in (item.start, item.stop, item.step)]
            )
        elif isinstance(item, (list, tuple, range)):
            import torch

            item = torch.tensor(list(item))._h
        elif item is None or type(item) in (int, bool) or hasattr(item, "_h"):
            item = to_js(item)
        else:
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables "
                f"are valid indices (got {type(item).__name__})"
            )
        given.append(item)
    return _engine.list(*given)


SLICE = type(slice(None))


def to_bound(bound):
    if isinstance(bound, float):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return int(bound) if hasattr(bound, "_h") else bound
