"""Chapter 7."""

import torch
import torch.nn.functional as F

from lenet_course.exercises import send_it_backward as exercises
from tests.exercises.judging import *  # noqa: F403


def slopes_by_hand(divide=lambda change, eps: change / (2 * eps), eps=1e-6, up=1, down=1):
    def measure(f, w):
        moves = eps * torch.eye(len(w), dtype=w.dtype)
        changes = [f(w + up * move) - f(w - down * move) for move in moves]
        return torch.stack([divide(change, eps) for change in changes])

    return measure


def slopes_by_autograd(f, w):
    w = w.clone().requires_grad_()
    return torch.autograd.grad(f(w), w)[0]


def shake_together(f, w):
    return torch.full_like(w, (f(w + 1e-6) - f(w - 1e-6)) / 2e-6)


def shake_and_forget(f, w):
    w, slopes = w.clone(), []
    for i in range(len(w)):
        before = f(w)
        w[i] += 0.01
        slopes.append((f(w) - before) / 0.01)
    return torch.stack(slopes)


def shake_more_and_more(f, w, eps=1e-6):
    shift, slopes = torch.zeros_like(w), []
    for i in range(len(w)):
        shift[i] = eps
        slopes.append((f(w + shift) - f(w - shift)) / (2 * eps))
    return torch.stack(slopes)


def shake_and_put_back(f, w, eps=1e-6):
    """As the chapter's loss_at does it; the sums leave their rounding in w."""
    slopes = torch.zeros_like(w)
    for i in range(len(w)):
        w[i] += eps
        above = f(w)
        w[i] -= 2 * eps
        slopes[i] = (above - f(w)) / (2 * eps)
        w[i] += eps
    w[0] += 1e-12  # whether the rounding shows depends on the numbers
    return slopes


def measure_without_brackets(f, w, eps=1e-6):
    moves = eps * torch.eye(len(w), dtype=w.dtype)
    return torch.stack([f(w + move) - f(w - move) / (2 * eps) for move in moves])


def change_in_place(f, w):
    w += 1e-6
    return w


def bias_by_hand(gather=lambda error: error.mean(0), softmax=lambda z: z.softmax(1)):
    def compute(fc3, hidden, labels):
        return gather(softmax(fc3(hidden)) - F.one_hot(labels, 10))

    return compute


def bias_without_bias(fc3, hidden, labels):
    p = (hidden @ fc3.weight.T).softmax(1)
    return (p - F.one_hot(labels, 10)).mean(0)


def pick_rows(fc3, hidden, labels):
    p = fc3(hidden).softmax(1).clone()
    p[labels] -= 1
    return p.mean(0)


def subtract_own_answer(fc3, hidden, labels):
    z = fc3(hidden)
    return (z.softmax(1) - F.one_hot(z.argmax(1), 10)).mean(0)


def bias_with(target):
    return lambda fc3, hidden, labels: (fc3(hidden).softmax(1) - target(labels)).mean(0)


def bias_by_autograd(fc3, hidden, labels):
    z = fc3(hidden).detach().requires_grad_()
    F.cross_entropy(z, labels).backward()
    return z.grad.sum(0)


def bias_by_backward(fc3, hidden, labels, clear=True):
    if clear:
        fc3.zero_grad()
    F.cross_entropy(fc3(hidden), labels).backward()
    return fc3.bias.grad


def picture_by_picture(fc3, hidden, labels):
    total = [0.0] * 10
    for row, label in zip(hidden, labels, strict=True):
        powers = fc3(row).exp()
        for k in range(10):
            total[k] += (powers[k] / powers.sum()).item() - (k == label.item())
    return [number / len(labels) for number in total]


def weight_by_hand(fc3, hidden, labels):
    return bias_by_hand(gather=lambda error: error)(fc3, hidden, labels).T @ hidden / len(labels)


OTHER = torch.nn.Linear(7, 10)


def half_way(fc3, hidden, labels):
    bias = bias_by_hand()(fc3, hidden, labels)
    return bias / 2


CASES = {
    exercises.check_held_gradients: [
        ("right", [2 * 3, 2 * 3 + 5, 2 * 3 + 5]),
        ("right", torch.tensor([6.0, 11.0, 11.0])),
        ("right", (torch.tensor(6.0), 11, 11.0)),
        ("three", 11),
        ("three", [6, 11]),
        ("three", [6, 11, None]),
        ("three", {1: 6, 2: 11, 3: 11}),
        ("loss", [6, 24, 11]),
        ("first", [3, 8, 8]),
        ("averaged", [6, 5.5, 5.5]),
        ("one_term", [6, 11, 5]),
    ],
    exercises.check_measured_gradient: [
        ("right", slopes_by_hand()),
        ("right", slopes_by_hand(eps=1e-4)),
        ("right", slopes_by_hand(lambda change, eps: change / eps, eps=1e-7, down=0)),
        ("right", lambda f, w: slopes_by_hand()(f, w.requires_grad_())),
        ("by_backward", slopes_by_autograd),
        ("right", lambda f, w: slopes_by_hand()(f, w).tolist()),
        ("shape", lambda f, w: slopes_by_autograd(f, w)[0]),
        ("shape", lambda f, w: slopes_by_autograd(f, w)[None]),
        ("all_at_once", shake_together),
        ("all_at_once", lambda f, w: shake_together(f, w)[0]),
        ("all_at_once", lambda f, w: slopes_by_hand()(f, w).sum().expand(len(w))),
        ("gaps", lambda f, w: torch.cat([slopes_by_hand()(f, w)[:-1], torch.zeros(1)])),
        ("gaps", lambda f, w: slopes_by_hand()(f, w) * (torch.arange(len(w)) == 0)),
        ("no_f", lambda f, w: torch.ones_like(w)),
        ("absolute", lambda f, w: slopes_by_hand()(f, w).abs()),
        ("still", slopes_by_hand(up=0, down=0)),
        ("no_division", slopes_by_hand(lambda change, eps: change)),
        ("brackets", slopes_by_hand(lambda change, eps: change / 2 * eps)),
        ("one_eps", slopes_by_hand(lambda change, eps: change / eps)),
        ("not_moved_back", shake_more_and_more),
        ("half", slopes_by_hand(down=0)),
        ("half", slopes_by_hand(up=0)),
        ("sign", slopes_by_hand(up=-1, down=-1)),
        ("rough", slopes_by_hand(eps=0.2)),
        ("rough", shake_and_forget),
        ("rough", lambda f, w: slopes_by_hand()(f, w).long()),
        ("other", lambda f, w: f(w) * w),
        ("other", lambda f, w: 1.5 * slopes_by_hand()(f, w)),
        ("outer_brackets", measure_without_brackets),
        ("put_back", change_in_place),
        ("put_back", shake_and_put_back),
        ("raised", lambda w: w),
    ],
    exercises.check_bias_gradient: [
        ("right", bias_by_hand()),
        ("by_backward", bias_by_autograd),
        ("by_backward", bias_by_backward),
        ("right", picture_by_picture),
        ("sign", bias_by_hand(gather=lambda error: -error.mean(0))),
        ("no_one_hot", lambda fc3, hidden, labels: fc3(hidden).softmax(1).mean(0)),
        ("raw_labels", bias_with(lambda labels: labels[:, None])),
        ("rows", pick_rows),
        ("every_row", bias_with(lambda labels: 1)),
        ("every_row", bias_with(lambda labels: F.one_hot(labels, 10).amax(0))),
        ("one_label", bias_with(lambda labels: F.one_hot(torch.tensor([9]), 10))),
        ("own_answer", subtract_own_answer),
        ("few_columns", bias_with(F.one_hot)),
        ("no_bias", bias_without_bias),
        ("no_softmax", bias_by_hand(softmax=lambda z: z)),
        ("no_softmax", bias_by_hand(softmax=lambda z: z.log_softmax(1))),
        ("wrong_softmax", bias_by_hand(softmax=lambda z: z.softmax(0))),
        ("wrong_softmax", bias_by_hand(softmax=lambda z: z.exp() / z.exp().sum())),
        ("summed", bias_by_hand(gather=lambda error: error.sum(0))),
        ("one_picture", bias_by_hand(gather=lambda error: error[0])),
        ("one_picture", bias_by_hand(gather=lambda error: error[0] / len(error))),
        ("factor", bias_by_hand(gather=lambda error: error.sum(0) / 10)),
        ("factor", half_way),
        ("not_called", lambda fc3, hidden, labels: bias_by_hand()(OTHER, hidden[:, :7], labels)),
        ("per_picture", bias_by_hand(gather=lambda error: error)),
        ("per_picture", bias_by_hand(gather=lambda error: error / len(error))),
        ("wrong_axis", bias_by_hand(gather=lambda error: error.mean(1))),
        ("wrong_axis", bias_by_hand(gather=lambda error: error.mean(1, keepdim=True))),
        ("one_number", bias_by_hand(gather=lambda error: error.mean())),
        ("two_axes", bias_by_hand(gather=lambda error: error.mean(0, keepdim=True))),
        ("two_axes", bias_by_hand(gather=lambda error: error.mean(0)[:, None])),
        ("weight", weight_by_hand),
        ("transposed", lambda *given: weight_by_hand(*given).T),
        ("piled_up", lambda *given: bias_by_backward(*given, clear=False)),
        ("left_over", lambda fc3, hidden, labels: fc3.bias.grad),
        ("other", bias_by_hand(gather=lambda error: error.abs().mean(0))),
        ("changed", lambda fc3, hidden, labels: hidden.zero_()),
        ("raised", bias_by_hand(softmax=lambda z: z[:, :3])),
    ],
}
