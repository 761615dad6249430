"""The page's engine as a whole: random numbers, dtypes, memory, the graph, learning, errors."""

import itertools
import re

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net, load_digits, prepare_images, trace_graph
from tests.run.engine import EngineError, Program

DTYPES = [
    torch.bool,
    torch.uint8,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
]
NUMBERS = [True, 2, 2.5]
MULTIPLICATIONS = 6 * 28**2 * 25 + 16 * 10**2 * 150 + 400 * 120 + 120 * 84 + 84 * 10


def show(error: Exception) -> str:
    """The words; from 2.15 on torch's name the product whose shapes do not fit."""
    if isinstance(error, EngineError):
        return str(error)
    return re.sub(r"^(\w+: )(add)?mm: ", r"\1", f"{type(error).__name__}: {error}")


def catch(function, *arguments) -> str:
    with pytest.raises(Exception) as caught:
        function(*arguments)
    return show(caught.value)


def give_number(program: Program, number) -> dict:
    kind = {bool: "bool", int: "int", float: "float"}[type(number)]
    return program.scalar(float(number), kind)


# Random numbers


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**40 + 5])
def test_the_same_random_numbers(seed, dtype):
    """Several draws after one another, so that what a draw leaves behind is compared as well."""
    torch.manual_seed(seed)
    wanted = [
        torch.rand(3, 7, dtype=dtype),
        torch.randn(3, dtype=dtype),
        torch.randn(2, dtype=dtype),
        torch.randn(5, 4, dtype=dtype),
        torch.randperm(1000),
        torch.randint(-3, 256, (40,)),
        torch.empty(9, dtype=dtype).uniform_(-0.3, 0.7),
        torch.randn(16, dtype=dtype),
        torch.empty(3333, dtype=dtype).normal_(1, 2),
        torch.randn((), dtype=dtype),
    ]
    name, p = str(dtype).removeprefix("torch."), Program()
    p.manual_seed(seed)
    made = [
        p.rand([3, 7], name),
        p.randn([3], name),
        p.randn([2], name),
        p.randn([5, 4], name),
        p.randperm(1000),
        p.randint(-3, 256, [40]),
        p.uniform_(p.empty([9], name), -0.3, 0.7),
        p.randn([16], name),
        p.normal_(p.empty([3333], name), 1, 2),
        p.randn([], name),
    ]
    normal = [made[i] for i in (1, 2, 3, 7, 8, 9)]
    # other CPUs have other logarithms, and so has float64
    is_exact = dtype is torch.float32 and torch.backends.cpu.get_cpu_capability() == "AVX2"
    results = p.run()
    for place, other in zip(made, wanted, strict=True):
        own = results[place["$"]]
        if place in normal and not is_exact:
            torch.testing.assert_close(
                own, other, rtol=0, atol=1e-5 if dtype is torch.float32 else 1e-13
            )
        else:
            assert torch.equal(own, other)


def test_a_generator_has_a_stream_of_its_own():
    generator = torch.Generator().manual_seed(7)
    torch.manual_seed(0)
    wanted = (
        torch.randperm(50, generator=generator),
        torch.rand(4),
        torch.rand(4, generator=generator),
    )
    p = Program()
    own = p.Generator()
    p.seedGenerator(own, 7)
    p.manual_seed(0)
    made = p.randperm(50, own), p.rand([4]), p.rand([4], None, own)
    state = p.getState()
    twice = p.rand([5]), p.setState(None, state), p.rand([5])
    results = p.run()
    assert all(torch.equal(results[m["$"]], w) for m, w in zip(made, wanted, strict=True))
    assert torch.equal(results[twice[0]["$"]], results[twice[2]["$"]])


# Dtypes


@pytest.mark.parametrize("left", DTYPES, ids=str)
def test_two_dtypes_make_the_same_third(left):
    """Of tensors with dimensions and without, and of Python's numbers."""
    cases = []
    for right, shape in itertools.product(DTYPES, [(2,), ()]):
        cases.append((torch.tensor([3, 1]).to(left), torch.full(shape, 2).to(right)))
    cases += [
        (x, number)
        for x in (torch.tensor([3, 1]).to(left), torch.tensor(3).to(left))
        for number in NUMBERS
    ]
    p, asked, wanted = Program(), [], []
    for a, b in cases:
        for name in ("add", "mul", "div", "lt", "maximum", "pow"):
            other = torch.as_tensor(b) if name == "maximum" else b
            try:
                wanted.append(getattr(torch, name)(a, other))
            except (RuntimeError, NotImplementedError):
                continue
            ours = p.give(b) if isinstance(b, torch.Tensor) else give_number(p, b)
            asked.append(getattr(p, name)(p.give(a), ours))
            if name == "maximum" and not isinstance(b, torch.Tensor):
                asked.pop()
                wanted.pop()
    results = p.run()
    for place, other in zip(asked, wanted, strict=True):
        own = results[place["$"]]
        assert own.dtype == other.dtype, p.calls[place["$"]]
        torch.testing.assert_close(own, other, rtol=1e-3, atol=0)


def test_numbers_become_other_dtypes_as_in_pytorch():
    values = torch.tensor([-1.5, 0.0, 0.3, 2.5, 255.0, 3.14159265, 1e-7, 70000.0])
    for source, target in itertools.product([torch.float32, torch.int64], DTYPES):
        if target is torch.uint8:
            continue  # of negative or large numbers C leaves it open
        x = values.to(source)
        p = Program()
        made = p.to(p.give(x), str(target).removeprefix("torch."))
        assert torch.equal(p.run()[made["$"]], x.to(target)), (source, target)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_bytes_are_pytorch_s(dtype):
    x = torch.tensor([0, 1, -2, 0.5, 3.25, 60000]).to(dtype)
    raw = (
        list(x.view(torch.uint8).numpy().tobytes())
        if dtype is not torch.bool
        else list(map(int, x))
    )
    name, p = str(dtype).removeprefix("torch."), Program()
    back = p.fromBytes(raw, [6], name)
    again = p.fromBytes(p.toBytes(back), [6], name)
    results = p.run()
    assert torch.equal(results[back["$"]], x)
    assert torch.equal(results[again["$"]], x)


def test_integers_wrap_and_divide_as_in_pytorch():
    a, b = torch.tensor([250, 7, 3], dtype=torch.uint8), torch.tensor([10, 2, 5], dtype=torch.uint8)
    c = torch.tensor([-7, 7, -8])
    p = Program()
    x, y, z = p.give(a), p.give(b), p.give(c)
    asked = [
        p.add(x, y),
        p.sub(y, x),
        p.mul(x, y),
        p.floor_divide(z, 2),
        p.remainder(z, 3),
        p.rsub(x, 255),
        p.sum(x),
        p.bitwise_not(x),
        p.bitwise_and(x, y),
        p.cumsum(z, 0),
        p.prod(z),
    ]
    wanted = [
        a + b,
        b - a,
        a * b,
        c // 2,
        c % 3,
        255 - a,
        a.sum(),
        ~a,
        a & b,
        c.cumsum(0),
        c.prod(),
    ]
    results = p.run()
    for place, other in zip(asked, wanted, strict=True):
        assert torch.equal(results[place["$"]], other)
        assert results[place["$"]].dtype == other.dtype


def test_numbers_are_made_and_counted_as_in_pytorch():
    t = torch.tensor([3, 1, 3, 0])
    p = Program()
    x = p.give(t)
    asked = [
        p.arange(0, 5),
        p.arange(-4, 4.01, 0.25),
        p.linspace(-3, 3, 61),
        p.eye(3),
        p.one_hot(x),
        p.bincount(x),
        p.unique(x),
        p.isin(x, p.tensor([0, 3], [2], "int64")),
        p.nonzero(x),
        p.diag(x),
        p.full([2], 7),
        p.median(x),
        p.argsort(x),
        p.repeat_interleave(x, 2),
    ]
    wanted = [
        torch.arange(5),
        torch.arange(-4, 4.01, 0.25),
        torch.linspace(-3, 3, 61),
        torch.eye(3),
        F.one_hot(t),
        t.bincount(),
        t.unique(),
        torch.isin(t, torch.tensor([0, 3])),
        t.nonzero(),
        t.diag(),
        torch.full((2,), 7),
        t.median(),
        t.argsort(stable=True),
        t.repeat_interleave(2),
    ]
    results = p.run()
    for place, other in zip(asked, wanted, strict=True):
        assert torch.equal(results[place["$"]], other), p.calls[place["$"]]
        assert results[place["$"]].dtype == other.dtype


# Memory and graph


def test_views_share_memory_and_copies_do_not():
    p = Program()
    x = p.zeros([4, 6])
    views = [
        p.select(x, 0, 1),
        p.slice(x, 1, 0, 6, 2),
        p.t(x),
        p.view(x, [6, 4]),
        p.unsqueeze(x, 0),
        p.expand(x, [2, 4, 6]),
        p.detach(x),
        p.data(x),
        p.unfold(x, 1, 2, 1),
        p.diagonal(x),
        p.flatten(x),
    ]
    copies = [p.clone(x), p.flatten(p.t(x)), p.flip(x, [0]), p.roll(x, 1, 0), p.add(x, 0)]
    checks = (
        [p.sharesStorage(x, view) for view in views],
        [p.sharesStorage(x, copy) for copy in copies],
    )
    p.fill_(p.slice(p.select(x, 0, 1), 0, 1, 3), 5)
    p.mul_(p.t(x), 2)
    results = p.run()
    assert all(results[c["$"]] for c in checks[0])
    assert not any(results[c["$"]] for c in checks[1])
    wanted = torch.zeros(4, 6)
    wanted[1, 1:3] = 5
    wanted.t().mul_(2)
    assert torch.equal(results[x["$"]], wanted)


def test_a_change_of_a_part_goes_into_the_graph():
    """Through a view, through a view of a view, and of what was made from a view before."""

    def change(x, y):
        a = x * 1
        row = a[1]
        early = row * 3
        row[1:] *= y
        a[:, 0] = y[0]
        return (a * a).sum() + early.sum() + (row**2).sum()

    x, y = torch.randn(3, 4, requires_grad=True), torch.randn(3, requires_grad=True)
    wanted = torch.autograd.grad(change(x, y), [x, y])
    p = Program()
    u, v = p.give(x), p.give(y)
    a = p.mul(u, 1)
    row = p.select(a, 0, 1)
    early = p.mul(row, 3)
    p.mul_(p.slice(row, 0, 1), v)
    p.copy_(p.select(a, 1, 0), p.select(v, 0, 0))
    loss = p.add(p.add(p.sum(p.mul(a, a)), p.sum(early)), p.sum(p.pow(row, 2)))
    found = p.grad([loss], [u, v])
    for own, other in zip(p.run()[found["$"]], wanted, strict=True):
        torch.testing.assert_close(own, other)


def test_gradients_add_up_where_they_arrive():
    p = Program()
    w = p.requires_grad_(p.tensor([3], [], "float32"))
    held = []
    for _ in range(2):
        p.backward(p.pow(w, 2))
        held.append(p.clone(p.attribute(w, "grad")))
    results = p.run()
    assert [results[h["$"]].item() for h in held] == [6, 12]


def test_hooks_see_gradients_and_change_them():
    """A node of the reader's own; what a hook gives takes the gradient's place."""
    x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    p = Program()
    u = p.give(x)
    y = p.relu(u)
    node = p.attribute(y, "gradFn")
    p.backward(p.sum(y))
    results = p.run()
    assert node["$"] is not None
    assert results[y["$"]].node == "ReluBackward0"


def test_the_graph_of_the_network_is_pytorch_s():
    torch.manual_seed(0)
    net = Net()
    loss = F.cross_entropy(net(torch.rand(2, 1, 32, 32)), torch.tensor([3, 4]))
    wanted = [node.name for node in trace_graph(loss)]
    p, parameters = give_network(net)
    loss = p.cross_entropy(
        run_network(p, parameters, p.rand([2, 1, 32, 32])), p.tensor([3, 4], [2], "int64")
    )
    listed = p.listNodes(p.attribute(loss, "gradFn"))
    assert p.run()[listed["$"]] == wanted


# Learning


def give_network(net: Net) -> tuple[Program, dict]:
    p = Program()
    return p, {name: p.give(parameter) for name, parameter in net.named_parameters()}


def run_network(p: Program, parameters: dict, x: dict) -> dict:
    for name in ("conv1", "conv2"):
        x = p.max_pool2d(
            p.relu(p.conv2d(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"])), 2
        )
    x = p.flatten(x, 1)
    for name in ("fc1", "fc2"):
        x = p.relu(p.linear(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"]))
    return p.linear(x, parameters["fc3.weight"], parameters["fc3.bias"])


def test_a_network_learns_as_pytorch_s_does():
    """20 steps of SGD from the same start: the losses, and where the weights have gone."""
    torch.manual_seed(0)
    net = Net()
    digits = load_digits("train")
    images, labels = prepare_images(digits.images[:32]), digits.labels[:32]
    p, parameters = give_network(net)
    x, y = p.give(images), p.give(labels)
    start = [parameter.detach().clone() for parameter in net.parameters()]
    losses, ours = [], []
    for _ in range(20):
        loss = F.cross_entropy(net(images), labels)
        net.zero_grad()
        loss.backward()
        losses.append(loss.item())
        mine = p.cross_entropy(run_network(p, parameters, x), y)
        gradients = p.grad([mine], list(parameters.values()))
        p.setGradEnabled(False)
        for n, (parameter, own) in enumerate(
            zip(net.parameters(), parameters.values(), strict=True)
        ):
            parameter.data -= 0.1 * parameter.grad
            p.add_(own, {"$": [gradients["$"], n]}, -0.1)
        p.setGradEnabled(True)
        ours.append(mine)
    results = p.run(*ours, *parameters.values())
    assert [loss.item() for loss in results[:20]] == pytest.approx(losses, rel=1e-5)
    for moved, parameter, before in zip(results[20:], net.parameters(), start, strict=True):
        way, own = parameter.detach() - before, moved - before
        assert (own - way).norm() <= 1e-3 * way.norm()


def test_plain_loops_give_the_bits_that_webassembly_gives():
    """Where a browser has no vectors."""
    torch.manual_seed(0)
    net, images, target = Net(), torch.rand(3, 1, 32, 32), torch.tensor([3, 4, 5])
    found = []
    for how in ("", "plain"):
        p = Program(how)
        parameters = {name: p.give(parameter) for name, parameter in net.named_parameters()}
        loss = p.cross_entropy(run_network(p, parameters, p.give(images)), p.give(target))
        found.append(p.run(p.grad([loss], list(parameters.values())))[0])
    for one, other in zip(*found, strict=True):
        assert torch.equal(one, other) and one.any()


def test_a_step_of_training_takes_no_longer_than_two_plain_forward_passes():
    """A step multiplies three times as often; in the same run, the plainest loop."""
    p, parameters = give_network(Net())
    x, y = p.rand([64, 1, 32, 32]), p.randint(0, 10, [64])
    rounds = []
    for _ in range(6):
        start = p.now()
        p.backward(p.cross_entropy(run_network(p, parameters, x), y))
        rounds.append((start, p.now(), p.multiply(64 * MULTIPLICATIONS)))
    times = p.run(*itertools.chain(*rounds))
    rounds = zip(times[::3], times[1::3], times[2::3], strict=True)
    assert min((end - start) / plain for start, end, plain in rounds) <= 2


# Errors, word for word


def test_errors_of_autograd_are_pytorch_s():
    x = torch.tensor([[0.5, 2.0], [1.0, 3.0]], requires_grad=True)

    def twice(loss):
        loss.backward()
        loss.backward()

    def change_softmax(x):
        p = x.softmax(1)
        p += 1
        p.log().sum().backward()

    def change_leaf(x):
        x += 1

    def change_part_of_leaf(x):
        x[0] = 1

    wanted = [
        catch(twice, x.exp().sum()),
        catch(change_softmax, x),
        catch(change_leaf, x),
        catch(change_part_of_leaf, x),
        catch(lambda: (x * 2).backward()),
        catch(lambda: torch.ones(2).sum().backward()),
        catch(lambda: torch.autograd.grad(x.sum(), torch.ones(1, requires_grad=True))),
        catch(lambda: torch.autograd.grad(x.sum(), torch.ones(1))),
        catch(lambda: torch.ones(2).long().requires_grad_()),
    ]

    def ours(build):
        p = Program()
        build(p, p.give(x))
        try:
            return p.run()[-1]
        except EngineError as error:
            return show(error)

    def twice_here(p, x):
        loss = p.sum(p.exp(x))
        p.backward(loss)
        p.backward(loss)

    def change_softmax_here(p, x):
        y = p.softmax(x, 1)
        p.add_(y, 1)
        p.backward(p.sum(p.log(y)))

    found = [
        ours(build)
        for build in (
            twice_here,
            change_softmax_here,
            lambda p, x: p.add_(x, 1),
            lambda p, x: p.setitem(x, [0], 1),
            lambda p, x: p.backward(p.mul(x, 2)),
            lambda p, x: p.backward(p.sum(p.ones([2]))),
            lambda p, x: p.grad([p.sum(x)], [p.requires_grad_(p.ones([1]))]),
            lambda p, x: p.grad([p.sum(x)], [p.ones([1])]),
            lambda p, x: p.requires_grad_(p.ones([2], "int64")),
        )
    ]
    assert found == wanted


def test_errors_of_shapes_and_dtypes_are_pytorch_s():
    x, net = torch.randn(2, 3), Net()
    weight, bias = torch.zeros(6, 1, 5, 5), torch.zeros(6)
    cases = [
        (lambda: x.item(), lambda p, x: p.item(x)),
        (lambda: x + torch.ones(4), lambda p, x: p.add(x, p.ones([4]))),
        (
            lambda: torch.ones(4) + torch.ones(2, 3, 5, 5),
            lambda p, x: p.add(p.ones([4]), p.ones([2, 3, 5, 5])),
        ),
        (lambda: x.view(7), lambda p, x: p.view(x, [7])),
        (lambda: x.view(-1, 4), lambda p, x: p.view(x, [-1, 4])),
        (lambda: x.T.view(6), lambda p, x: p.view(p.t(x), [6])),
        (lambda: x[5], lambda p, x: p.getitem(x, [5])),
        (lambda: x[:, 7], lambda p, x: p.getitem(x, [{"slice": [None, None, None]}, 7])),
        (lambda: x[0, 0, 0], lambda p, x: p.getitem(x, [0, 0, 0])),
        (lambda: x[torch.tensor([5])], lambda p, x: p.getitem(x, [p.tensor([5], [1], "int64")])),
        (
            lambda: x[torch.arange(2), torch.arange(3)],
            lambda p, x: p.getitem(x, [p.arange(0, 2), p.arange(0, 3)]),
        ),
        (lambda: x.sum()[1:], lambda p, x: p.getitem(p.sum(x), [{"slice": [1]}])),
        (lambda: x.sum(5), lambda p, x: p.sum(x, 5)),
        (lambda: x.expand(3, 3), lambda p, x: p.expand(x, [3, 3])),
        (lambda: torch.cat([x, torch.ones(2, 2)]), lambda p, x: p.cat([x, p.ones([2, 2])])),
        (lambda: torch.cat([x, torch.ones(3)]), lambda p, x: p.cat([x, p.ones([3])])),
        (lambda: torch.stack([x, torch.ones(2, 2)]), lambda p, x: p.stack([x, p.ones([2, 2])])),
        (lambda: x.split([1, 2]), lambda p, x: p.split(x, [1, 2])),
        (lambda: torch.arange(3).mean(), lambda p, x: p.mean(p.arange(0, 3))),
        (lambda: x.long().add_(0.5), lambda p, x: p.add_(p.to(x, "int64"), 0.5)),
        (lambda: x.__setitem__(0, torch.ones(2)), lambda p, x: p.setitem(x, [0], p.ones([2]))),
        (
            lambda: F.one_hot(torch.tensor([11]), 10),
            lambda p, x: p.one_hot(p.tensor([11], [1], "int64"), 10),
        ),
        (lambda: -torch.ones(2).bool(), lambda p, x: p.neg(p.ones([2], "bool"))),
        (
            lambda: torch.ones(2) - torch.ones(2).bool(),
            lambda p, x: p.sub(p.ones([2]), p.ones([2], "bool")),
        ),
        (lambda: torch.arange(2) // 0, lambda p, x: p.floor_divide(p.arange(0, 2), 0)),
        (
            lambda: F.linear(x, torch.ones(2, 4), torch.ones(2)),
            lambda p, x: p.linear(x, p.ones([2, 4]), p.ones([2])),
        ),
        (
            lambda: net(torch.zeros(2, 1, 28, 28)),
            lambda p, x: run_network(*[p, give_all(p, net)], p.zeros([2, 1, 28, 28])),
        ),
        (
            lambda: F.conv2d(torch.zeros(2, 3, 32, 32), weight, bias),
            lambda p, x: p.conv2d(p.zeros([2, 3, 32, 32]), p.give(weight), p.give(bias)),
        ),
        (
            lambda: F.conv2d(torch.zeros(2, 1, 32, 32).byte(), weight, bias),
            lambda p, x: p.conv2d(p.zeros([2, 1, 32, 32], "uint8"), p.give(weight), p.give(bias)),
        ),
        (
            lambda: F.conv2d(torch.zeros(2, 1, 3, 3), weight),
            lambda p, x: p.conv2d(p.zeros([2, 1, 3, 3]), p.give(weight)),
        ),
        (
            lambda: F.cross_entropy(x, torch.tensor([0, 1, 2])),
            lambda p, x: p.cross_entropy(x, p.arange(0, 3)),
        ),
        (
            lambda: F.cross_entropy(x, torch.tensor([0, 3])),
            lambda p, x: p.cross_entropy(x, p.tensor([0, 3], [2], "int64")),
        ),
        (
            lambda: torch.empty(36_000_000, 36_000_000),
            lambda p, x: p.empty([36_000_000, 36_000_000]),
        ),
    ]
    for by_torch, by_engine in cases:
        p = Program()
        by_engine(p, p.give(x))
        assert catch(p.run) == catch(by_torch)


def give_all(p: Program, net: Net) -> dict:
    return {name: p.give(parameter.detach()) for name, parameter in net.named_parameters()}


def test_what_the_engine_does_not_know_says_so():
    p = Program()
    w = p.requires_grad_(p.ones([]))
    p.grad([p.pow(w, 2)], [w], None, {"createGraph": True})
    assert catch(p.run).startswith("NotImplementedError: create_graph=True: the page's engine")
