"""Chapter 7."""

import torch

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
    exercises.check_receivers: [
        ("right", ["b", "e"]),
        ("right", ("e", "b")),
        ("right", {"b", "e"}),
        ("right", "b, e"),
        ("right", [" b", "e", "e"]),
        ("none", []),
        ("all", list("abcde")),
        ("opposite", ["a", "c", "d"]),
        ("frozen_blocks", ["e"]),
        ("frozen_learns", ["b", "d", "e"]),
        ("frozen_learns", ["d", "e", "b"]),
        ("through_detach", ["a", "b", "e"]),
        ("through_detach", ["a"]),
        ("through_detach", ["a", "b", "d", "e"]),
        ("not_recorded", ["b", "c", "e"]),
        ("not_recorded", ["c", "d"]),
        ("detached_input", ["b"]),
        ("detached_input", ["d"]),
        ("detached_input", ["d", "e"]),
        ("names", ["b", "f"]),
        ("names", ["fc1"]),
        ("names", [True, 2]),
        ("names", "be it"),
        ("names", 2),
    ],
}
