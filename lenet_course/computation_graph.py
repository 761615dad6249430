"""A computation graph of a few numbers, drawn from the reader's own objects.

A number is any object with `value`, `name`, `parents` (the numbers it was made from), `local` (the
local derivatives, one a parent) and `grad`.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lenet_course.figures import BLUE, DPI, GREY, ORANGE, WIDTH
from lenet_course.fonts import show_hangul
from lenet_course.text import format_number

BOX = {"boxstyle": "round,pad=0.35", "edgecolor": GREY, "facecolor": "white"}
LABEL = {"boxstyle": "round,pad=0.1", "edgecolor": "none", "facecolor": "white"}
ROW = 1.0  # inches


def draw_computation_graph(loss) -> Figure:
    """Draw the graph that ends in `loss`: values in the boxes, local derivatives on the edges.

    Gradients stand below the boxes once backward has given `loss` one.

    Args:
        loss: a number as above; its graph may hold the same number on several paths.
    """
    columns = find_columns(loss)
    places = place_numbers(columns)
    rows = max(y for _, y in places.values()) + 1
    figure = Figure(figsize=(WIDTH, ROW * rows), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    for number, place in places.items():
        for parent, slope in list_edges(number):
            _draw_edge(axes, places[parent], place, slope)
        text = f"{number.name}\n{format_number(number.value)}"
        axes.text(*place, text, ha="center", va="center", fontsize=14, bbox=BOX, zorder=3)
        if loss.grad:
            x, y = place
            grad = format_number(number.grad)
            axes.text(x, y + 0.47, grad, ha="center", va="center", fontsize=14, color=ORANGE)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(rows - 0.35, -0.5))
    axes.axis("off")
    return show_hangul(figure)


def list_edges(number) -> list[tuple]:
    """List a number's parents with their local derivatives, those of one parent added up."""
    edges = {}
    for parent, slope in zip(number.parents, number.local, strict=True):
        edges[parent] = edges.get(parent, 0) + slope
    return list(edges.items())


def find_columns(loss) -> list[list]:
    """Sort the numbers into columns, the loss in the last: every edge leads to the right."""
    order, seen = [], set()  # every number after its parents

    def visit(number):
        if number not in seen:
            seen.add(number)
            for parent in number.parents:
                visit(parent)
            order.append(number)

    visit(loss)
    steps = {loss: 0}  # number → the longest way from it to the loss
    for number in reversed(order):
        for parent in number.parents:
            steps[parent] = max(steps.get(parent, 0), steps[number] + 1)
    last = max(steps.values())
    return [[n for n in order if last - steps[n] == column] for column in range(last + 1)]


def place_numbers(columns: list[list]) -> dict[object, tuple[int, float]]:
    """Place each number beside the middle of its parents, at least a row apart: (column, row)."""
    places = {}
    for column, numbers in enumerate(columns):

        def find_middle(number):
            rows = [places[parent][1] for parent in number.parents]
            return sum(rows) / len(rows) if rows else float("inf")  # what has none stands below

        free = 0.0
        for number in sorted(numbers, key=find_middle):
            middle = find_middle(number)
            row = free if middle == float("inf") else max(middle, free)
            places[number] = (column, row)
            free = row + 1
    return places


def _draw_edge(axes: Axes, start: tuple, end: tuple, slope: float) -> None:
    arrow = {"arrowstyle": "->", "color": GREY, "shrinkA": 19, "shrinkB": 19}
    axes.annotate("", end, start, arrowprops=arrow, zorder=1)
    x, y = ((a + b) / 2 for a, b in zip(start, end, strict=True))
    text = format_number(slope)
    axes.text(x, y, text, ha="center", va="center", fontsize=14, color=BLUE, bbox=LABEL, zorder=2)
