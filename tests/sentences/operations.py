"""The operation that makes a result of its parts, as a key of WORDS."""

from functools import reduce

import torch

OPERATIONS = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div}


def find_operation(result, *parts) -> str:
    """Find which one of OPERATIONS, done to the parts one after another, gives the result.

    Raises: ValueError where none does, or more than one.
    """
    result, *parts = (torch.as_tensor(each, dtype=torch.float32) for each in (result, *parts))
    fitting = [
        key
        for key, operation in OPERATIONS.items()
        if torch.allclose(reduce(operation, parts).squeeze(), result.squeeze(), atol=1e-4)
    ]
    if len(fitting) != 1:
        raise ValueError(f"expected one operation that gives {result}, got {fitting}")
    return fitting[0]
