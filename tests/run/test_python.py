"""Python that MicroPython lacks, or does otherwise, and readers write: as CPython runs it."""

import contextlib
import io

import pytest

from tests.run.cells import run_cells

PROGRAMS = {
    "fields of a class, however it is indented": """
from dataclasses import dataclass, field
from typing import NamedTuple

@dataclass
class Size:
  rows: int
  columns:int=2  # a word
  names: list = field(default_factory=list)

  def count(self):
    total: int = self.rows * self.columns
    return total

class Pair(NamedTuple):
	a: int
	b: float = 4.0

print(Size(3), Size(3, 5).count(), Size(1) == Size(1), Pair(1), Pair(b=2, a=1).b)
""",
    "dicts keep their order": """
a = {"z": 1, "a": 2}
b = {**a, "m": 3, "z": 4}
b.update(k=5)
print(b, list(b), [*b.items()], {k: v for k, v in sorted(b.items())}, a | {"q": 1})
""",
    "slices and stars": """
row = list(range(10))
first, *middle, last = row
print(row[::-1], row[1:8:3], "abcdef"[::2], [*row[:2], *"xy"], first, middle, last)
""",
    "texts and their formats": """
x, word = 3.14159, "loss"
print(f"{x:.2f}|{x:8.3f}|{word!r:>8}|{12345:,}|{0.25:.0%}|{x=:.1f}|{'a' if x > 3 else 'b'}")
print(word.ljust(8) + "|", word.title(), word.zfill(6), "a-b".partition("-"), f"{2:>{5}}")
print("%s %d %.2f" % (word, 3, x), "{:>6} {name}".format(1, name=word), round(2.5), round(-0.5))
""",
    "closures, defaults, generators": """
def count(start=0, *, step=1):
    while True:
        yield start
        start += step

def make(total=0):
    def add(n):
        nonlocal total
        total += n
        return total
    return add

add, steps = make(), count(step=2)
print([add(next(steps)) for _ in range(4)], (lambda a, b=2: a * b)(3))
print(sorted("banana", key=lambda s: -ord(s)), sorted([(1, "b"), (1, "a")], key=lambda p: p[0]))
class Made:
    def float(self):
        return "float"
    def list(self, *, n=2):
        return [n] * n
    def dict(self, a, b=3):
        return a + b

print(Made().float(), Made().list(), Made().list(n=1), Made().dict(1), Made().dict(a=1, b=1))
print(max([3, 1, 2], key=lambda n: -n), min([], default=0), sum([0.1] * 3), list(zip("ab", [1, 2])))
""",
    "JSON": """
import json
text = ' {"b": 1.0, "10": [0.0, -1, 1e3, 12345678901234567890], '
text += '"9": {}, "a": ["null", "true", null]}\\n'
found = json.loads(text)
print(found, found["b"] == 1, [type(each).__name__ for each in found["10"]])
print(json.loads('[{}, {"x": {"y": [{"z": "{,:}"}]}}, [], "\\\\u00e9\\\\n", true, false]'))
print(json.loads('"null"'), json.loads("null"), f"{json.loads('1.0'):5}")
""",
    "errors in their own words": """
for code in (
    "[1][3]", "{}['a']", "1 / 0", "int('x')", "missing", "len(3)", "'a' + 1", "None.x",
    "[1] + (2,)", "[].pop()", "a, b = 1, 2, 3", "1 < 'a'", "(lambda a: a)(1, 2)",
):
    try:
        exec(code)
    except Exception as error:
        print(type(error).__name__, error)
""",
    "other ways to call": """
import torch
import torch.nn.functional as F
torch.set_printoptions(precision=4)
x, places = torch.arange(6.0).view(2, 3), torch.arange(4)
print(x.sum(1, True), x.amax(0, True), x.amin(1, True), torch.sum(x, None, True), x.sum(None))
print(F.adaptive_max_pool2d(x.view(1, 1, 2, 3), 1))
print(0.5**places, 2**places, True**places, torch.pow(2.0, places), torch.remainder(5, places + 1))
print(x.where(x > 2, 0.0), x.where(x > 2, torch.tensor(7)), torch.where(x > 2, x, -1))
w = torch.tensor([[1.0, 2, 4], [5, 5, 5]], requires_grad=True)
w.std(1).sum().backward()
print(w.grad, w.detach().std(1), (w.detach() * 0).var())
print(x.sum(axis=1), x.mean(axis=0, keepdims=True), x.max(axis=1), torch.cat([x, x], axis=1).shape)
print(x.var(0, unbiased=False), x.std(0, False), x.std(False), torch.var(x, 1), x.var((0, 1)))
print(torch.std(x, axis=1, correction=0, keepdims=True), torch.var(x, 0, True, True), x.std())
print(torch.div(x, 2, rounding_mode="floor"), (places + 3).div(2, rounding_mode="floor"), x.div(2))
labels = torch.tensor([3, 1, 3])
print(labels.unique(return_counts=True), torch.unique(x % 2, return_counts=True), labels.unique())
print((x / 7).round(decimals=2), torch.tensor(1250.0).round(decimals=-2), x.round())
print((labels == 3).mean(dtype=torch.float32), torch.mean(x, 1, True, dtype=torch.float64))
print(torch.arange(3.0, requires_grad=True), torch.linspace(0, 1, 3, requires_grad=True))
print(torch.eye(2, requires_grad=True), torch.full_like(x, 2, requires_grad=True))
print(x.sort(stable=True, descending=True), x.argsort(stable=True), x.topk(2, sorted=True))
print(torch.randperm(3, dtype=torch.int32).dtype, x.argmax(axis=1), x.softmax(axis=0))
torch.set_printoptions(sci_mode=False)
torch.set_printoptions(profile="short")
print(torch.tensor([1e-6, 1.125]), torch.arange(1001), len(str(torch.arange(1200))))
torch.set_printoptions(profile="full")
print(len(str(torch.arange(1200))))
torch.set_printoptions(3, profile="default")
print(x / 3)
torch.set_printoptions(profile="default")
""",
    "layers, optimizers, data": """
import torch
import torch.nn.functional as F
from collections import Counter, defaultdict
from functools import partial
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.set_printoptions(precision=4)
torch.manual_seed(0)
x = torch.tensor([-1.0, 1.0])
y = nn.ReLU(inplace=True)(x)
print(x, y is x, nn.ReLU(True), nn.ReLU(), F.relu(x - 5, inplace=True), F.relu(x - 1))
net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
net[1] = nn.Tanh()
print(net, net[1:], list(net[1:].state_dict()), net[-1])
net[-1] = nn.ReLU()
parts = nn.ModuleDict({"a": net})
parts["b"] = nn.Tanh()
print(parts, len(parts), [name for name, _ in parts.named_parameters()])
w, kernel = torch.empty(3, 4), torch.empty(2, 3, 2, 2)
print(nn.init.xavier_uniform_(w), nn.init.xavier_normal_(kernel, gain=2), nn.init.ones_(w))
print(nn.init.kaiming_uniform_(w, nonlinearity="relu"), nn.init.calculate_gain("tanh"))
print(nn.init.kaiming_normal_(kernel, mode="fan_out", nonlinearity="relu"))
p = nn.Parameter(torch.ones(3))
p.grad = torch.tensor([-3.0, 0.5, 2.0])
nn.utils.clip_grad_value_([p], 1.0)
print(p.grad)
decoupled = torch.optim.Adam([p], lr=0.1, weight_decay=0.5, decoupled_weight_decay=True)
decoupled.step()
print(p, decoupled)
rows = TensorDataset(torch.arange(10), torch.arange(10) * 2)
print(len(rows), rows[1], rows[1:3], list(DataLoader(rows, 4))[2])
for how in ({}, {"drop_last": True}, {"generator": torch.Generator().manual_seed(1)}):
    loader = DataLoader(rows, 4, shuffle=True, **how)
    print([batch[0] for epoch in range(2) for batch in loader], torch.rand(1), len(loader))
for how in ({}, {"drop_last": True}):
    loader = DataLoader(range(10), 2, sampler=[1, 3, 5], **how)
    print(len(loader), list(loader))
counts, groups = Counter("abca"), defaultdict(list)
counts.update("aab")
counts["q"] += 1
groups["a"].append(1)
print(counts, counts["z"], counts.most_common(2), counts.total(), Counter([3, 1, 3]), Counter())
print(dict(counts), sorted(counts), groups["a"], groups, dict(groups))
print(partial(max, 3)(5), partial(sorted, reverse=True)([1, 2]))
""",
    "what PyTorch refuses": """
import torch
import torch.nn.functional as F
x, counts = torch.zeros(2, 3), torch.arange(10)
for call in (
    lambda: torch.exp(2.0), lambda: torch.sqrt(2), lambda: torch.exp(), lambda: torch.mean([1.0]),
    lambda: torch.argmax([1, 3]), lambda: torch.max([1, 3]), lambda: torch.maximum(2, x),
    lambda: F.relu(2.0), lambda: F.cross_entropy(x, 3), lambda: F.cross_entropy([1.0], counts),
    lambda: x.__setitem__(0, [1.0, 0.0, -1.0]), lambda: counts.__setitem__(0, (1, 0)),
    lambda: (x > 0).__setitem__(0, None), lambda: x.int().__setitem__(0, "a"),
    lambda: counts[len(counts) / 2], lambda: x[0, 1.5], lambda: counts.__setitem__(1.5, 2),
    lambda: counts[torch.tensor(1.5)], lambda: counts.std(), lambda: torch.var(counts),
    lambda: F.cross_entropy(x, F.one_hot(counts[:2], 3)), lambda: F.nll_loss(x, counts[:2, None]),
    lambda: F.cross_entropy(x, counts[:2, None]), lambda: F.cross_entropy(x, counts[None, :2]),
    lambda: torch.exp(x, axis=1),
):
    try:
        print("computed", call())
    except Exception as error:
        print(type(error).__name__, error)
for optimizer, option in ((torch.optim.Adam, "momentum"), (torch.optim.SGD, "weight_decai")):
    try:
        optimizer([x], **{option: 0.9})
    except TypeError as error:
        print("unexpected" + str(error).split("unexpected")[1])
""",
    "tensors among numbers": """
import torch
torch.set_printoptions(precision=4)
loss, count = torch.tensor(0.12345), torch.tensor(3)
print("{:.4f}".format(loss), "{} {x:.1f}".format(count, x=loss), "{:{}.{w}f}|".format(loss, 8, w=2))
print("{0!r} {1}".format(count, "{"), "{{{}}}".format("é"), "{!s:>4}".format(None))
print("{:{}} {}".format("a", 3, "b"), "{0:{1}}|".format(1, 4))
print("{0.ndim} {{}} {1:>5}|{2:,}".format(loss, "ab", 1000), "{:d} {}".format(3, None))
print("{1} {0:.2f} {2:.0f} {3}".format(0.125, "{}", 2.5, [1.0, "a"]))
print("%.4f" % loss, "%d %s %r" % (count, loss, 1), "%5.1f%%|" % (100 * loss), "%s" % "a", 7 % 4)
print("%.2f %.0f %+d %05d %-5d| %5s %-4s|" % (0.125, 2.5, 3, -42, 7, "a", "b"))
print("%x %r %e" % (255, "c", 1.5), (lambda a:{**a, "b": 2}if a else[*a])({"a": 1}))
for write in (lambda: "%d %d" % 1), (lambda: "%d" % (1, 2)):
    try:
        print(write())
    except TypeError as error:
        print(error)
losses = [torch.tensor(3.0), torch.tensor(1.0), torch.tensor(2.0)]
losses.sort()
print(losses, losses.sort(reverse=True), losses)
pairs = [(1, "b"), (0, "z"), (1, "a")]
pairs.sort(key=lambda pair: pair[0])
print(pairs, pairs.sort(key=lambda pair: -pair[0]), pairs, torch.stack(losses).sort())
""",
    "blocks": """
class Guard:
    def __enter__(self):
        print("in")
        return self
    def __exit__(self, *error):
        print("out", error[0] and error[0].__name__)
        return True

with Guard() as guard, Guard():
    raise ValueError("x")
for n in range(3):
    if n == 5: break
else:
    print("no break", end="!\\n")
try:
    print(n if (m := n + 1) > 2 else "small", m)
finally:
    print("done", sep="")
""",
}

NO_DICTS = (
    '{"lr": 0.1, "momentum", 0.9}',
    "{**{}, 1}",
    "{1: 2: 3}",
    "dict(a=, b=1)",
    "{1: , 2: 3}",
    "{**a for a in [{}]}",
    "{n for n in [1]: 2}",
)


OPTIONS = (  # and names of PyTorch and Python, which the page's engine has not
    "F.max_pool2d(x, 2, ceil_mode=True)", "F.max_pool2d(x, 2, dilation=2)",
    "nn.MaxPool2d(2, ceil_mode=True)(x)", "F.conv2d(x, torch.ones(1, 1, 2, 2), padding='same')",
    "F.grid_sample(x, torch.zeros(1, 2, 2, 2), mode='nearest')",
    "F.grid_sample(x, torch.zeros(1, 2, 2, 2), padding_mode='border')",
    "F.affine_grid(torch.zeros(1, 2, 3), (1, 1, 2, 2), align_corners=True)",
    "F.interpolate(x, (9, 9), mode='bilinear', align_corners=True)",
    "F.unfold(x, 2, dilation=2)", "torch.meshgrid(x[0, 0, 0], x[0, 0, 0], indexing='xy')",
    "x.requires_grad_().sum().backward(inputs=[x])",
    "torch.autograd.grad(x.sum(), x, materialize_grads=True)",
    "nn.Module().register_buffer('b', x, persistent=False)", "x.div(2, rounding_mode='trunc')",
    "x.unique(return_inverse=True)", "x.unique(dim=0)", "x.prod(dtype=torch.float64)",
    "torch.exp(x, out=x)", "torch.optim.Adam([x], capturable=True)",
    "torch.optim.SGD([x], differentiable=True)", "torch.autograd.set_detect_anomaly(True)",
    "nn.init.orthogonal_(x)", "nn.utils.weight_norm(nn.Linear(1, 1))",
    "from torch.utils.data import random_split", "from collections import ChainMap",
    "import random; random.seed(0)", "from functools import lru_cache",
    "from itertools import product",
)  # fmt: skip
SAY = "this page's engine has no"


def test_an_option_that_the_engine_lacks_is_named():
    start = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
    asks = "".join(
        f"x = torch.ones(1, 1, 5, 5)\ntry:\n    {option}\n    print('computed')\n"
        "except (NotImplementedError, AttributeError) as error:\n    print(error)\n"
        for option in OPTIONS
    )
    (found,) = run_cells([[start + asks]])
    lines = found[0]["text"].splitlines()
    assert [each for each, line in zip(OPTIONS, lines, strict=True) if SAY not in line] == []


@pytest.fixture(scope="module")
def printed():
    return [found[0] for found in run_cells([[program] for program in PROGRAMS.values()])]


@pytest.mark.parametrize("number", range(len(PROGRAMS)), ids=PROGRAMS)
def test_a_program_prints_what_cpython_prints(printed, number):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec([*PROGRAMS.values()][number], {"__name__": "__main__"})
    assert printed[number]["error"] is None
    assert printed[number]["text"].splitlines() == output.getvalue().splitlines()


def test_what_is_no_dict_is_a_syntax_error():
    (found,) = run_cells([NO_DICTS])
    assert [each["error"]["name"] for each in found] == ["SyntaxError"] * len(NO_DICTS)
