"""The picture of a graph of numbers shows the graph it is given."""

from types import SimpleNamespace

import pytest
from matplotlib.text import Annotation

from lenet_course.computation_graph import draw_computation_graph, find_columns, place_numbers
from lenet_course.figures import BLUE, ORANGE


class Node(SimpleNamespace):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


def make(value, name, *edges, grad=0.0):
    parents, local = zip(*edges, strict=True) if edges else ((), ())
    return Node(value=value, name=name, parents=parents, local=local, grad=grad)


def make_shared(grad=0.0):
    """L = (w a) + w, in which w is used twice, and on paths of different length."""
    w, a = make(2.0, "w", grad=6.0), make(5.0, "a", grad=2.0)
    product = make(10.0, "×", (w, 5.0), (a, 2.0), grad=1.0)
    return w, a, product, make(12.0, "+", (product, 1), (w, -0.25), grad=grad)


def find_texts(figure, colour=None):
    texts = [t for t in figure.axes[0].texts if t.get_text()]
    return [t.get_text() for t in texts if colour in (None, t.get_color())]


def test_boxes_hold_values_and_edges_local_derivatives():
    figure = draw_computation_graph(make_shared()[-1])
    boxes = [text for text in find_texts(figure) if "\n" in text]
    assert sorted(boxes) == ["+\n12", "a\n5", "w\n2", "×\n10"]
    assert sorted(find_texts(figure, BLUE)) == sorted(["5", "2", "1", "−0.25"])


def test_gradients_appear_once_the_loss_has_one():
    assert find_texts(draw_computation_graph(make_shared()[-1]), ORANGE) == []
    figure = draw_computation_graph(make_shared(grad=1.0)[-1])
    assert sorted(find_texts(figure, ORANGE)) == ["1", "1", "2", "6"]
    heights = {t.get_text(): t.get_position()[1] for t in figure.axes[0].texts}
    assert figure.axes[0].yaxis_inverted() and heights["6"] > heights["w\n2"]


def test_every_edge_leads_from_a_number_to_the_right():
    *_, loss = make_shared()
    axes = draw_computation_graph(loss).axes[0]
    arrows = [t for t in axes.texts if isinstance(t, Annotation)]
    assert len(arrows) == 4
    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in arrows)


def test_a_number_used_again_and_again_is_placed_at_once():
    number = make(1.0, "w")
    for _ in range(40):
        number = make(2 * number.value, "+", (number, 1), (number, 1))  # 2^40 ways to the loss
    assert len(find_columns(number)) == 41


def test_no_two_numbers_share_a_place():
    places = place_numbers(find_columns(make_shared()[-1]))
    assert len(set(places.values())) == len(places) == 4


def test_a_number_used_twice_by_one_operation_has_one_edge_with_the_sum():
    e = make(3.0, "e")
    square = make(9.0, "×", (e, 3.0), (e, 3.0))
    assert find_texts(draw_computation_graph(square), BLUE) == ["6"]


@pytest.mark.parametrize(("rows", "height"), [(1, 1.0), (3, 3.0)])
def test_a_picture_is_as_high_as_it_has_rows_and_no_wider_than_the_text(rows, height):
    inputs = [make(1.0, str(number)) for number in range(rows)]
    figure = draw_computation_graph(make(1.0, "+", *[(each, 1) for each in inputs]))
    assert tuple(figure.get_size_inches()) == pytest.approx((6.4, height))
