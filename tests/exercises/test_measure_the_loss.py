"""Chapter 4."""

import math

import torch
import torch.nn.functional as F

from lenet_course import Net
from lenet_course.exercises import measure_the_loss as exercises
from tests.exercises.judging import *  # noqa: F403


def mse_by_hand(gather=torch.mean, bend=torch.square, target=lambda labels: F.one_hot(labels, 10)):
    return lambda logits, labels: gather(bend(logits - target(labels)))


def mse_by_loops(logits, labels):
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        for place, value in enumerate(row):
            total += (value - (place == label)) ** 2
    return total / logits.numel()


def mse_without_one_hot(logits, labels):
    wanted = torch.zeros_like(logits)
    wanted[torch.arange(len(labels)), labels] = 1.0
    return (logits - wanted).pow(2).sum() / logits.numel()


def mark_in_place(logits, labels):
    logits[torch.arange(len(labels)), labels] -= 1
    return logits.square().mean()


def mse_of_right_places(logits, labels):
    return (logits.gather(1, labels[:, None]) - 1).square().mean()


def step_back(*ways, last=lambda node: node):
    """Follow next_functions, way by way."""

    def find(node):
        for way in ways:
            node = node.next_functions[way][0]
        return last(node)

    return find


def search(node):
    """Look at everything behind the loss, for the only weight with 84 rows."""
    pending = [node]
    while pending:
        node = pending.pop()
        if node is not None:
            if getattr(getattr(node, "variable", None), "shape", None) == (84, 120):
                return node.variable
            pending += [following for following, _ in node.next_functions]


def walk_to_the_start(node):
    while node is not None:
        way = 1 if type(node).__name__ == "AddmmBackward0" else 0
        node = node.next_functions[way][0]
    return node


def step_without_opening(node):
    return node.next_functions[0].next_functions[1]


def get_variable(node):
    return node.variable


TO_FC2 = 0, 1, 0
NET = Net()


def entropy_by_hand(
    probabilities=lambda z: z.softmax(1), log=torch.log, gather=torch.mean, sign=-1
):
    def compute(logits, labels):
        rows = torch.arange(len(labels))
        return sign * gather(log(probabilities(logits)[rows, labels]))

    return compute


def entropy_by_log_softmax(logits, labels):
    rows = torch.arange(len(labels))
    return -logits.log_softmax(1)[rows, labels].mean()


def entropy_picture_by_picture(logits, labels):
    losses = []
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        most = max(row)
        losses.append(most + math.log(sum(math.exp(z - most) for z in row)) - row[label])
    return sum(losses) / len(losses)


def entropy_by_math(logits, labels):
    p = logits.softmax(1)
    return sum(-math.log(p[n, label]) for n, label in enumerate(labels)) / len(labels)


def entropy_by_one_hot(logits, labels):
    one_hot = F.one_hot(labels, logits.shape[1])
    return -(one_hot * logits.log_softmax(1)).sum(1).mean(0, keepdim=True)


def entropy_by_formula(logits, labels):
    powers = logits.exp()
    return -(powers / powers.sum(1, keepdim=True)).log()[torch.arange(len(labels)), labels].mean()


CASES = {
    exercises.check_mse: [
        ("right", mse_by_hand()),
        ("right", mse_by_loops),
        ("right", mse_without_one_hot),
        ("right", mse_by_hand(gather=lambda squares: squares.mean(1).mean(0, keepdim=True))),
        ("pictures_only", mse_by_hand(gather=lambda squares: squares.sum(1).mean())),
        ("root", mse_by_hand(gather=lambda squares: squares.sum().sqrt())),
        ("not_squared", mse_by_hand(bend=lambda difference: -difference)),
        ("right_place_only", mse_of_right_places),
        ("few_columns", mse_by_hand(target=F.one_hot)),
        ("not_one", mse_by_hand(gather=lambda squares: squares.mean(1))),
        ("squared_apart", lambda z, y: (z**2 - F.one_hot(y, 10) ** 2).mean()),
        ("divided_twice", lambda z, y: mse_by_hand()(z, y) / len(y)),
        ("same_target", mse_by_hand(target=lambda labels: F.one_hot(labels[0], 10))),
        ("shifted", mse_by_hand(target=lambda labels: F.one_hot((labels - 1) % 10, 10))),
        ("entropy", entropy_by_log_softmax),
        ("other", lambda z, y: mse_by_hand()(z, y) / 3),
        ("shortcut", lambda z, y: F.mse_loss(z, F.one_hot(y, 10).float())),
        ("shortcut", lambda z, y: torch.nn.MSELoss()(z, F.one_hot(y, 10).float())),
        ("uncalled", mse_by_hand(gather=lambda squares: squares.mean)),
        ("raised", mse_by_hand(target=lambda labels: labels)),
        ("changed", mark_in_place),
    ],
    exercises.check_found_weight: [
        ("right", step_back(*TO_FC2, 2, 0, last=get_variable)),
        ("right", search),
        ("variable", step_back(*TO_FC2, 2, 0)),
        ("variable", step_back(0, 0)),
        ("on_the_way", step_back(*TO_FC2, 2)),
        ("on_the_way", step_back(*TO_FC2)),
        ("pair", step_back(*TO_FC2, last=lambda node: node.next_functions[2])),
        ("pair", step_without_opening),
        ("past_end", step_back(0, 0, 0)),
        ("past_end", step_back(0, 1, 1)),
        ("past_end", step_back(*TO_FC2, *[1, 0] * 2, *[0] * 10)),
        ("bias", step_back(*TO_FC2, 0, last=get_variable)),
        ("other_layer", step_back(0, 2, 0, last=get_variable)),
        ("other_layer", step_back(0, 0, last=get_variable)),
        ("too_far", step_back(*TO_FC2, 1, 0, 2, 0, last=get_variable)),
        ("outside", lambda last: NET.fc2.weight),
        ("copy", lambda last: search(last).detach()),
        ("copy", lambda last: search(last).data),
        ("thing", lambda last: "fc2.weight"),
        ("thing", lambda last: search(last).shape),
        ("copy", lambda last: search(last).clone()),
        ("copy", lambda last: search(last).T),
        ("not_end", step_back(*TO_FC2, 2, last=get_variable)),
        ("grad_fn", lambda last: last.grad_fn.next_functions[0][0]),
        ("returned_none", walk_to_the_start),
        ("returned_none", lambda last: search(last).grad),
        ("raised", lambda last: 1 / 0),
    ],
    exercises.check_cross_entropy: [
        ("right", entropy_by_log_softmax),
        ("right", entropy_picture_by_picture),
        ("right", entropy_by_one_hot),
        ("right", lambda z, y: (z.logsumexp(1) - z.gather(1, y[:, None])[:, 0]).mean()),
        ("overflow", entropy_by_hand()),
        ("overflow", entropy_by_formula),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1) + 1e-9)),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1).clamp(min=1e-12))),
        ("summed", entropy_by_hand(gather=torch.sum)),
        ("log_base", entropy_by_hand(log=torch.log2)),
        ("twice", entropy_by_hand(lambda z: z.softmax(1).softmax(1))),
        ("no_log", entropy_by_hand(log=lambda p: p - 1)),
        ("all_pairs", lambda z, y: -z.log_softmax(1)[:, y].mean()),
        ("most_probable", lambda z, y: -z.log_softmax(1).amax(1).mean()),
        ("nan", entropy_by_hand(lambda z: z)),
        ("overflow", entropy_by_math),
        ("clipped", lambda z, y: entropy_by_log_softmax(z.clamp(-50, 50), y)),
        ("one_picture", lambda z, y: -z.log_softmax(1)[0, y[0]]),
        ("divisor", lambda z, y: entropy_by_log_softmax(z, y) / len(y)),
        ("ten_classes", lambda z, y: -(F.one_hot(y, 10) * z.log_softmax(1)).sum(1).mean()),
        ("index", lambda z, y: -z.log_softmax(1)[torch.arange(10), y].mean()),
        ("index", lambda z, y: -z.log_softmax(1)[0, 9]),
        ("constant", lambda z, y: math.log(10)),
        ("other", lambda z, y: entropy_by_log_softmax(z, y) / 3),
        ("shortcut", F.cross_entropy),
        ("shortcut", torch.nn.CrossEntropyLoss()),
        ("shortcut", lambda z, y: F.nll_loss(z.log_softmax(1), y)),
        ("changed", lambda z, y: z.zero_()),
        ("raised", lambda z, y: z.log_softmax(2)[y]),
    ],
}
