"""What the quick questions and tasks of chapters 0 to 2 claim, beside what their pages print."""

import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net, load_digits, load_trained, pick_digit, prepare_images
from lenet_course.exercises.welcome import SCORED, compute_scores
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


def test_00_a_letter_is_answered_with_a_digit():
    letter = torch.zeros(1, 1, 32, 32)
    for row in range(8, 24):
        letter[0, 0, row, [16 - (row - 7) // 2, 16 + (row - 7) // 2]] = 1
    letter[0, 0, 18, 11:22] = 1  # the bar of the A
    scores = compute_scores(letter)
    assert scores.shape == (1, 10) and scores.isfinite().all()
    assert scores.softmax(1).sum().item() == pytest.approx(1)


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


def test_02_the_shapes_in_the_task_are_those_of_its_network():
    network = nn.ModuleDict({
        "conv": nn.Conv2d(1, 12, 7), "fc1": nn.Linear(1452, 50), "fc2": nn.Linear(50, 10),
    })  # fmt: skip
    for language in ("ko", "en"):
        notebook = read_notebook(language, "02_inspect_the_parameters")
        cells = {cell.id: cell.source for cell in notebook.cells}
        for name, value in network.state_dict().items():
            assert f"{name:13}{list(value.shape)}\n" in cells["picture-side-task"]
    sides = [n for n in range(8, 100) if 12 * ((n - 6) // 2) ** 2 == 1452]
    assert sides == [28, 29], "the odd one is why the task says even"


def test_02_larger_pictures_need_more_of_fc1_and_of_no_other_layer():
    net = Net()
    maps = F.max_pool2d(net.conv1(torch.zeros(1, 1, 64, 64)), 2)
    row = F.max_pool2d(net.conv2(maps), 2).flatten(1)
    assert row.shape[1] > net.fc1.in_features
    net.fc1 = nn.Linear(row.shape[1], 120)
    assert net(torch.zeros(2, 1, 64, 64)).shape == (2, 10)


def test_02_zero_biases_leave_the_kernels_different_and_move():
    torch.manual_seed(0)
    net = Net()
    for layer in net.children():
        nn.init.zeros_(layer.bias)
    net(torch.rand(1, 1, 32, 32)).mean().backward()
    grad = net.conv1.weight.grad
    assert all(not torch.allclose(grad[i], grad[j]) for i in range(6) for j in range(i))
    assert net.conv1.bias.grad.abs().max() > 0
