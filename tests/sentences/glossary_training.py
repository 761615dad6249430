"""What the glossary says of learning, tried on something small: loss, slope, update, digits."""

import math
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import Digits, evaluate, load_digits, load_trained, prepare_images
from tests.chapters import get_cell, read_notebook
from tests.sentences.facts import compare, find_all, read_numbers, read_text
from tests.sentences.trying import name_sum, pick

SEVEN, NINE, TEN = "09_train_on_real_digits", "11_many_machines", "12_when_it_breaks"
LAST = "13_read_your_own_handwriting"

# --- loss and slope: a valley, (w − 1)², seen from 3
_w = torch.tensor(3.0, requires_grad=True)


def _loss(w: torch.Tensor) -> torch.Tensor:
    return (w - 1) ** 2


_loss(_w).backward()
_step = 1e-3
raised = compare(3 + _step, 3)
lowered = compare(3 - _step, 3)
grows = compare(_loss(3 + _step) - _loss(3), 0) if _w.grad > 0 else None
points_where_it = compare(_loss(3 + _step * _w.grad), _loss(_w))
measured = pick(divide=math.isclose((_loss(3.1) - _loss(2.9)) / (3.1 - 2.9), _w.grad, rel_tol=1e-4))


def _take(optimizer: type, gradients: list[float], start: float = 0.0, **settings) -> list[float]:
    """Where a parameter goes under these gradients: after each step."""
    parameter = nn.Parameter(torch.tensor(start))
    stepper, places = optimizer([parameter], **settings), []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        stepper.step()
        places.append(parameter.item())
    return places


SGD = torch.optim.SGD
_moved = _take(SGD, [_w.grad.item()], lr=0.1)[0]
update_goes = pick(along=_moved * _w.grad > 0, against=_moved * _w.grad < 0)
updated = name_sum(_take(SGD, [3.0], start=6.0, lr=1)[0])
scaled = name_sum(-_take(SGD, [6.0], lr=3)[0])
_p = nn.Parameter(torch.tensor(3.0))
_loss(_p).backward()
_stays = _p.item() == 3
SGD([_p], lr=0.1).step()
updates = pick(**{"`backward()`": not _stays, "`step()`": _stays and _p.item() != 3})
_adam = [_take(torch.optim.Adam, [gradient], lr=0.1)[0] for gradient in (1.0, 100.0)]
adam_by = pick(divide=math.isclose(*_adam, rel_tol=1e-6), multiply=_adam[1] < 2 * _adam[0])
_even, _odd = (_take(SGD, [1.0, then], lr=1, momentum=0.9) for then in (1.0, -1.0))
speeds_up = compare(abs(_even[1] - _even[0]), abs(_even[0]))
speeds_up_where = pick(same=speeds_up == "more", different=abs(_odd[1] - _odd[0]) > abs(_odd[0]))
newest = compare(*[-_take(SGD, [1.0], lr=1, momentum=0.9, nesterov=n)[0] for n in (True, False)])
decayed_to = round(_take(SGD, [0.0] * 50, start=1.0, lr=1, weight_decay=0.5)[-1], 3)


def _descend(rate: float) -> float:
    w = torch.tensor(3.0, requires_grad=True)
    for _ in range(20):
        (gradient,) = torch.autograd.grad(_loss(w), w)
        w = (w - rate * gradient).detach().requires_grad_()
    return _loss(w).item()


_ends = {rate: _descend(rate) for rate in (1e-5, 0.1, 1.5)}
_good = min(_ends, key=_ends.get)
shooting, idle = max(_ends, key=_ends.get), sorted(_ends, key=_ends.get)[1]
shoots = compare(_ends[shooting], _loss(3))
too_large, too_small, lower = (
    compare(*p) for p in ((shooting, _good), (idle, _good), (_good, shooting))
)
too_long = compare(*read_numbers(f"{TEN}/test-five-cell", TEN)[8:5:-2])  # 1, dead; 0.1, not

# --- what is gathered
_g = torch.ones(1, requires_grad=True)
(6 * _g).backward()
(3 * _g).backward()
gathered = name_sum(_g.grad)
backward = pick(accumulates=_g.grad == 9, overwrites=_g.grad == 3)
_lines = get_cell(SEVEN, "one-epoch-cell").source
zeroed_at = pick(first=_lines.index("zero_grad") < _lines.index("backward"))
_launched = read_text("launch-cell", NINE)
_gave, _got = (set(map(int, re.findall(rf"{word} (\d+)", _launched))) for word in ("gave", "got"))
reduced = pick(add={sum(_gave)} == _got, average={sum(_gave) / 2} == _got)
shared = pick(average=read_text("run-cell", NINE) == "(True, False)")  # as the whole's mean
_processes, _, _each, _ = read_numbers("measure-cell", NINE)[-4:]
combined = pick(multiply=_processes * _each == read_numbers("start-cell", NINE)[1])
saver = find_all(re.search(r"rank == \d", get_cell(NINE, "together-cell").source)[0])[0]
twice = math.ceil(max(read_numbers("paper-cell", NINE)[2::6]) / (61_706 * 4))

# --- losses
_logits, _label = torch.tensor([[4.0, 0.0]]), torch.tensor([0])
_log = _logits.log_softmax(1)[0, 0]
entropy = F.cross_entropy(_logits, _label)
entropy_sign = pick(negative=entropy == -_log, positive=entropy == _log)
entropy_takes = pick(logits=entropy == -_log, probabilities=entropy == -_logits[0, 0].log())
_other = F.cross_entropy(_logits, 1 - _label)
climbs, climbs_where = (
    compare(_other, entropy),
    pick(different=_other > entropy, same=_other < entropy),
)
mse_of = name_sum(F.mse_loss(torch.tensor(6.0), torch.tensor(3.0)).sqrt())
mse_then = name_sum(F.mse_loss(torch.tensor([6.0, 3.0]).sqrt(), torch.zeros(2)))
learned = compare(*read_numbers("08_update_the_weights/loop-by-hand", SEVEN)[::-1])

# --- digits to teach, to choose by, to test
taught, *_split = find_all(get_cell(SEVEN, "split-cell").source)
split = pick(no=set(_split) == {taught}, yes=len(set(_split)) > 1)
batches = read_numbers("batches-cell", SEVEN)
in_a_step = pick(part=batches[1] < taught, whole=batches[1] == taught)
_train, _test = load_digits("train"), load_digits("test")
larger = pick(training=len(_train.labels) > len(_test.labels), test=len(_train.labels) < 2000)
smaller = {"training": "test", "test": "training"}[larger]
_known = {image.numpy().tobytes() for image in _train.images}
_met = any(image.numpy().tobytes() in _known for image in _test.images)
met, tested_on = pick(no=not _met, yes=_met), pick(new=not _met, training=_met)
_pages = [read_notebook("en", slug) for slug in (SEVEN, LAST)]
_sources = [cell.source for page in _pages for cell in page.cells]
times_tested = sum(source.count('load_digits("test"') for source in _sources)
_few = Digits(_test.images[:20], _test.labels[:20])  # one of them is misread
_right = load_trained()(prepare_images(_few.images)).argmax(1) == _few.labels
_accuracy = evaluate(load_trained(), _few)["accuracy"]
_share = _right.float().mean()
accuracy_counts = pick(
    same=math.isclose(_accuracy, _share, rel_tol=1e-5),
    different=math.isclose(_accuracy, 1 - _share, rel_tol=1e-5),
)
_wrong, _all, accuracy, error_rate = read_numbers("test-once-cell", LAST)
errors_are = pick(
    different=100 * _wrong / _all < 50 and abs(100 * _wrong / _all - error_rate) < 0.1
)
_counted = {"torch": torch, "validation": Digits(torch.zeros(3), [5, 5, 8]), "answers": [5, 8, 8]}
_code = get_cell(SEVEN, "confusion-cell").source
exec(_code[_code.index("table =") : _code.index("off =")], _counted)
_table, _labels = _counted["table"], torch.tensor([5, 5, 8]).bincount(minlength=10)
labels_in = pick(
    row_lines=torch.equal(_table.sum(1), _labels), column_lines=torch.equal(_table.sum(0), _labels)
)
answers_in = {"row_lines": "column_lines", "column_lines": "row_lines"}[labels_in]

# --- overfitting: a few digits, taught long
_accuracies = read_numbers("few-cell", SEVEN)  # of the taught, of the others
fitted = pick(training=_accuracies[0] > _accuracies[1], new=_accuracies[0] < _accuracies[1])
unfitted = {"training": "new", "new": "training"}[fitted]
_turning = get_cell(SEVEN, "turning-cell").source  # asserts that the training loss ends below
falls_on = re.search(r'curves\["(\w+)"\]\[-1\] <', _turning)[1]
falls = compare(find_all(_turning.split("[-1] <")[1])[0], read_numbers("evaluate-cell", SEVEN)[0])
rises_again = re.search(r'kept = curves\["(\w+)"\]', _turning)[1]
_, _lowest, _, _end = read_numbers("turning-cell", SEVEN)
rises = compare(_end, _lowest)

# --- 16 bits
with torch.autocast("cpu", dtype=torch.bfloat16):
    _half = load_trained().conv1(torch.zeros(1, 1, 32, 32))
half, whole = (torch.finfo(t.dtype).bits for t in (_half, load_trained().conv1.weight))
