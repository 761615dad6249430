"""What the quick questions and tasks of chapters 3 and 4 claim, beside what their pages print."""

import math

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net, compute_feature_maps, load_digits, load_trained, prepare_images
from lenet_course.exercises.run_it_forward import (
    HELD_OUT,
    MISREAD,
    check_blamed_map,
    check_padded_shape,
    finish,
)


def test_03_a_slice_is_a_batch_of_one():
    images = torch.rand(8, 1, 32, 32)
    assert Net()(images[0:1]).shape == (1, 10)
    with pytest.raises(RuntimeError, match="16x25 and 400x120"):
        Net()(images[0])


def test_03_relu_and_max_pooling_may_change_places():
    maps = torch.randn(4, 6, 28, 28)
    assert (F.max_pool2d(maps, 2) < 0).any(), "windows of nothing but negatives"
    assert torch.equal(F.max_pool2d(F.relu(maps), 2), F.relu(F.max_pool2d(maps, 2)))


def test_03_five_more_for_every_logit_changes_no_probability():
    logits = 10 * torch.randn(8, 10)
    torch.testing.assert_close((logits + 5).softmax(1), logits.softmax(1))


def test_03_a_picture_of_uneven_margins_passes_conv1_and_not_the_net():
    image = F.pad(torch.zeros(28, 28), (3, 3, 1, 1)).unsqueeze(0)
    assert check_padded_shape(Net().conv1(image).shape).state == "right"
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        Net()(image)


def test_03_conv1_makes_4704_values():
    assert Net().conv1(torch.zeros(1, 32, 32)).numel() == 4704


def test_03_unfold_cuts_the_windows_of_the_example():
    assert torch.arange(6).unfold(0, 2, 2).tolist() == [[0, 1], [2, 3], [4, 5]]


def test_03_one_map_alone_makes_the_misread_zero_a_four():
    assert [check_blamed_map(n).state for n in range(16)].count("right") == 1
    digits, net = load_digits("train"), load_trained()
    labels = digits.labels[HELD_OUT:]
    maps = compute_feature_maps(net, prepare_images(digits.images[HELD_OUT:]))
    assert labels[MISREAD] == 0 and maps["fc3"][MISREAD].argmax() == 4
    (blamed,) = (n for n in range(16) if check_blamed_map(n).state == "right")
    silent = maps["pool2"][MISREAD : MISREAD + 1].clone()
    silent[0, blamed] = 0
    chances = [
        logits.softmax(0)[0].item() for logits in (maps["fc3"][MISREAD], finish(net, silent))
    ]
    assert [round(chance, 2) for chance in chances] == [0.08, 0.55]
    total = maps["pool2"][:, blamed].sum((1, 2))
    assert total[labels == 0].mean() > total[MISREAD] > total[labels == 4].mean()


def test_04_a_hundred_classes_start_at_ln_100():
    scores = 0.1 * torch.randn(200, 100)
    loss = F.cross_entropy(scores, torch.randint(100, (200,))).item()
    assert f"{math.log(100):.2f}" == "4.61" == f"{2 * math.log(10):.2f}"
    assert loss == pytest.approx(math.log(100), abs=0.05)


def test_04_rows_and_places_are_taken_in_pairs():
    table = torch.arange(20).view(2, 10)
    assert table[torch.tensor([0, 1]), torch.tensor([7, 2])].tolist() == [7, 12]
