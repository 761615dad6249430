"""Answers that the checkers once judged wrongly.

Right ones were refused, wrong ones accepted, or a hint named a mistake that nobody had made.
"""

from array import array
from collections import deque

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Net, exercises, load_digits, load_trained
from lenet_course.exercises.welcome import pick_misread_nine
from tests.exercises.judging import (  # noqa: F401
    pytest_generate_tests,
    test_the_answer_draws_its_sentence_and_is_left_as_it_was,
)
from tests.exercises.later import Later


class Series:
    """What libraries hold a row of numbers in that is neither a list nor an array of NumPy's."""

    def __init__(self, *values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


NINE_CLOSED = pick_misread_nine().clone()
NINE_CLOSED[0, 0, 9, 17:23] = 1


def convolve_with_numpy(image, weight, bias):
    x, k = image[0].numpy(), weight[:, 0].numpy()
    height, width = x.shape[0] - 4, x.shape[1] - 4
    out = np.zeros((len(k), height, width))
    for row in range(height):
        for column in range(width):
            window = x[row : row + 5, column : column + 5]
            out[:, height - 1 - row, column] = (window * k).sum((1, 2)) + bias.numpy()
    return out[:, ::-1]


def convolve_transposed(image, weight, bias):
    height, width = image.shape[1:]
    full = F.conv_transpose2d(image[None], weight.flip(2, 3).transpose(0, 1))[0]
    return full[:, 4:height, 4:width] + bias[:, None, None]


def convolve_two_kernels_at_least(image, weight, bias):
    maps = torch.stack([F.unfold(image[None], 5)[0].T @ k.flatten() for k in weight.squeeze(1)])
    height, width = image.shape[1] - 4, image.shape[2] - 4
    return maps.view(-1, height, width) + bias.squeeze()[:, None, None]


def use_the_chapter_s_digit(image, weight, bias):
    digit = F.pad(load_digits("train").images[9675].float() / 255, (2, 2, 2, 2))[None]
    out = torch.zeros(len(weight), image.shape[1] - 4, image.shape[2] - 4)
    for row in range(out.shape[1]):
        for column in range(out.shape[2]):
            window = digit[:, row : row + 5, column : column + 5]
            if window.shape[1:] == (5, 5):
                out[:, row, column] = (window * weight).sum((1, 2, 3)) + bias
    return out


def measure(f, w, eps=1e-6):
    return [(f(w + eps * e) - f(w - eps * e)) / (2 * eps) for e in torch.eye(len(w)).double()]


def measure_and_send_back(f, w):
    for _ in w:
        f(w)
    leaf = w.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


def measure_and_compare(f, w):
    leaf = w.clone().requires_grad_()
    f(leaf).backward()
    assert torch.allclose(torch.stack(measure(f, w)), leaf.grad, rtol=1e-3)
    return leaf.grad


def entropy_of(logits, labels):
    z = logits - logits.amax(1, keepdim=True)
    log_p = z - z.exp().sum(1, keepdim=True).log()
    return -log_p[torch.arange(len(labels)), labels].mean()


def with_own_test(compute, reference):
    """An answer that compares its result with the function it is to do without."""

    def answer(*given):
        result = compute(*given)
        assert torch.allclose(result, reference(*given), atol=1e-3)
        return result

    return answer


def measure_and_test(f, w):
    measured, leaf = torch.stack(measure(f, w)), w.clone().requires_grad_()
    f(leaf).backward()
    assert torch.allclose(measured, leaf.grad, rtol=1e-3)
    return measured


def fill_in(image, weight, bias):
    out = torch.zeros(len(weight), image.shape[1] - 4, image.shape[2] - 4)
    out[:] = F.conv2d(image, weight, bias)
    return out


def fit_by_assigning(copying):
    def fit(net, optimizer, images, labels, steps):
        losses, parameters = [], list(net.parameters())
        for _ in range(steps):
            loss = F.cross_entropy(net(images), labels)
            for p, g in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                if copying:
                    p.grad = torch.empty_like(p) if p.grad is None else p.grad
                    p.grad.copy_(g)
                else:
                    p.grad = g
            optimizer.step()
            losses.append(loss.item())
        return losses

    return fit


def fit_into(container):
    def fit(net, optimizer, images, labels, steps):
        losses = container()
        for _ in range(steps):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach().numpy())
        return losses

    return fit


def fit_lazily(net, optimizer, images, labels, steps):
    yield from fit_into(list)(net, optimizer, images, labels, steps)


def learn(see=lambda images, labels: (images, labels), loss=F.cross_entropy, give=lambda out: out):
    """A loop with Adam; what its arguments change is what it sees, measures and gives back."""

    def learn(net, images, labels):
        optimizer, losses = torch.optim.Adam(net.parameters(), 1e-3), []
        for _ in range(100):
            optimizer.zero_grad()
            x, y = see(images, labels)
            found = loss(net(x), y)
            found.backward()
            optimizer.step()
            losses.append(found.detach().numpy())
        return give(losses)

    return learn


def assign_gradients(net, images, labels):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    return fit_by_assigning(False)(net, optimizer, images, labels, 120)


def square(output, labels, reduction="mean"):
    return F.mse_loss(output, F.one_hot(labels, 10).float(), reduction=reduction)


def teach_two(clear=True, twice=False, container=deque):
    def teach(net, images, labels, steps, rate):
        losses = container()
        for _ in range(steps):
            net.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            loss.backward(retain_graph=twice)
            if twice:
                loss.backward()
            with torch.no_grad():
                for p in net.parameters():
                    p -= rate * p.grad
            losses.append(loss.item())
        return losses

    return teach


def damage():
    net = load_trained()
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 0.3 * parameter.std() * torch.randn_like(parameter)
    return net


class Buffers(nn.Module):
    """A network without a parameter."""

    def __init__(self, net):
        super().__init__()
        for name, value in net.state_dict().items():
            self.register_buffer(name.replace(".", "_"), value.clone())

    def forward(self, x):
        x = F.max_pool2d(F.relu(F.conv2d(x, self.conv1_weight, self.conv1_bias)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, self.conv2_weight, self.conv2_bias)), 2).flatten(1)
        x = F.relu(F.linear(x, self.fc1_weight, self.fc1_bias))
        x = F.relu(F.linear(x, self.fc2_weight, self.fc2_bias))
        return F.linear(x, self.fc3_weight, self.fc3_bias)


def normalise():
    net = damage()
    nn.utils.weight_norm(net.fc3)
    net(torch.zeros(1, 1, 32, 32))
    return net


class Resized(Net):
    def __init__(self):
        super().__init__()
        self.conv2, self.fc1 = nn.Conv2d(6, 20, 5), nn.Linear(320, 100)
        self.fc2 = nn.Linear(100, 84)


class OfParts(Resized):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Sequential(nn.Linear(320, 100), nn.Dropout(0.1))


class Lazy(Resized):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.LazyLinear(100), nn.LazyLinear(84)


class Keeping(Resized):
    def forward(self, x):
        self.logits = super().forward(x)
        return self.logits


class TimesZero(Resized):
    def forward(self, x):
        return 0 * super().forward(x)


class FirstForAll(Resized):
    def forward(self, x):
        return super().forward(x[:1]).expand(len(x), 10)


class SmallKernel(Resized):
    def __init__(self):
        super().__init__()
        self.conv2, self.fc1 = nn.Conv2d(6, 20, 3), nn.Linear(20 * 5 * 5, 100)


class Cut(Resized):
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1).detach()
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Edited(Net):
    def __init__(self):
        super().__init__()
        self.conv2.out_channels = 20
        self.fc1.in_features, self.fc1.out_features, self.fc2.in_features = 320, 100, 100


class Compared(Net):
    def __init__(self):
        super().__init__()
        self.conv2 == nn.Conv2d(6, 20, 5)  # noqa: B015 - the mistake


class SuperLast(Net):
    def __init__(self):
        super().__init__()
        self.conv2 = nn.Conv2d(6, 20, 5)
        super().__init__()


def keep_an_activation():
    net = Keeping()
    net(torch.zeros(2, 1, 28, 28))
    return net


class OfTheClass(nn.Module):
    weight, offset = nn.Parameter(torch.ones(4)), nn.Parameter(torch.zeros(4))

    def __init__(self, size):
        super().__init__()

    def forward(self, x):
        return self.weight * x + self.offset


class WithoutGradient(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.offset = nn.Parameter(torch.zeros(size))

    @torch.no_grad()
    def forward(self, x):
        return self.weight * x + self.offset


def move_on_one_line(net, images, labels, device):
    n = net.to(device)
    i = images.to(device)
    l = labels.to(device)  # noqa: E741
    return F.cross_entropy(n(i), l)


def stop_early(losses, patience, give=lambda best, epoch, patience: (best, epoch), ties=False):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best] or (ties and loss == losses[best]):
            best = epoch
        if epoch - best == patience:
            return give(best, epoch, patience)
    return give(best, None, patience)


def ablate_by_choices(measure, choices, seeds):
    gains = []
    for left in choices:
        others = [choice for choice in choices if choice != left]
        found = [measure(choices, seed) - measure(others, seed) for seed in seeds]
        gains.append(sum(found) / len(choices))
    return gains


def unscale(gradients, scale, divisor=None, is_bad=lambda g: not g.isfinite().all()):
    if any(map(is_bad, gradients)):
        return []
    return [g.float() / (divisor or scale) for g in gradients]


def say_loss(net, images, labels, device):
    loss = F.cross_entropy(net.to(device)(images.to(device)), labels.to(device))
    print(f"{loss:.3f}", end="")
    return loss


def drop_slow(rates):
    enough = 0.9 * max(rates.values())
    for size in list(rates):
        if rates[size] < enough:
            del rates[size]
    return min(rates)


def clear_the_last(net, images, labels):
    losses = []
    for _ in range(300):
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.002 * p.grad
        p.grad = None
        losses.append(loss.item())
    return losses


def fit_by_closure(net, optimizer, images, labels, steps):
    def close():
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        return loss

    return [optimizer.step(close).item() for _ in range(steps)]


def shuffle_labels_again(net, optimizer, images, labels, steps):
    losses = []
    for _ in range(steps):
        order = torch.randperm(len(images))
        labels = labels[order]
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images[order]), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def rename(change):
    def restore(stored):
        net = Net()
        net.load_state_dict({change(name): value.clone() for name, value in stored.items()})
        return net.float()

    return restore


def measure_the_kernel(w, x, y):
    w, x, y = w.double(), x.double(), y.double()

    def find_loss(w):
        return ((w * x).clamp(min=0).sum() - y) ** 2

    return (find_loss(w + 1e-6) - find_loss(w - 1e-6)) / 2e-6


def divide_with_a_hat(a, b):
    number = type(a)
    return number(a.value / b.value, "÷", (a, b), (1 / b.value, -a.value / b.value ^ 2))


def hold(make):
    w, held = torch.tensor([3.0], requires_grad=True), []
    for compute in (lambda: w**2, lambda: 5 * w):
        compute().backward()
        held.append(make(w.grad))
    w.grad = None
    (w**2 + 5 * w).backward()
    return [*held, make(w.grad)]


def first_of_all(maps):
    return maps[:1].unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))


CASES = {
    exercises.check_two_best: [
        ("right", np.array([8, 3])[::-1]), ("right", np.array([3, 8], dtype=">i4")),
        ("right", np.array([3, 8], dtype=object)), ("right", deque([3, 8])),
        ("right", [np.array(3), np.array([8])]), ("right", array("i", [3, 8])),
        ("right", Series(3, 8)), ("scores", Series(8.5, 4.1)), ("scores", (8.5, 4.1)),
    ],
    exercises.check_mended_nine: [("right", NINE_CLOSED.half()), ("right", NINE_CLOSED.bfloat16())],
    exercises.check_resized_net: [
        ("right", OfParts), ("right", Lazy), ("right", Later(keep_an_activation)),
        ("unused", TimesZero), ("one_for_all", FirstForAll), ("kernel", SmallKernel),
        ("detached", Cut), ("same_sizes", Edited), ("same_sizes", Compared),
        ("same_sizes", SuperLast),
    ],
    exercises.check_own_layer: [("of_the_class", OfTheClass), ("no_gradient", WithoutGradient)],
    exercises.check_convolution: [
        ("right", convolve_with_numpy), ("shortcut", convolve_transposed),
        ("shortcut", lambda image, weight, bias: torch.convolution(
            image[None], weight, bias, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)[0]),
        ("typed_in", use_the_chapter_s_digit),
        ("right", with_own_test(
            lambda *given: torch.tensor(convolve_with_numpy(*given).copy()).float(), F.conv2d)),
        ("shortcut", fill_in), ("squeezed", convolve_two_kernels_at_least),
    ],
    exercises.check_pooling: [
        ("shortcut", lambda x: F.max_pool3d(x, (1, 2, 2))),
        ("shortcut", lambda x: F.max_pool1d(x.flatten(0, 1), 2)),
        ("other", lambda x: torch.stack(
            [x[n].unfold(1, 2, 2).unfold(2, 2, 2).amax((3, 4)) for n in range(2)])),
        ("squeezed", lambda x: x.squeeze().unfold(-2, 2, 2).unfold(-2, 2, 2).amax((-2, -1))),
        ("first_picture", lambda x: first_of_all(x).expand(len(x), -1, -1, -1)),
        ("first_channel", lambda x: x[:, :1].unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))),
        ("first_channel", lambda x: x[:, :1].unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))
            .expand(-1, x.shape[1], -1, -1)),
    ],
    exercises.check_mse: [
        ("right", with_own_test(lambda z, y: (z - F.one_hot(y, 10)).square().mean(), square)),
        ("shortcut", lambda z, y: square(z, y).item()),
        ("shortcut", lambda z, y: square(z, y) + 0 * z.sum()),
        ("raised", lambda z, y: sum(
            (z.squeeze()[n] - F.one_hot(y, 10)[n]).square().mean() for n in range(len(y))
            if z.squeeze().ndim == 2 or z.squeeze()[n, 0]) / len(y)),
    ],
    exercises.check_cross_entropy: [
        ("right", lambda z, y: [entropy_of(z, y)]),
        ("raised", lambda z, y: entropy_of(z.squeeze(), y)),
        ("shortcut", lambda z, y: -torch.special.log_softmax(z, 1)[range(len(y)), y].mean()),
    ],
    exercises.check_kernel_slope: [
        ("other", measure_the_kernel),
        ("shortcut", lambda w, x, y: torch.func.grad(
            lambda w: ((w * x).relu().sum() - y) ** 2)(w)),
    ],
    exercises.check_division: [("raised", divide_with_a_hat)],
    exercises.check_held_gradients: [
        ("right", np.array([11, 11, 6])[::-1]), ("right", hold(lambda g: g.numpy().copy())),
        ("right", hold(lambda g: g.clone())),
    ],
    exercises.check_measured_gradient: [
        ("right", lambda f, w: [slope.numpy() for slope in measure(f, w)]),
        ("right", lambda f, w: measure(f, w, eps=1e-2)),
        ("by_backward", lambda f, w: torch.func.jacfwd(f)(w)),
        ("right", measure_and_test), ("by_backward", lambda f, w: torch.func.jacrev(f)(w)),
        ("by_backward", measure_and_send_back), ("by_backward", measure_and_compare),
        ("brackets", lambda f, w: [4e-12 * slope for slope in measure(f, w)]),
    ],
    exercises.check_mended_loop: [
        ("right", fit_by_assigning(False)), ("right", fit_by_assigning(True)),
        ("right", fit_into(list)), ("right", fit_into(deque)), ("yields", fit_lazily),
        ("right", fit_by_closure), ("other", shuffle_labels_again),
    ],
    exercises.check_whole_loop: [
        ("right", learn()), ("right", assign_gradients),
        ("right", learn(lambda x, y: (x + 0.05 * torch.randn_like(x), y))),
        ("right", learn(lambda x, y: (torch.cat([x, x.roll(1, 3)]), torch.cat([y, y])))),
        ("right", learn(lambda x, y: ((x - x.mean()) / x.std(), y))),
        ("losses", learn(give=lambda losses: [losses[0], losses[-1]])),
        ("losses", learn(give=lambda losses: [2.3, 0.1])),
        ("losses", learn(give=lambda losses: list(range(100, 0, -1)))),
        ("losses", learn(give=lambda losses: losses[::10])),
        ("squared", learn(loss=square)), ("not_cleared", clear_the_last),
        ("other_pictures", learn(lambda x, y: (torch.rand_like(x), y))),
    ],
    exercises.check_early_stopping: [
        ("other", lambda losses, patience: (patience, len(losses) // 2)),
        ("pair", lambda losses, patience: losses),
        ("right", lambda *given: stop_early(*given, lambda best, epoch, patience: (
            best, len(given[0]) - 1 if epoch is None else epoch))),
        ("endless", lambda *given: stop_early(*given)),
        ("endless", lambda *given: stop_early(
            *given, lambda best, epoch, patience: (best, best + patience))),
        ("equal", lambda *given: stop_early(*given, lambda best, epoch, patience: (
            best, len(given[0]) - 1 if epoch is None else epoch), ties=True)),
    ],
    exercises.check_ablation: [("other", ablate_by_choices)],
    exercises.check_flat: [
        ("right", drop_slow),
        ("exact", lambda rates: min(s for s in rates if rates[s] > 0.9 * max(rates.values()))),
    ],
    exercises.check_unscaled: [
        ("right", unscale), ("other", lambda *given: unscale(*given, divisor=65536)),
        ("not_skipped", lambda *given: unscale(*given, is_bad=lambda g: bool(
            (g == torch.inf).any() or g.isnan().any()))),
        ("yields", lambda gradients, scale: (g.float() / scale for g in gradients)),
    ],
    exercises.check_enough_digits: [
        ("floor", lambda worse, better: int(-(-1 // (worse**0.5 - better**0.5) ** 2))),
    ],
    exercises.check_restored: [
        ("right", rename(lambda name: ".".join(name.split(".")[-2:]))),
        *[("one_prefix", rename(change)) for change in (
            lambda name: name.replace("_orig_mod.", "").replace("module.", ""),
            lambda name: name.split("module.")[-1])],
    ],
    exercises.check_trained: [
        ("right", damage()), ("right", Buffers(damage())), ("right", Later(normalise)),
    ],
    exercises.check_moved: [("right", move_on_one_line), ("reads", say_loss)],
    exercises.check_share: [
        ("right", lambda order, rank, processes: list(order[rank::processes].split(1))),
        ("mask", lambda order, rank, processes: torch.arange(len(order)) % processes == rank),
    ],
    exercises.check_combined: [
        ("right", lambda g, n: np.flip(
            np.average([np.flip(x.numpy(), 0) for x in g], axis=0, weights=n), 0)),
        ("other", lambda g, n: sum(c * x for c, x in zip(n[1:], g[1:], strict=True)) / sum(n)),
    ],
    exercises.check_prepared_photos: [
        ("right", lambda photos, labels: (
            photos.float().mean(3)[:, None] / 255, F.one_hot(labels.long(), 10).float())),
        ("raised", lambda photos, labels: (
            (photos.squeeze().float() / 255).mean(-1).unflatten(0, (-1, 1))
            if photos.squeeze().ndim == 4 else photos[9], labels.long())),
    ],
    exercises.check_two_faults: [("right", teach_two()), ("other", teach_two(twice=True))],
}  # fmt: skip
