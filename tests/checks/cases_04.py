"""Chapter 4."""

import math

import torch
import torch.nn.functional as F

from lenet_course import Net, checks


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


def mse_of_one_picture(logits, labels, last=False):
    total = 0.0
    for row, label in zip(logits, labels, strict=True):
        total = (row - F.one_hot(label, 10)).square().mean()
        if not last:
            return total
    return total


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
    checks.check_mse: [
        ("right", mse_by_hand()),
        ("right", mse_by_loops),
        ("right", mse_without_one_hot),
        ("right", mse_by_hand(gather=lambda squares: squares.mean(1).mean(0, keepdim=True))),
        ("summed", mse_by_hand(gather=torch.sum)),
        ("pictures_only", mse_by_hand(gather=lambda squares: squares.sum(1).mean())),
        ("classes_only", mse_by_hand(gather=lambda squares: squares.sum() / 10)),
        ("root", mse_by_hand(gather=lambda squares: squares.mean().sqrt())),
        ("root", mse_by_hand(gather=lambda squares: squares.sum().sqrt())),
        ("absolute", mse_by_hand(bend=torch.abs)),
        ("not_squared", mse_by_hand(bend=lambda difference: difference)),
        ("not_squared", mse_by_hand(bend=lambda difference: -difference)),
        ("number_target", mse_by_hand(target=lambda labels: labels[:, None])),
        ("number_target", lambda z, y: (z.argmax(1) - y).float().square().mean()),
        ("right_place_only", mse_of_right_places),
        ("no_target", mse_by_hand(target=lambda labels: 0)),
        ("softmax", lambda z, y: mse_by_hand()(z.softmax(1), y)),
        ("few_columns", mse_by_hand(target=F.one_hot)),
        ("not_one", mse_by_hand(gather=lambda squares: squares.mean(1))),
        ("not_one", mse_by_hand(gather=lambda squares: squares)),
        ("square_of_mean", mse_by_hand(gather=lambda x: x.mean() ** 2, bend=lambda x: x)),
        ("squared_apart", lambda z, y: (z**2 - F.one_hot(y, 10) ** 2).mean()),
        ("doubled", mse_by_hand(bend=lambda difference: difference * 2)),
        ("divided_twice", lambda z, y: mse_by_hand()(z, y) / 2),
        ("divided_twice", lambda z, y: mse_by_hand()(z, y) / len(y)),
        ("one_picture", mse_of_one_picture),
        ("one_picture", lambda z, y: mse_of_one_picture(z, y, last=True)),
        ("same_target", mse_by_hand(target=lambda labels: F.one_hot(labels[0], 10))),
        ("same_target", mse_by_hand(target=lambda labels: F.one_hot(torch.tensor([9]), 10))),
        ("guessed_target", lambda z, y: mse_by_hand()(z, z.argmax(1))),
        ("shifted", mse_by_hand(target=lambda labels: F.one_hot((labels - 1) % 10, 10))),
        ("added", mse_by_hand(target=lambda labels: -F.one_hot(labels, 10))),
        ("paired", lambda z, y: (z.view(-1) - F.one_hot(y, 10).view(-1, 1)).square().mean()),
        ("entropy", entropy_by_log_softmax),
        ("entropy", F.cross_entropy),
        ("constant", lambda z, y: 8.1),
        ("other", lambda z, y: mse_by_hand()(z, y) / 3),
        ("shortcut", lambda z, y: F.mse_loss(z, F.one_hot(y, 10).float())),
        ("shortcut", lambda z, y: torch.nn.MSELoss()(z, F.one_hot(y, 10).float())),
        ("uncalled", mse_by_hand(gather=lambda squares: squares.mean)),
        ("raised", mse_by_hand(target=lambda labels: labels)),
        ("changed", mark_in_place),
    ],
    checks.check_found_weight: [
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
    checks.check_cross_entropy: [
        ("right", entropy_by_log_softmax),
        ("right", entropy_picture_by_picture),
        ("right", entropy_by_one_hot),
        ("right", lambda z, y: (z.logsumexp(1) - z.gather(1, y[:, None])[:, 0]).mean()),
        ("overflow", entropy_by_hand()),
        ("overflow", entropy_by_formula),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1) + 1e-9)),
        ("clipped", entropy_by_hand(lambda z: z.softmax(1).clamp(min=1e-12))),
        ("sign", entropy_by_hand(sign=1)),
        ("summed", entropy_by_hand(gather=torch.sum)),
        ("per_picture", entropy_by_hand(gather=lambda each: each)),
        ("log_base", entropy_by_hand(log=torch.log10)),
        ("log_base", entropy_by_hand(log=torch.log2)),
        ("wrong_softmax", entropy_by_hand(lambda z: z.softmax(0))),
        ("twice", lambda z, y: entropy_by_log_softmax(z.softmax(1), y)),
        ("twice", entropy_by_hand(lambda z: z.softmax(1).softmax(1))),
        ("no_log", entropy_by_hand(log=lambda p: p)),
        ("no_log", entropy_by_hand(log=lambda p: p, sign=1)),
        ("no_log", entropy_by_hand(log=lambda p: p - 1)),
        ("no_softmax", entropy_by_hand(lambda z: z, log=lambda z: z)),
        ("log_of_mean", entropy_by_hand(log=torch.mean, gather=torch.log)),
        ("all_pairs", lambda z, y: -z.log_softmax(1)[:, y].mean()),
        ("all_classes", lambda z, y: -z.log_softmax(1).mean()),
        ("all_classes", lambda z, y: -z.log_softmax(1).sum(1).mean()),
        ("most_probable", lambda z, y: -z.log_softmax(1).amax(1).mean()),
        ("nan", entropy_by_hand(lambda z: z)),
        ("overflow", entropy_by_math),
        ("clipped", lambda z, y: entropy_by_log_softmax(z.clamp(-50, 50), y)),
        ("wrong_softmax", entropy_by_hand(lambda z: z.exp() / z.exp().sum())),
        ("first_row", lambda z, y: -z.log_softmax(1)[0, y].mean()),
        ("one_picture", lambda z, y: -z.log_softmax(1)[0, y[0]]),
        ("one_picture", lambda z, y: -z.log_softmax(1)[-1, y[-1]]),
        ("divisor", lambda z, y: entropy_by_log_softmax(z, y) / 2),
        ("divisor", lambda z, y: entropy_by_log_softmax(z, y) / len(y)),
        ("divisor", lambda z, y: -(F.one_hot(y, z.shape[1]) * z.log_softmax(1)).mean()),
        ("divisor", entropy_by_hand(gather=lambda each: each.sum() / 10)),
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
