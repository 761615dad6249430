"""What the marks of chapter 10 are computed with."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from lenet_course import Net

with FlopCounterMode(display=False) as _counter:
    Net()(torch.zeros(64, 1, 32, 32)).sum().backward()
step_operations = _counter.get_total_flops()  # of 64 digits; a multiplication and an addition are 2
