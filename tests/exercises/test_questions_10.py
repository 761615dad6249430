"""What the quick questions of chapter 10 claim, beside what its page prints."""

import pytest
import torch


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_10_reading_the_loss_waits_for_it():
    large = torch.rand(8192, 8192, device="cuda")
    (large @ large).mean().item()  # the first call loads libraries, longer than it computes
    done = torch.cuda.Event()
    loss = (large @ large @ large).mean()
    done.record()
    assert not done.query()  # still in the queue
    loss.item()
    assert done.query()
