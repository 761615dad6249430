"""Tables are drawn with their own numbers, and a product beside what it is made of."""

import pytest
import torch

from lenet_course.tables import draw_tables, draw_vjp


def read_numbers(axes):
    return [text.get_text() for text in axes.texts]


def test_every_number_is_written_in_its_cell_and_windows_are_ruled():
    table = torch.tensor([[1.0, -2.5, 0.0, 10.25], [3.0, 0.0, -0.04, 7.0]])
    figure = draw_tables({"a": table, "b": table[:, :2]}, window=2)
    left, right = figure.axes
    assert (left.get_title(), right.get_title()) == ("a", "b")
    assert read_numbers(left) == ["1", "-2.5", "0", "10.2", "3", "0", "0.0", "7"]
    assert read_numbers(right) == ["1", "-2.5", "3", "0"]
    (line,) = left.lines  # two rows are one window
    assert line.get_xdata() == [1.5, 1.5]
    assert not draw_tables({"a": table}).axes[0].lines


def test_positive_numbers_are_red_and_negative_ones_blue():
    (axes,) = draw_tables({"a": torch.tensor([[2.0, -2.0]])}).axes
    image = axes.images[0]
    (red, _, blue, _), (red_, _, blue_, _) = (image.cmap(image.norm(value)) for value in (2, -2))
    assert red > blue and red_ < blue_


def test_what_is_not_finite_is_written_too():
    figure = draw_tables({"padded": torch.tensor([[-torch.inf, 1.0, torch.nan]])})
    assert [text.get_text() for text in figure.axes[0].texts] == ["-inf", "1", "nan"]


def test_a_vector_jacobian_product_stands_below_its_table():
    v, table = torch.tensor([2.0, 3.0]), torch.tensor([[1.0, 0.0, 4.0], [0.0, 5.0, 0.0]])
    left, right, below = draw_vjp(v, table).axes
    assert [axes.get_title() for axes in (left, right, below)] == ["v", "J", "v @ J"]
    assert read_numbers(left) == ["2", "3"] and read_numbers(below) == ["2", "15", "8"]
    assert right.get_position().y0 > below.get_position().y1
    edges = [(axes.get_position().x0, axes.get_position().x1) for axes in (right, below)]
    assert edges[0] == pytest.approx(edges[1]) and left.get_position().x1 < edges[0][0]


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"got {}"):
        draw_tables({})
    with pytest.raises(ValueError, match=r"expected tables .* got {'a': \(3,\)}"):
        draw_tables({"a": torch.zeros(3)})
    with pytest.raises(ValueError, match=r"got \(3,\) and \(2, 3\)"):
        draw_vjp(torch.zeros(3), torch.zeros(2, 3))
