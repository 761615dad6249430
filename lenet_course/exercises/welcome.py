"""Chapter 0: an answer read off its scores, the accuracy on fours, a 9 mended with ink."""

import torch

from lenet_course.digits import load_digits, pick_digit, prepare_images
from lenet_course.exercises.answers import read_number, read_numbers, read_tensor
from lenet_course.exercises.engine import Kind, exercise, near
from lenet_course.exercises.verdict import Hint, checker
from lenet_course.model import load_trained

__all__ = ["check_accuracy_on_fours", "check_mended_nine", "check_two_best"]

SCORED = 1350  # the test digit whose scores exercise 0.1 prints
MOST_INK = 12  # pixels


def compute_scores(images: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return load_trained()(images)


@exercise(read=read_numbers, instead={"type": "two"})
def check_two_best():
    """Exercise 0.1: the digit that a picture's scores name, and the runner-up."""
    scores = compute_scores(pick_digit(load_digits("test"), SCORED)[0])[0]
    highest, digits = scores.sort(descending=True)
    first, second = digits[:2].tolist()
    minus, lowest = scores.abs().argsort(descending=True), digits.flip(0)
    return [
        ("right", (first, second)), ("two", Kind(lambda found: len(found) != 2, (3, 8, 9))),
        ("scores", tuple(near(score, 0.06) for score in highest[:2].tolist())),  # as rounded
        ("from_one", (first + 1, second + 1)), ("swapped", (second, first)),
        ("minus", tuple(minus[:2].tolist())), ("lowest", tuple(lowest[:2].tolist())),
        ("second", (first, ...)), ("first", (..., ...)),
    ]  # fmt: skip


@exercise(read=read_number, rtol=0)
def check_accuracy_on_fours():
    """Exercise 0.2: the share of the test fours that the network reads as a 4."""
    test = load_digits("test")
    calls = compute_scores(prepare_images(test.images)).argmax(1)
    four, called = test.labels == 4, calls == 4
    fours, right, others = (mask.sum().item() for mask in (four, four & called, called & ~four))
    overall = (calls == test.labels).float().mean()
    return [
        ("right", right / fours), ("percent", 100 * right / fours), ("count", right),
        ("count", fours - right), ("wrong_share", 1 - right / fours),
        ("all_pictures", right / len(four)), ("arrow", (right - others) / fours),
        ("called_four", right / (right + others)), ("missed", (right + 1) / fours),
        ("all_seven", 1 - (calls != test.labels).sum().item() / fours),
        ("all_digits", near(overall, 6e-4)),  # 99.7 %, as the chapter rounds it
    ]  # fmt: skip


@checker
def check_mended_nine(answer):
    """Exercise 0.3: ink added to the 9 that is read as a 4, until it is read as a 9."""
    found, before = read_tensor(answer).float(), pick_misread_nine()
    if isinstance(answer, torch.Tensor) and answer.dtype.is_floating_point:
        before = before.to(answer.dtype).float()  # a half rounds every pixel
    if found.shape != before.shape:
        return "shape"
    added = found - before
    count = (added.abs() > 1e-6).sum().item()
    if count == 0:
        return "open"
    if found.min() < 0 or found.max() > 1:
        return "range"
    if count > MOST_INK:
        raise Hint("too_many", count=count)
    if added.min() < -1e-6:
        return "erased"
    turned = (before + added.transpose(2, 3)).clamp(0, 1)
    old, new, other = compute_scores(torch.cat([before, found, turned])).softmax(1)
    digit = new.argmax().item()
    if digit == 9:
        return "right"
    if other.argmax() == 9:
        return "swapped"
    if digit != 4:
        raise Hint("another_digit", digit=digit)
    if new[9] > old[9] + 0.01:
        raise Hint("nearer", share=new[9].item())
    return "farther"


def pick_misread_nine() -> torch.Tensor:
    """The test digit labelled 9 that the network calls a 4, of shape (1, 1, 32, 32)."""
    test = load_digits("test")
    nines = (test.labels == 9).nonzero().flatten()
    calls = compute_scores(prepare_images(test.images[nines])).argmax(1)
    return pick_digit(test, nines[calls == 4].item())[0]
