"""What the marks of the chapter on the chain rule are computed with: its own code, run again."""

import ast
import contextlib
import inspect
import io
import math
import re

import torch
import torch.nn.functional as F

from lenet_course.exercises import check_edge_derivatives
from tests.chapters import get_cell, read_notebook
from tests.exercises.test_questions_chain_rule import ASKED as asked  # noqa: F401 - marks name it
from tests.exercises.test_questions_chain_rule import (
    test_forward_mode_starts_from_one_parameter_and_reaches_all_results,
)
from tests.sentences.colours import name_colour
from tests.sentences.facts import compare
from tests.sentences.trying import name_sum

SLUG = "05_chain_rule"
# name → (place of the right choice, from 0; the test that shows it)
QUESTIONS = {
    "q-mode": (1, test_forward_mode_starts_from_one_parameter_and_reaches_all_results),
}


def run_chapter() -> tuple[dict, dict]:
    """Run the chapter, less its exercises: cell → its names once it has run; cell → its figure."""
    names, kept, shown = {}, {}, {}
    for cell in read_notebook("ko", SLUG).cells:
        is_exercise = "lenet_course.exercises" in cell.source or cell.id.endswith("-solution")
        if cell.cell_type != "code" or cell.id == "setup" or is_exercise:
            continue
        body = ast.parse(cell.source).body
        last = ast.unparse(body.pop()) if isinstance(body[-1], ast.Expr) else "None"
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(ast.Module(body, []), cell.id, "exec"), names)
            shown[cell.id] = eval(last, names)
        kept[cell.id] = dict(names)
    return kept, shown


kept, shown = run_chapter()


def read_code(cell: str, pattern: str) -> list[float]:
    """The numbers that a pattern finds in a cell's code."""
    return list(map(float, re.search(pattern, get_cell(SLUG, cell).source).groups()))


# --- one weight: the loss, its slope, two steps

spoiled = read_code("one-weight", r"weight\[(\d), (\d)\] = w")
(start_at,) = read_code("one-weight", r"loss_at\((\d)\):")
(digits,) = read_code("one-weight", r"labels\[:(\d+)\]")
high, low = read_code("measured-slope", r"loss_at\((.*?)\) - loss_at\((.*?)\)\)")
above, below = compare(high, start_at), compare(low, start_at)
slope = kept["measured-slope"]["slope"]
slope_sign, grows = ("positive", "more") if slope > 0 else ("negative", "less")
rates = read_code("two-steps", r"(\d+) \* slope, 3 - (\d+) \* slope")
places, heights = zip(*kept["two-steps"]["points"], strict=True)
step_goes = compare(places[1], places[0])
curve = shown["loss-curve"].axes[0]
middle = sum(curve.get_xlim()) / 2
dots = ["left" if place < middle else "right" for place in places]
labels = [text.get_text() for text in curve.texts]  # of the dots, in their order
dot = {
    "right": int(labels[places.index(max(places))]),
    "floor": int(labels[heights.index(min(heights))]),
    "left": int(labels[places.index(min(places))]),
}
span = [curve.lines[0].get_xdata()[end] for end in (0, -1)]
tangent = [y for y in curve.lines[1].get_ydata() if not math.isnan(y)]
touched = next(n for n, height in enumerate(heights) if height in tangent)
operations = kept["local-derivatives"]["operations"]
added = operations["a + 5"](0)
factor = operations["a * 5"](1)
Number = kept["number-class"]["Number"]
_difference = kept["operations-with-two"]["subtract"](Number(1.0), Number(1.0))
beside = dict(zip("ab", _difference.local, strict=True))
factors = read_code("operations-with-two", r"Number\((.*?)\) \* Number\((.*?)\)")
(squared,) = read_code("square-and-relu", r"square\(Number\((.*?)\)\)")
_line = torch.arange(-3.0, 4)
(bend,) = _line[1:-1][F.relu(_line).diff().diff() != 0]


def slope_of(function, at: float) -> float:
    at = torch.tensor(float(at), requires_grad=True)
    return torch.autograd.grad(function(at), at)[0].item()


def relu(a: float) -> float:
    return F.relu(torch.tensor(float(a))).item()


def relu_slope(a: float) -> float:
    return slope_of(F.relu, a)


relu_at_zero = relu_slope(0)

# --- graphs

list_back = kept["reverse-order"]["list_back"]
first = list_back(kept["first-graph"]["loss"])[::-1]
inputs = [n for n in first if not n.parents]
made = {n.name: n.value for n in inputs}
made |= dict(zip("useL", (n.value for n in first if n.parents), strict=True))
_steps = zip("useL", "wuse", (n for n in first if n.parents), strict=True)
edge = {(name, parent): number.local[0] for name, parent, number in _steps}
path = [edge["u", "w"], edge["s", "u"], edge["e", "s"], edge["L", "e"]]
by_hand = math.prod(path)
b_grad = math.prod(path[1:])
shared = list_back(kept["shared-graph"]["shared"])[::-1]
shared_w = kept["shared-graph"]["w"].value
shared_inputs = [n for n in shared if not n.parents]
products = [n for n in shared if n.name == "×"]
shared_edge = {
    other: product.local[product.parents.index(kept["shared-graph"]["w"])]
    for other, product in zip(("x0", "x1"), products, strict=True)
}
shared_values = [n.value for n in shared if n.parents]
grads = {n.name: n.grad for n in shared if n.name != "×"}
grads["×"] = products[0].grad if products[0].grad == products[1].grad else None
order = [n.name for n in list_back(kept["shared-graph"]["shared"])]


def visited(name: str) -> str:
    return {0: "first", len(order) - 1: "last"}[order.index(name)]


def side(cell: str, name: str) -> str:
    """The end of a picture of a graph at which a number stands."""
    axes = shown[cell].axes[0]
    stands = {text.get_text().split("\n")[0]: text.get_position()[0] for text in axes.texts}
    left, right = axes.get_xlim()
    return {left + 0.5: "left", right - 0.5: "right"}[stands[name]]


def paint(what: str) -> str:
    """The one colour of the numbers on the edges, or of those below the boxes."""
    texts = [t for t in shown["shared-with-gradients"].axes[0].texts if t.get_text()]
    alone = [t for t in texts if "\n" not in t.get_text()]
    (colour,) = {t.get_color() for t in alone if bool(t.get_bbox_patch()) == (what == "edges")}
    return name_colour(colour)


boxes = {t.get_text(): t.get_position()[1] for t in shown["shared-with-gradients"].axes[0].texts}
upside = shown["shared-with-gradients"].axes[0].yaxis_inverted()
is_lower = (boxes["1"] > boxes["( )²\n4"]) == upside  # the gradient of the loss, and its box
below_box = "bottom" if is_lower else "top"
_rows = [boxes[f"×\n{n.value:g}".replace("-", "−")] for n in products]  # of x0, of x1
_order = ("top", "bottom") if (_rows[0] < _rows[1]) == upside else ("bottom", "top")
product_at = dict(zip(("x0", "x1"), _order, strict=True))


asked_x = 0.0
question_square = 2 * (made["w"] * asked_x + made["b"] - made["y"])
question_zero = slope_of(lambda w: (w * asked_x + made["b"] - made["y"]) ** 2, made["w"])
_x0, _x1, _y = (kept["shared-graph"][name].value for name in ("x0", "x1", "y"))
question_relu = slope_of(lambda w: (F.relu(w * _x0) + F.relu(w * _x1) - _y) ** 2, shared_w)
relu_of_x1, blocked = relu(shared_w * _x1), relu_slope(shared_w * _x1)
question_e = relu(shared_w * _x0) + relu_of_x1 - _y
fresh_grad = Number(1.0).grad

right_edges = dict(check_edge_derivatives.table()[:1])["right"]
_code = inspect.getsource(check_edge_derivatives.table)
set_values = list(map(float, re.search(r"w, x, b = (\S+), (\S+), (\S+)", _code).groups()))


def find_gradient(make) -> float:
    """What the reader's backward gives for the one number of a graph."""
    number = Number(1.0)
    kept["backward-function"]["backward"](make(number, Number(6.0), Number(3.0)))
    return number.grad


along_a_path = name_sum(find_gradient(lambda w, six, three: w * six * three))
where_paths_meet = name_sum(find_gradient(lambda w, six, three: w * six + w * three))

# --- the reader's own autograd, and the tiny network

OPERATIONS = ("operations-with-two", "square-and-relu")
CLASS = ("number-class", *OPERATIONS, "reverse-order", "backward-function")


def list_lines(cell: str) -> list[str]:
    """The lines with which a cell defines something; not those that show it."""
    source = get_cell(SLUG, cell).source
    parts = [
        ast.get_source_segment(source, part)
        for part in ast.parse(source).body
        if isinstance(part, ast.ClassDef | ast.FunctionDef) or "Number.__" in ast.unparse(part)
    ]
    return [line for part in parts for line in part.splitlines() if line.strip()]


lines = sum(len(list_lines(cell)) for cell in CLASS)
most_lines = math.ceil(lines / 10) * 10
own_operations = sum(line.startswith("def") for cell in OPERATIONS for line in list_lines(cell))
used_operations = len({n.name for n in list_back(kept["train-tiny"]["loss"]) if n.parents})
parameters = len(kept["tiny-network"]["start"])
examples = [x for x, _ in kept["tiny-network"]["examples"]]
(every,) = read_code("train-tiny", r"step % (\d+)")

# --- the gradient check

eps, errors = kept["errors-of-eps"]["eps"], kept["errors-of-eps"]["errors"]
checked = shown["errors-of-eps"].axes[0]
best = {name: round(math.log10(eps[values.index(min(values))])) for name, values in errors.items()}
rightmost = "right" if not checked.xaxis_inverted() else "left"
leftmost = "left" if rightmost == "right" else "right"
large_eps, small_eps = rightmost, leftmost
is_high = all(min(values[0], values[-1]) > 100 * min(values) for values in errors.values())
ends = {"left": leftmost, "right": rightmost} if is_high else {}
lowest_is = "less" if is_high else "more"


def find_switched(shift: float) -> list[float]:
    """The examples, once for each hidden ReLU that the shift switches on or off."""
    start = kept["tiny-network"]["start"]
    return [
        x
        for x in examples
        for at in (0, 2)
        if (start[at] * x + start[at + 1] > 0)
        != ((start[at] + shift) * x + start[at + 1] + shift > 0)
    ]


(kink,) = [e for e in eps if find_switched(e) + find_switched(-e)]  # at no other
kink_side = "less" if find_switched(-kink) and not find_switched(kink) else None
switched = len(find_switched(kink) + find_switched(-kink))
(switched_at,) = {*find_switched(kink), *find_switched(-kink)}
shrinks = {name: values[2] / values[1] for name, values in errors.items()}
kept_digits = {
    dtype: round(-math.log10(torch.finfo(dtype).eps)) for dtype in (torch.float64, torch.float32)
}
