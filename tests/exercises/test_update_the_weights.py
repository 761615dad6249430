"""Chapter 8."""

import copy

import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits, prepare_images
from lenet_course.exercises import update_the_weights as exercises
from tests.exercises.judging import *  # noqa: F403


def write_loop(order="zflbsr", before="", clear=lambda net, optimizer: optimizer.zero_grad()):
    """A loop as its steps' first letters: zero_grad, forward, loss, backward, step, record."""

    def fit(net, optimizer, images, labels, steps):
        here = {"losses": []}
        do = {
            "z": lambda: clear(net, optimizer),
            "f": lambda: here.update(output=net(images)),
            "l": lambda: here.update(loss=F.cross_entropy(here["output"], labels)),
            "b": lambda: here["loss"].backward(),
            "s": optimizer.step,
            "r": lambda: here["losses"].append(here["loss"].item()),
        }
        for letter in before + order * steps:
            do[letter]()
        return here["losses"]

    return fit


def fit_by_hand(net, optimizer, images, labels, steps):
    losses = torch.zeros(steps)
    for step in range(steps):
        net.zero_grad(set_to_none=False)
        losses[step] = loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
    return losses


def fit_another(net, optimizer, images, labels, steps):
    net = copy.deepcopy(net)
    return write_loop()(net, torch.optim.SGD(net.parameters(), 0.5), images, labels, steps)


def shuffle(pair=lambda images, labels, order: (images[order], labels[order]), once=False):
    """A loop that takes the images in a new order at each step, or in one order throughout."""

    def fit(net, optimizer, images, labels, steps):
        order, losses = torch.randperm(len(images)), []
        for _ in range(steps):
            order = order if once else torch.randperm(len(images))
            optimizer.zero_grad()
            shown, asked = pair(images, labels, order)
            loss = F.cross_entropy(net(shown), asked)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return fit


def fit_own_optimizer(net, optimizer, images, labels, steps):
    return write_loop()(net, torch.optim.SGD(net.parameters(), 0.5), images, labels, steps)


def return_at_once(net, optimizer, images, labels, steps):
    return write_loop()(net, optimizer, images, labels, 1)


def fit_with_these(images, labels):
    """The chapter's train(), which uses the names outside it."""
    return lambda net, optimizer, i, t, steps: write_loop()(net, optimizer, images, labels, steps)


def fit_squares(net, optimizer, images, labels, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.mse_loss(net(images), F.one_hot(labels, len(labels)).float())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def step_with(velocity, weight=lambda w, v, rate, momentum: w - rate * v, keep=True):
    """A step of momentum: how the velocity is made, how it moves the weight."""

    def step(w, g, old, rate, momentum):
        v = velocity(g, old, rate, momentum)
        return weight(w, v, rate, momentum), v if keep else old

    return step


def add(g, v, rate, momentum):
    return momentum * v + g


def change_velocity(w, g, v, rate, momentum):
    v *= momentum
    v += g
    return w - rate * v, v


def nesterov(w, g, v, rate, momentum):
    v = momentum * v + g
    return w - rate * (g + momentum * v), v


def by_sgd(w, g, v, rate, momentum):
    p = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([p], lr=rate, momentum=momentum)
    optimizer.state[p]["momentum_buffer"] = v.clone()
    p.grad = g
    optimizer.step()
    return [p, optimizer.state[p]["momentum_buffer"]]


def learn_with(make=lambda p: torch.optim.Adam(p, lr=0.001), steps=100, returned=list, **loop):
    def learn(net, images, labels):
        fit = write_loop(**loop)
        return returned(fit(net, make(net.parameters()), images, labels, steps))

    return learn


def sgd(rate, **options):
    return lambda parameters: torch.optim.SGD(parameters, lr=rate, **options)


def learn_by_hand(net, images, labels, sign=-1):
    losses = []
    for _ in range(150):
        loss = F.cross_entropy(net(images), labels)
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, gradient in zip(net.parameters(), gradients, strict=True):
                p += sign / 8 * gradient
        losses.append(loss.detach())
    return losses


def learn_in_parts(net, images, labels):
    """Two halves, whose gradients add up on purpose, before each update."""
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.002), []
    for _ in range(80):
        optimizer.zero_grad()
        for part in (slice(0, 4), slice(4, None)):
            loss = F.cross_entropy(net(images[part]), labels[part]) / 2
            loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def learn_by_fours(net, images, labels):
    """Mini-batches of four, cleared after the update; only the first part's loss is kept."""
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.001), []
    for _ in range(100):
        for part in torch.arange(len(images)).split(4):
            loss = F.cross_entropy(net(images[part]), labels[part])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses += [loss.item()] if part[0] == 0 else []
    return losses


def learn_from_probabilities(net, images, labels):
    optimizer, losses = torch.optim.SGD(net.parameters(), 1 / 8), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images).softmax(1), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def learn_by_forward(net, images, labels):
    """It calls net.forward(), past the hooks of net itself."""
    optimizer, losses = torch.optim.Adam(net.parameters(), 0.001), []
    for _ in range(100):
        optimizer.zero_grad()
        loss = F.cross_entropy(net.forward(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def learn_a_copy(net, images, labels):
    return learn_with()(copy.deepcopy(net), images, labels)


def learn_a_new_one(net, images, labels):
    return learn_with()(Net(), images, labels)


def rebind(net, images, labels):
    losses = []
    for _ in range(3):
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        for p in net.parameters():
            p = p - 0.1 * p.grad
        losses.append(loss.item())
    return losses


def learn_other_pictures(net, images, labels):
    """The chapter's own 64 digits, in place of those that were handed over."""
    digits = load_digits("train")
    return learn_with(steps=2)(net, prepare_images(digits.images[:64]), digits.labels[:64])


def learn_two_pictures(net, images, labels):
    return learn_with()(net, images[:2], labels[:2])


def forget_return(net, images, labels):
    learn_with(steps=1)(net, images, labels)


CASES = {
    exercises.check_one_step_rate: [
        ("right", 0.5),
        ("right", torch.tensor(1 / 2, requires_grad=True)),
        ("right", 3 / 6),
        ("short", 1 / 6),
        ("further", 3),
        ("text", "0.5"),
    ],
    exercises.check_mended_loop: [
        ("right", write_loop()),
        ("right", write_loop("flzbsr")),
        ("right", write_loop("flbsrz")),
        ("right", write_loop(clear=lambda net, optimizer: net.zero_grad())),
        ("right", fit_by_hand),
        ("right", lambda net, o, i, t, steps: write_loop()(net, o, i.flatten(1), t, steps)),
        ("right", shuffle()),
        ("right", shuffle(once=True)),
        ("unpaired", shuffle(lambda images, labels, order: (images[order], labels))),
        ("unpaired", shuffle(lambda images, labels, order: (images, labels[order]))),
        ("unpaired", shuffle(lambda i, t, order: (i[order], t[order.flip(0)]))),
        ("unpaired", shuffle(lambda images, labels, order: (images[order], labels), once=True)),
        ("part", shuffle(lambda i, t, order: (i[order[:3]], t[order[:3]]))),
        ("piled_up", write_loop("flbsr", before="z")),
        ("piled_up", write_loop("flbsr")),
        ("thrown_away", write_loop("flbzsr")),
        ("thrown_away", write_loop("flbzsr", clear=lambda net, _: net.zero_grad(False))),
        ("no_step", write_loop("zflbr")),
        ("no_step", fit_own_optimizer),
        ("no_backward", write_loop("zflsr")),
        ("other_net", fit_another),
        ("other_pictures", fit_with_these(torch.zeros(64, 1, 32, 32), torch.zeros(64).long())),
        ("other_pictures", fit_with_these(torch.ones(6, 1, 4, 4), torch.zeros(6).long())),
        ("other", fit_squares),
        ("steps", return_at_once),
        ("steps", write_loop("zflbsrzflbsr")),
        ("steps", write_loop("zflbssr")),
        ("losses", write_loop("zflbs")),
        ("losses", lambda *given: write_loop()(*given)[-1]),
        ("losses", write_loop("zflbsflr")),
        ("other", lambda n, o, i, t, s: write_loop()(n, o, i, t.flip(0) - t.flip(0), s)),
        ("raised", write_loop("zlbs")),
        ("returned_none", lambda *given: [write_loop()(*given), None][1]),
    ],
    exercises.check_momentum_step: [
        ("right", step_with(add)),
        ("right", by_sgd),
        ("right", step_with(lambda g, v, rate, m: torch.add(g, v, alpha=m))),
        ("pair", lambda w, g, v, rate, m: w - rate * (m * v + g)),
        ("pair", lambda *given: (*step_with(add)(*given), 1)),
        ("no_memory", lambda w, g, v, rate, m: (w - rate * g, v)),
        ("not_kept", lambda w, g, v, rate, m: (w - rate * (m * v + g), m * v)),
        ("typed_in", step_with(add, lambda w, v, rate, m: w - 1 / 64 * v)),
        ("damped", step_with(lambda g, v, rate, m: v + m * g)),
        ("late", lambda w, g, v, rate, m: (w - rate * v, m * v + g)),
        (
            "velocity_sign",
            step_with(lambda g, v, rate, m: m * v - g, lambda w, v, rate, m: w + rate * v),
        ),
        ("rate_inside", step_with(lambda g, v, rate, m: m * v + rate * g)),
        ("damped", step_with(lambda g, v, rate, m: m * v + (1 - m) * g)),
        ("other", nesterov),
        ("wrong_velocity", lambda w, g, v, rate, m: (step_with(add)(w, g, v, rate, m)[0], g)),
        ("no_own_grad", lambda w, g, v, rate, m: step_with(add)(w, w.grad, v, rate, m)),
        ("only_step", step_with(add, lambda w, v, rate, m: rate * v)),
        ("changed", change_velocity),
    ],
    exercises.check_whole_loop: [
        ("right", learn_with()),
        ("right", learn_with(sgd(1 / 8), 150)),
        ("right", learn_with(sgd(1 / 64, momentum=0.9), 150)),
        ("right", learn_by_hand),
        ("right", learn_in_parts),
        ("right", learn_by_fours),
        ("right", learn_by_forward),
        ("other_net", learn_a_copy),
        ("other_net", learn_a_new_one),
        ("other_pictures", learn_other_pictures),
        ("leapt", learn_with(lambda p: torch.optim.Adam(p, lr=0.1), 60)),
        ("no_backward", learn_with(order="zflsr", steps=2)),
        ("unchanged", learn_with(order="zflbr", steps=2)),
        ("unchanged", learn_with(order="flbzsr", steps=2)),
        ("unchanged", rebind),
        ("once", learn_with(steps=1)),
        ("not_cleared", learn_with(order="flbsr")),
        ("not_cleared", learn_with(sgd(0.01), 20, order="flbsr", before="z")),
        ("other_loss", learn_two_pictures),
        ("uphill", learn_with(sgd(1 / 8, maximize=True), 30)),
        ("uphill", learn_with(sgd(10_000), 3)),
        ("uphill", lambda *given: learn_by_hand(*given, sign=1)),
        ("softmax", learn_from_probabilities),
        ("too_little", learn_with(sgd(0.001), 5)),
        ("losses", learn_with(returned=len)),
        ("losses", learn_with(returned=lambda losses: losses[::-1])),
        ("losses", lambda net, *given: [learn_with()(net, *given), net][1]),
        ("returned_none", forget_return),
        ("raised", learn_with(order="zlbs")),
    ],
}
