"""What several tests share: comparing two networks."""

import torch


def equal(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    """Whether two networks' parameters are the same to the last bit."""
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(p, q) for p, q in pairs)
