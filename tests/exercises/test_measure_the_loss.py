"""Chapter 4."""

import math

import torch
import torch.nn.functional as F

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


def pick_hardest(logits, labels):
    return F.cross_entropy(logits, labels, reduction="none").topk(3).indices


def pick_by(values, largest=True):
    return lambda logits, labels: values(logits, labels).argsort(descending=largest)[:3]


def pick_by_loops(logits, labels):
    losses = [-row.softmax(0)[y].log().item() for row, y in zip(logits, labels, strict=True)]
    return sorted(range(len(losses)), key=lambda place: -losses[place])[:3]


def get_own(logits, labels):
    return logits.gather(1, labels[:, None])[:, 0]


def entropy_by_hand(
    probabilities=lambda z: z.softmax(1), log=torch.log, gather=torch.mean, sign=-1
):
    def compute(logits, labels):
        rows = torch.arange(len(labels))
        return sign * gather(log(probabilities(logits)[rows, labels]))

    return compute


def log_softmax(logits, dim=1):
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log()


def entropy_from_logits(logits, labels):
    rows = torch.arange(len(labels))
    return -log_softmax(logits)[rows, labels].mean()


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
    return -(one_hot * log_softmax(logits)).sum(1).mean(0, keepdim=True)


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
        ("entropy", entropy_from_logits),
        ("other", lambda z, y: mse_by_hand()(z, y) / 3),
        ("shortcut", lambda z, y: F.mse_loss(z, F.one_hot(y, 10).float())),
        ("shortcut", lambda z, y: torch.nn.MSELoss()(z, F.one_hot(y, 10).float())),
        ("uncalled", mse_by_hand(gather=lambda squares: squares.mean)),
        ("raised", mse_by_hand(target=lambda labels: labels)),
        ("changed", mark_in_place),
    ],
    exercises.check_hardest: [
        ("right", pick_hardest),
        ("right", pick_by_loops),
        ("right", lambda z, y: pick_hardest(z, y).tolist()),
        ("order", lambda z, y: pick_hardest(z, y).flip(0)),
        ("order", lambda z, y: pick_hardest(z, y).sort().values),
        ("three", lambda z, y: pick_hardest(z, y)[0]),
        ("three", lambda z, y: [*pick_by_loops(z, y), 0]),
        ("losses", lambda z, y: F.cross_entropy(z, y, reduction="none").topk(3).values),
        ("labels", lambda z, y: y[pick_hardest(z, y)]),
        ("easiest", pick_by(lambda z, y: get_own(z.softmax(1), y))),
        ("from_one", lambda z, y: pick_hardest(z, y) + 1),
        ("unsure", pick_by(lambda z, y: z.softmax(1).amax(1), False)),
        ("sure", pick_by(lambda z, y: z.softmax(1).amax(1))),
        ("low_logit", pick_by(get_own, False)),
        ("other", lambda z, y: [0, 1, 2]),
        ("other", lambda z, y: pick_hardest(z, y) + 2),
        ("changed", lambda z, y: pick_hardest(z.zero_(), y)),
        ("raised", lambda z, y: F.cross_entropy(z, y).argsort(descending=True)[:3]),
    ],
    exercises.check_cross_entropy: [
        ("right", entropy_from_logits),
        ("right", entropy_picture_by_picture),
        ("right", entropy_by_one_hot),
        ("overflow", entropy_by_hand()),
        ("overflow", entropy_by_formula),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1) + 1e-9)),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1).clamp(min=1e-12))),
        ("summed", entropy_by_hand(gather=torch.sum)),
        ("log_base", entropy_by_hand(log=torch.log2)),
        ("twice", entropy_by_hand(lambda z: z.softmax(1).softmax(1))),
        ("no_log", entropy_by_hand(log=lambda p: p - 1)),
        ("all_pairs", lambda z, y: -log_softmax(z)[:, y].mean()),
        ("most_probable", lambda z, y: -log_softmax(z).amax(1).mean()),
        ("nan", entropy_by_hand(lambda z: z)),
        ("overflow", entropy_by_math),
        ("clipped", lambda z, y: entropy_from_logits(z.clamp(-50, 50), y)),
        ("one_picture", lambda z, y: -log_softmax(z)[0, y[0]]),
        ("divisor", lambda z, y: entropy_from_logits(z, y) / len(y)),
        ("ten_classes", lambda z, y: -(F.one_hot(y, 10) * log_softmax(z)).sum(1).mean()),
        ("index", lambda z, y: -log_softmax(z)[torch.arange(10), y].mean()),
        ("index", lambda z, y: -log_softmax(z)[0, 9]),
        ("constant", lambda z, y: math.log(10)),
        ("other", lambda z, y: entropy_from_logits(z, y) / 3),
        ("shortcut", F.cross_entropy),
        ("shortcut", torch.nn.CrossEntropyLoss()),
        ("shortcut", lambda z, y: F.nll_loss(log_softmax(z), y)),
        ("shortcut", lambda z, y: -z.log_softmax(1).gather(1, y[:, None]).mean()),
        ("shortcut", lambda z, y: (z.logsumexp(1) - get_own(z, y)).mean()),
        ("changed", lambda z, y: z.zero_()),
        ("raised", lambda z, y: z.softmax(2)[y]),
    ],
}
