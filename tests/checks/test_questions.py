"""What the quick questions and tasks of chapters 0 to 2 claim, beside what their pages print."""

import pytest
import torch

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
