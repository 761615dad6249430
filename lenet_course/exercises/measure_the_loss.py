"""Chapter 4: mean squared error, the images with the largest loss, cross-entropy by hand."""

import itertools
import math

import torch
import torch.nn.functional as F

from lenet_course.exercises.answers import read_numbers, read_scalar
from lenet_course.exercises.engine import SAME, Harder, Kind, exercise

__all__ = ["check_cross_entropy", "check_hardest", "check_mse"]

SEVERAL = Kind(lambda found: found.numel() != 1, torch.zeros(3))


def draw_logits():
    for labels in ([9, 0, 3, 9, 5, 1], [2, 9, 7], [4, 0, 8, 1]):  # the last without a 9
        yield torch.randn(len(labels), 10) + 0.5, torch.tensor(labels)


def draw_one():
    yield torch.randn(1, 10), torch.randint(10, (1,))


@exercise(
    draw_logits,
    read=read_scalar,
    without=["mse_loss"],
    stuck="few_columns",
    harder=[Harder(draw_one)],
)
def check_mse(logits, labels):
    """Exercise 4.1: mean squared error between logits and one-hot targets."""
    rows, targets = torch.arange(len(labels)), F.one_hot(labels, 10)
    difference = logits - targets
    squares = difference.square()
    mean, many = squares.mean(), len(labels)
    nine = F.one_hot(torch.tensor([9]), 10)  # the label of the chapter's own digit
    same = [nine, targets[:1], targets[-1:]]
    return [
        ("right", squares.mean()), ("summed", squares.sum()), ("root", squares.mean().sqrt()),
        ("root", squares.sum().sqrt()), ("pictures_only", squares.sum(1).mean()),
        ("classes_only", squares.mean(1).sum()), ("absolute", difference.abs().mean()),
        ("not_squared", difference.mean()), ("not_squared", -difference.mean()),
        ("number_target", (logits - labels[:, None]).square().mean()),
        ("number_target", (logits.argmax(1) - labels).double().square().mean()),
        ("right_place_only", squares[rows, labels].mean()),
        ("no_target", logits.square().mean()),
        ("softmax", (logits.softmax(1) - targets).square().mean()),
        ("square_of_mean", difference.mean().square()),
        ("squared_apart", (logits.square() - targets).mean()),
        ("doubled", 2 * difference.mean()), ("doubled", -2 * difference.mean()),
        *[("divided_twice", mean / number) for number in (2, 10, many)],
        *[("one_picture", squares[row].mean() / d) for row in (0, -1) for d in (1, many)],
        *[("one_picture", squares[row].sum() / d) for row in (0, -1) for d in (1, 10 * many)],
        *[("same_target", (logits - target).square().mean()) for target in same],
        ("guessed_target", (logits - F.one_hot(logits.argmax(1), 10)).square().mean()),
        *[("shifted", (logits - targets.roll(by, 1)).square().mean()) for by in (1, -1)],
        ("added", (logits + targets).square().mean()),
        ("paired", (logits.view(-1, 1) - targets.view(-1)).square().mean()),
        ("entropy", F.cross_entropy(logits, labels)), ("not_one", SEVERAL), ("constant", SAME),
    ]  # fmt: skip


def draw_images(sizes=((40, 10), (30, 6))):
    for images, classes in sizes:  # a shift of a row's logits leaves its loss
        logits = 3 * torch.randn(images, classes) + 20 * torch.randn(images, 1)
        yield logits, torch.randint(classes, (images,))


def draw_few():
    return draw_images([(5, 4)])


@exercise(draw_images, read=read_numbers, instead={"type": "three"}, harder=[Harder(draw_few)])
def check_hardest(logits, labels):
    """Exercise 4.2: the three images with the largest cross-entropy, the largest first."""
    each = F.cross_entropy(logits, labels, reduction="none")
    own, surest = logits[torch.arange(len(labels)), labels], logits.softmax(1).amax(1)

    def pick_three(values, largest=True):
        return values.argsort(descending=largest)[:3]

    hardest = pick_three(each)
    orders = [hardest[list(order)] for order in itertools.permutations(range(3))]
    rows = [
        ("right", hardest), *[("order", order) for order in orders[1:]],
        ("easiest", pick_three(each, False)), ("losses", each[hardest]),
        ("labels", labels[hardest]), ("from_one", hardest + 1),
        ("unsure", pick_three(surest, False)), ("sure", pick_three(surest)),
        ("low_logit", pick_three(own, False)), ("high_logit", pick_three(own)),
    ]  # fmt: skip
    return [
        *[(key, tuple(value.tolist())) for key, value in rows],
        ("three", Kind(lambda found: len(found) != 3, (4, 2))),
    ]


def draw_classes():
    for pictures, classes in ((7, 10), (4, 6)):
        yield 2 * torch.randn(pictures, classes), torch.randint(classes, (pictures,))


def draw_large():
    yield 1000 * torch.randn(8, 10), torch.randint(10, (8,))


@exercise(
    draw_classes,
    read=read_scalar,
    without=[
        "cross_entropy",
        "nll_loss",
        *(f"{way}{name}" for way in ("", "special_") for name in ("log_softmax", "logsumexp")),
    ],
    instead={"out of bounds": "index", "indexing tensors": "index"},
    stuck="ten_classes",
    harder=[Harder(draw_large, broken="overflow", wrong="clipped"), Harder(draw_one)],
)
def check_cross_entropy(z, labels):
    """Exercise 4.3: cross-entropy of a mini-batch from its logits z, large ones included."""
    own = torch.arange(len(labels)), labels
    log_p, p = z.log_softmax(1), z.softmax(1)
    each = -log_p[own]
    loss = each.mean()
    return [
        ("right", loss), ("sign", -loss), ("summed", each.sum()), ("summed", -each.sum()),
        ("log_base", loss / math.log(10)), ("log_base", loss / math.log(2)),
        ("wrong_softmax", -z.log_softmax(0)[own].mean()), ("twice", F.cross_entropy(p, labels)),
        ("no_log", p[own].mean()), ("no_log", -p[own].mean()), ("no_log", 1 - p[own].mean()),
        ("no_softmax", -z[own].mean()), ("no_softmax", z[own].mean()),
        ("log_of_mean", -p[own].mean().log()), ("all_pairs", -log_p[:, labels].mean()),
        ("all_classes", -log_p.mean()), ("all_classes", -log_p.sum(1).mean()),
        ("most_probable", -log_p.amax(1).mean()), ("first_row", -log_p[0, labels].mean()),
        ("wrong_softmax", z.logsumexp((0, 1)) - z[own].mean()), ("divisor", each.sum() / 10),
        *[("one_picture", each[row] / d) for row in (0, -1) for d in (1, len(labels))],
        *[("divisor", loss / d) for d in (2, z.shape[1], len(labels))],
        ("per_picture", SEVERAL), ("constant", SAME),
    ]  # fmt: skip
