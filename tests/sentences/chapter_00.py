"""What the marks of chapter 0 are computed with, and what shows its questions' right choices."""

import inspect
import json
import re

import torch

from bench.taught import ASSET
from lenet_course import (
    draw_digits,
    draw_network,
    load_digits,
    load_trained,
    pick_digit,
    prepare_images,
)
from lenet_course.exercises import check_accuracy_on_fours
from lenet_course.exercises.welcome import MOST_INK as most_ink  # noqa: F401 - marks name it
from lenet_course.widgets.arguments import load_examples
from tests.chapters import get_cell
from tests.exercises.test_questions import test_00_a_letter_is_answered_with_a_digit
from tests.sentences.facts import STATED, find_all, read_numbers, read_text
from tests.sentences.strokes import *  # noqa: F403 - marks name them
from tests.sentences.strokes import find_ink

SLUG = "00_welcome"
# name → (place of the right choice, from 0; the test that shows it)
QUESTIONS = {"q-letter": (2, test_00_a_letter_is_answered_with_a_digit)}


def read_index(cell: str) -> int:
    """The one number in a cell's code."""
    (number,) = find_all(get_cell(SLUG, cell).source)
    return int(number)


# --- the digits, and what the network makes of them

size = {"training": len(load_digits("train").images), "test": len(load_digits("test").images)}
mnist = {"training": STATED["mnist"][0], "test": STATED["mnist"][1]}
images = prepare_images(load_digits("test").images)
labels = load_digits("test").labels.tolist()
with torch.no_grad():
    chances = load_trained()(images).softmax(1)
answers = chances.argmax(1).tolist()
wrong = [n for n, label in enumerate(labels) if answers[n] != label]
early = [n for n in wrong if n < 20]  # among the twenty that are drawn first
sure = [chances[n].max() for n in wrong]
pairs = [digit for n in wrong for digit in (labels[n], answers[n])]
drawn = read_index("one-digit")
image, label = pick_digit(load_digits("test"), drawn)
explored = pick_digit(load_examples(), read_index("your-own-digit-cell"))
asked = int(re.search(r"test\.labels == (\d)", inspect.getsource(check_accuracy_on_fours.table))[1])
decimals = len(re.search(r"\.(\d+)", read_text("steps-one-to-four", SLUG))[1])


def rank(cell: str) -> list[int]:
    """The places of an output's numbers, the largest first."""
    numbers = read_numbers(cell, SLUG)
    return sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True)


def stand(cell: str, place: int) -> str | None:
    """How one number of an output stands to all others: "more", "less" or neither."""
    order = rank(cell)
    return {order[0]: "more", order[-1]: "less"}.get(place)


def judge_order(cell: str) -> str | None:
    """Whether softmax leaves an output's numbers in their order."""
    numbers = torch.tensor(read_numbers(cell, SLUG))
    return "same" if numbers.softmax(0).argsort().tolist() == numbers.argsort().tolist() else None


def name_sign(number: float) -> str:
    return "negative" if number < 0 else "positive"


def read_tensor(cell: str) -> torch.Tensor:
    return eval(read_text(cell, SLUG), {"tensor": torch.tensor})


def find_split(count: int) -> str | None:
    """The split that has so many digits, in the package or in MNIST; None: none has."""
    return next((name for has in (size, mnist) for name in has if has[name] == count), None)


# --- the six steps, numbered by the comments of the code

code_lines = [
    line
    for cell in ("steps-one-to-four", "steps-five-and-six")
    for line in get_cell(SLUG, cell).source.splitlines()
    if re.search(r"# \d$", line)
]
steps = [int(line[-1]) for line in code_lines]
weight, gradient, learning_rate = 0.5, -2, 0.1  # which the question about a step gives


def step(code: str) -> int:
    """The number of the step whose line of code holds this."""
    (number,) = [number for number, line in zip(steps, code_lines, strict=True) if code in line]
    return number


# --- what pictures show

sizes, side, height = {}, {}, {}  # a step's name → its shape as drawn, and where both stand
figure = draw_network(load_trained())
texts = figure.axes[0].texts
for name, shape in zip(texts[::2], texts[1::2], strict=True):
    key = name.get_text()
    sizes[key] = [int(n) for n in shape.get_text().split("×")]
    middle = sum(figure.axes[0].get_xlim()) / 2
    side[key] = "left" if name.get_position()[0] < middle else "right"
    height[key] = "bottom" if shape.get_position()[1] < 0 else "top"


def paint(value: float) -> str:
    """The colour that a picture's value is drawn in."""
    (artist,) = draw_digits(torch.tensor([[[0.0, value, 1.0]]])).axes[0].images
    red, green, blue, _ = artist.to_rgba(artist.get_array())[0, 1]
    return {(0, 0, 0): "black", (1, 1, 1): "white"}[red, green, blue]


bare, darkest = sorted([image.min().item(), image.max().item()], key=lambda n: paint(n) == "black")


def name_axis(axis: int) -> str:
    """What an index along an axis of a picture, of shape (1, 1, 32, 32), picks when drawn."""
    line = torch.zeros(1, 1, 32, 32)
    line.select(axis, 20).fill_(1)
    pixels = draw_digits(line).axes[0].images[0].get_array()
    return "rows" if pixels[20].min() == 1 else "columns"


def find_row(place: int) -> str | None:
    """The row in which a digit of the twenty stands."""
    heights = [axes.get_position().y0 for axes in draw_digits(images[:20]).axes]
    return {max(heights): "top", min(heights): "bottom"}.get(heights[place])


noted = draw_digits(images[:20], answers[:20])  # with the answers
noted.draw_without_rendering()  # puts the titles in their places
boxes = [part.get_window_extent() for part in (noted.axes[0].title, noted.axes[0])]
title_height = "top" if boxes[0].y0 > boxes[1].y0 else "bottom"


def close_gap(picture: torch.Tensor) -> torch.Tensor:
    """The probabilities while one stroke grows from the left end over the open top: (11, 10)."""
    pictures = [picture]
    for part in torch.linspace(0.1, 1, 10).tolist():
        grown = pictures[-1].clone()
        for way in torch.linspace(0, part, 20).tolist():
            row, column = round(8 + 3 * way), round(13 + 8 * way)
            grown[0, 0, row : row + 2, column] = 1
        pictures.append(grown)
    with torch.no_grad():
        return load_trained()(torch.cat(pictures)).softmax(1)


far, taught = (json.loads(ASSET.read_text(encoding="utf-8"))[key] for key in ("far", "taught"))
letters = {key: far["printed letters"][key] + far["drawn letters"][key] for key in ("far", "of")}
closing = close_gap(explored[0])
nine = find_ink(images[wrong[4]]).nonzero().tolist()  # the misread one: (row, column) of its ink
long = [spot for spot in nine if spot[0] == nine[0][0]][-1]  # where its long stroke starts
edge = min(nine, key=lambda spot: spot[1])
turn = find_ink(images[wrong[4]]).sum(1).argmax().item()  # the row along which it turns
short = max(nine, key=lambda spot: spot[1])  # where its short stroke starts


def find_way(row: int, until: int) -> str:
    """The side to which the misread nine's long stroke goes between two rows."""
    start, end = (min(c for r, c in nine if r == number) for number in (row, until))
    return "left" if end < start else "right"
