"""What a cell holds while it runs: tensors that Python cannot reach are let go, all others stay."""

import json

from tests.run.cells import run_cells

WASTE = """
import torch

def waste():
    for _ in range(24):
        torch.zeros(1_000_000)  # 4 MB

def make(value):
    made = torch.full((1000,), float(value))
    waste()
    return made
"""
HOLDERS = (
    WASTE
    + """
class Holder:
    pass

def hold(default=make(1)):
    local, row, named, holder = make(2), [make(3)], {"x": make(4)}, Holder()
    holder.value = make(5)
    closure = lambda: local + holder.value
    def generate():
        kept = make(6)
        while True:
            yield kept
    generator = generate()
    next(generator)
    waste()
    return [default, local, row[0], named["x"], holder.value, next(generator), closure()]

a, b, c = (make(value) for value in (8, 9, 10))
grown = []
grown.extend(make(value) for value in (11, 12))
held = hold() + [a, b, c] + grown
held += [sum(make(value) for value in (1, 2, 10)), make(1) + make(2) * make(6.5)]
held += [*(make(value) for value in (15, 16)), max([make(17), make(1)], key=lambda t: t[0].item())]
held += list(make(value) for value in (18, 19)) + list(map(make, (20, 21)))
held += sorted((make(value) for value in (23, 22)), key=lambda t: t[0].item())
held += tuple(make(value) for value in (24, 25))
[tensor.mean().item() for tensor in held]
"""
)


def test_what_python_can_reach_stays():
    ((found,),) = run_cells([[HOLDERS]])
    assert found["error"] is None, found["error"]
    assert json.loads(found["result"]) == list(range(1, 26))


def test_a_loop_does_not_hold_what_it_made():
    """1.5 GB are made."""
    ((before, found),) = run_cells([[WASTE, "for _ in range(16):\n    waste()"]])
    assert found["error"] is None, found["error"]
    assert found["megabytes"] - before["megabytes"] < 400
