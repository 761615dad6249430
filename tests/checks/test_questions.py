"""What the quick questions and tasks of chapters 0 to 2 claim, beside what their pages print."""

import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net, load_digits, load_trained, pick_digit, prepare_images
from lenet_course.checks.welcome import SCORED, compute_scores, pick_misread_nine
from tests.chapters import read_notebook


def test_00_the_scores_in_the_task_are_those_of_that_digit():
    scores = compute_scores(pick_digit(load_digits("test"), SCORED)[0])[0]
    printed = ", ".join(f"{score:.2f}" for score in scores.tolist())
    for language in ("ko", "en"):
        cells = {cell.id: cell.source for cell in read_notebook(language, "00_welcome").cells}
        assert printed in cells["two-best-task"]


def test_00_copied_parameters_bring_the_accuracy_along():
    test, net, learner = load_digits("test"), load_trained(), Net()
    for mine, theirs in zip(learner.parameters(), net.parameters(), strict=True):
        mine.data = theirs.data.clone()
    images = prepare_images(test.images)
    with torch.no_grad():
        assert torch.equal(learner(images), net(images))


def test_00_the_fifth_mistake_is_a_nine_read_as_a_four_at_0_98():
    probabilities = compute_scores(pick_misread_nine()).softmax(1)[0]
    assert probabilities.argmax() == 4
    assert probabilities[4].item() == pytest.approx(0.98, abs=0.005)


def test_01_a_kernel_as_large_as_its_picture_leaves_one_number():
    assert nn.Conv2d(1, 1, 5)(torch.zeros(1, 1, 5, 5)).shape == (1, 1, 1, 1)


def test_01_pooling_forgets_a_move_within_a_square_and_no_other():
    pooled = F.max_pool2d(torch.eye(4).view(4, 1, 1, 4).expand(4, 1, 2, 4), 2)
    assert torch.equal(pooled[0], pooled[1]) and torch.equal(pooled[2], pooled[3])
    assert not torch.equal(pooled[1], pooled[2])


def test_01_a_layer_that_is_missing_is_missed_when_the_network_is_called():
    class WithoutFc2(Net):
        def __init__(self):
            super().__init__()
            del self.fc2

    network = WithoutFc2()
    assert "fc2" not in str(network)
    with pytest.raises(AttributeError, match="fc2"):
        network(torch.zeros(1, 1, 32, 32))
