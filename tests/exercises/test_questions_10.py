"""What the quick questions of chapter 10 claim, beside what its page prints."""

import pytest
import torch

from lenet_course.gpu import load_recording


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


def test_10_without_waiting_a_step_takes_as_long_as_its_kernels():
    recording = load_recording()
    limit = recording["kernels"]["64"]["step"] / recording["kernels"]["64"]["busy"]
    assert round(limit) == 11
    graphs = recording["chapter"]["tables"]["CUDA graph"]
    assert 0.7 * limit < graphs["replay, 64"] / graphs["near, 64"] < limit  # replay comes near it
