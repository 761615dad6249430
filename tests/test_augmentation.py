"""Augmentation: each of its five moves by itself, held to trigonometry of the test's own."""

import math

import pytest
import torch

from lenet_course.training.augmentation import jitter, shift

CENTRE = 15.5  # of 32 pixels
NAMES = ["angle", "scale", "shear", "down", "right"]


def draw_dot(right: float, down: float) -> torch.Tensor:
    """A soft dot so many pixels from the centre, shape (1, 1, 32, 32)."""
    rows, columns = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    square = (columns - CENTRE - right) ** 2 + (rows - CENTRE - down) ** 2
    return torch.exp(-square / 4)[None, None]


def find_dot(image: torch.Tensor) -> tuple[float, float]:
    """How far right and down from the centre the ink's centre of mass is, in pixels."""
    ink = image[0, 0] / image.sum()
    places = torch.arange(32.0) - CENTRE
    return (ink.sum(0) @ places).item(), (ink.sum(1) @ places).item()


def move(dot: tuple[float, float], augment=jitter, **numbers: float) -> tuple:
    """Where a dot goes when these numbers of -1 to 1 are drawn, the others 0."""
    drawn = torch.tensor([[numbers.get(name, 0.0)] for name in NAMES])

    class Empty:
        def uniform_(self, low, high, generator):
            assert (low, high) == (-1, 1)
            return drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "empty", lambda *shape: Empty())
        moved = augment(draw_dot(*dot), torch.Generator())
    return find_dot(moved)


def close_to(*place):
    return pytest.approx(place, abs=0.05)


def test_nothing_drawn_is_nothing_moved():
    for augment in (shift, jitter):
        assert move((6, -3), augment) == close_to(6, -3)


def test_a_digit_turns_by_at_most_15_degrees_and_against_the_clock():
    turn = math.radians(15)
    assert move((8, 0), angle=1) == close_to(8 * math.cos(turn), -8 * math.sin(turn))
    assert move((0, 8), angle=1) == close_to(8 * math.sin(turn), 8 * math.cos(turn))
    assert move((8, 0), angle=-1) == close_to(8 * math.cos(turn), 8 * math.sin(turn))


def test_a_digit_grows_or_shrinks_by_at_most_15_percent():
    assert move((8, 4), scale=1) == close_to(8 * 1.15, 4 * 1.15)
    assert move((8, 4), scale=-1) == close_to(8 * 0.85, 4 * 0.85)


def test_a_digit_leans_by_at_most_a_quarter_of_its_height():
    assert move((0, 8), shear=1) == close_to(-2, 8)
    assert move((8, 0), shear=1) == close_to(8, 0)


def test_jitter_moves_by_at_most_two_pixels_either_way():
    assert move((0, 0), down=1) == close_to(0, -2)
    assert move((0, 0), right=1) == close_to(-2, 0)
    assert move((0, 0), right=-0.5) == close_to(1, 0)


def test_shift_neither_turns_nor_grows_nor_leans_and_moves_by_whole_pixels():
    assert move((8, 4), shift, angle=1, scale=1, shear=1) == close_to(8, 4)
    for drawn, pixels in ((0.19, 0), (0.21, 1), (0.59, 1), (0.61, 2), (1, 2), (-1, -2)):
        assert move((0, 0), shift, down=drawn) == close_to(0, -pixels), drawn


def test_every_image_of_a_batch_gets_a_draw_of_its_own():
    moved = jitter(draw_dot(6, 0).repeat(50, 1, 1, 1), torch.Generator().manual_seed(0))
    places = torch.tensor([find_dot(image[None]) for image in moved])
    assert places.std(0).min() > 0.5
    again = jitter(draw_dot(6, 0).repeat(50, 1, 1, 1), torch.Generator().manual_seed(0))
    assert torch.equal(moved, again)
