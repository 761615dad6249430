"""Chapter 2."""

import numpy as np
import torch

from lenet_course import Net, checks

CASES = {
    checks.check_conv2_count: [
        ("right", 2416),
        ("right", torch.tensor(2416.0, requires_grad=True)),
        ("right", np.int64(2416)),
        ("right", sum(p.numel() for p in Net().conv2.parameters())),
        ("one_channel", 16 * (5 * 5 + 1)),
        ("one_kernel", 6 * 5 * 5 + 1),
        ("no_bias", 16 * 6 * 5 * 5),
        ("one_bias", 16 * 6 * 5 * 5 + 1),
        ("other", 0),
    ],
}
