"""What the prose says about outputs, held against the stored outputs and against torch itself.

A notebook's outputs are compared with fresh ones by nbval; here the sentences around them are: each
number that the prose repeats or promises must stand in the output it speaks of.
"""

import copy
import html
import json
import math
import operator
import re
import warnings

import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course import (
    Net,
    compute_feature_maps,
    evaluate,
    load_digits,
    load_trained,
    prepare_images,
    train,
)
from lenet_course.throughput import load_recording
from tests.chapters import get_cell, read_output
from tests.networks import equal
from tests.test_model import TUTORIAL

EXACT = {
    "01_define_the_net": {
        "print-net": TUTORIAL,
        "last-operation": "'AddmmBackward0'",
    },
    "02_inspect_the_parameters": {"registered-or-not": "['weight']"},
    "04_measure_the_loss": {
        "dummy-target-shape": "(torch.Size([1, 10]), torch.Size([1, 10]))",
        "broadcast-shape": "torch.Size([10, 10])",
        "mse-of-three": "0.08\n0.10\n8.10",
        "minus-log-values": "0.99 0.01\n0.5 0.69\n0.1 2.30\n0.01 4.61\n0.001 6.91",
        "untrained-loss": "2.30 2.30",
        "trained-loss": "torch.Size([100]) 0.07",
        "wrong-losses": "10 0.2",
        "double-softmax-cell": "1 1.46 2.17\n5 0.06 1.51\n10 0.00 1.46\n100 0.00 1.46",
        "floor-value": "1.46",
        "first-step-back": "MseLossBackward0\nAddmmBackward0",
        "three-ways-cell": "AccumulateGrad\nReluBackward0\nTBackward0",
        "which-parameter": "(True, True)",
        "trace-graph": "(26, 10)",
    },
    "07_send_it_backward": {
        "before-backward": "None",
        "two-halves": "True",
        "no-grad-cell": "(False, None)",
        "freeze-conv1": "None\n[16, 6, 5, 5]",
        "loss-at": "2.21",
        "autograd-says": "-0.00152",
        "central-difference": "-0.00152",
        "nudge-bias": "-0.09",
        "weight-by-hand-cell": "(torch.Size([10, 84]), 45)",
        "start-from-error-cell": "True",
        "own-relu-check": "True",
    },
    "08_update_the_weights": {
        "one-number-gradient": "tensor(-6.)",
        "one-number-update": "(1.5, 2.25)",
        "manual-update-cell": "2.30, -0.0012",
        "equal-cell": "True\nTrue\nFalse",
        "one-tenth": "True\nTrue",
        "loop-by-hand": "2.30 → 0.01",
        "train-function": "(True, True)",
        "momentum-equal-cell": "True",
        "learn-by-heart-cell": "64 / 64, 2.30 → 0.00",
        "test-accuracy": "69 %",
    },
    "09_train_on_real_digits": {
        "accuracy-cell": "10 %, 90 %",
        "evaluate-cell": "2.30",
        "batches-cell": "torch.Size([125, 64])",
        "one-epoch-cell": "92 %",
        "same-loop-cell": "True",
        "few-cell": "100 %\n85 %",
        "turning-cell": "21: 0.63, 40: 0.82",
        "save-cell": "True",
        "weights-only-cell": "print() ran\nUnpicklingError",
        "test-once-cell": "45 / 2000\n97.8 %, 2.2 %",
    },
}
CASES = [(slug, cell, text) for slug, cells in EXACT.items() for cell, text in cells.items()]


@pytest.mark.parametrize(("slug", "cell", "text"), CASES, ids=[f"{s}:{c}" for s, c, _ in CASES])
def test_an_output_is_what_the_prose_says(slug, cell, text):
    assert read_output(slug, cell) == text


def numbers(slug, cell):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", read_output(slug, cell))]


# --- chapter 2


def test_02_the_default_initialisation_is_uniform_within_one_over_root_fan_in():
    torch.manual_seed(0)
    for layer in Net().children():
        bound = 1 / math.sqrt(layer.weight[0].numel())
        assert layer.weight.abs().max() <= bound
        assert layer.bias.abs().max() <= bound
        if layer.weight.numel() > 1000:  # uniform: the standard deviation is bound / √3
            assert layer.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)


def test_02_the_kernels_look_as_the_alt_text_says():
    kernels = load_trained().conv1.weight.detach()[:, 0]
    assert kernels[4][1:3].min() > 0 > kernels[4][3:].max()
    rising = kernels[5].fliplr()
    assert min(rising.diagonal(band).mean() for band in (0, -1, -2)) > 0
    assert max(rising.diagonal(side).mean() for side in (2, 1, -3)) < 0
    assert kernels[1].max() < 0 and kernels[1].abs().max() < 0.4 * kernels.abs().max()


def test_02_the_kernels_were_learned_on_standardised_pixels():
    assert "standardised" in load_trained().recipe["data"]


# --- chapter 3


def test_02_the_kernels_answer_strokes_as_the_prose_says():
    strokes = torch.zeros(2, 1, 32, 32)
    strokes[0, :, 8:24, 15:18] = 1  # upright
    strokes[1, :, 15:18, 8:24] = 1  # level
    upright, level = compute_feature_maps(load_trained(), strokes)["conv1"]
    left, right = upright[:, 14, 8:15], upright[:, 14, 15:20]  # seen across, at half its height
    assert left[2].max() > 5 > -5 > right[2].min()
    assert right[3].max() > 5 > -5 > left[3].min()
    assert upright[4, 14].abs().max() < 1
    above, below = level[4, 8:14, 14], level[4, 14:20, 14]
    assert below.max() > 5 > -5 > above.min()
    for each in (upright, level):
        assert each[1, 0, 0] > 2 and each[1, 14, 14] < -2


@pytest.mark.parametrize(
    ("cell", "shapes"),
    [("wrong-size", "1x256 and 400x120"), ("unbatched-net", "16x25 and 400x120")],
)
def test_03_flatten_is_where_other_shapes_fail(cell, shapes):
    message = f"mat1 and mat2 shapes cannot be multiplied ({shapes})"
    assert read_output("03_run_it_forward", cell).endswith(message)
    images = torch.zeros(1, 1, 28, 28) if cell == "wrong-size" else torch.zeros(1, 32, 32)
    with pytest.raises(RuntimeError, match=re.escape(message)):
        Net()(images)


def test_03_a_level_stroke_is_in_a_4_and_a_7_and_no_more_than_a_trace_of_one_in_a_1():
    images = prepare_images(load_digits("test").images[[1848, 75, 95]])  # 4, 1, 7
    maps = compute_feature_maps(load_trained(), images)["pool2"]
    most = maps.amax((2, 3)) / maps.amax((1, 2, 3)).unsqueeze(1)
    assert (most[:, 0] > 0.5).all()
    assert (most[[0, 2]][:, [5, 8]] > 0.5).all()
    assert 0 < most[1, 5] < 0.15


# --- chapter 4


def test_04_the_chain_ends_at_conv1_whose_input_needs_no_gradient():
    wanted = """MseLoss Addmm Relu Addmm Relu Addmm View MaxPool2DWithIndices Relu Convolution
                MaxPool2DWithIndices Relu Convolution"""
    assert read_output("04_measure_the_loss", "walk-to-conv1").splitlines() == [
        f"{name}Backward0" for name in wanted.split()
    ]


def test_04_the_explorer_shows_what_the_prose_says():
    (output,) = get_cell("04_measure_the_loss", "graph-explorer").outputs
    (data,) = re.findall(r'data-state="([^"]*)"', output.data["text/html"])
    state = json.loads(html.unescape(data))
    nodes, source = state["nodes"], [line.strip() for line in state["source"]]
    lines = {node["line"] for node in nodes if "parameter" in node}
    without = [text for number, text in enumerate(source) if number not in lines]
    assert without == ["def forward(self, images):", "x = torch.flatten(x, 1)"]
    for node in nodes:
        hang = any("parameter" in nodes[way] for way in node["next"] if way is not None)
        if node["name"].startswith(("Relu", "MaxPool", "View")):
            assert not hang
    shown = {"name": "images", "next": [], "input": True, "shape": [1, 1, 32, 32], "line": 0}
    assert nodes[-1] == shown


def test_04_without_the_view_torch_warns_and_gives_the_same_value():
    output, target = torch.randn(1, 10), torch.randn(10)
    with pytest.warns(UserWarning, match="target size"):
        loose = nn.MSELoss()(output, target)
    assert torch.equal(loose, nn.MSELoss()(output, target.view(1, -1)))


def test_04_a_float_target_of_class_numbers_is_refused():
    with pytest.raises(RuntimeError):
        F.cross_entropy(torch.zeros(1, 10), torch.tensor([9.0]))


def test_04_the_gradients_of_a_confident_mistake():
    text = read_output("04_measure_the_loss", "two-gradients-cell")
    gradient = [float(n) for n in re.findall(r"-?\d+\.\d+", text.split("]]")[0])]
    assert (gradient[4], gradient[9]) == (1.0, -1.0)
    assert text.splitlines()[-1] == "0.00009"


def test_04_cross_entropy_reaches_4_6_at_one_percent_and_mse_stays_below_0_2():
    assert -math.log(0.01) == pytest.approx(4.6, abs=0.01)
    assert max(0.2 * (1 - p / 100) ** 2 for p in range(101)) == 0.2


# --- chapter 7


def test_07_conv1_s_bias_has_none_before_and_six_numbers_after():
    assert read_output("07_send_it_backward", "before-backward") == "None"
    assert len(numbers("07_send_it_backward", "after-backward")) == 6


def test_07_gradients_double_and_zero_grad_gives_none():
    for cell in ("accumulated", "retain-graph-cell"):
        assert numbers("07_send_it_backward", cell) == [2.0] * 10
    zeros, none = read_output("07_send_it_backward", "zero-grad").splitlines()
    assert re.findall(r"-?\d\.", zeros) == ["0."] * 6
    assert none == "None"


REAL_ERRORS = {
    "07_send_it_backward backward-twice": "Trying to backward through the graph a second time",
    "07_send_it_backward backward-from-ten": (
        "grad can be implicitly created only for scalar outputs"
    ),
    "08_update_the_weights without-no-grad-cell": (
        "a leaf Variable that requires grad is being used in an in-place operation"
    ),
}


@pytest.mark.parametrize("place", REAL_ERRORS)
def test_a_chapter_shows_the_real_error(place):
    slug, cell = place.split()
    assert read_output(slug, cell).startswith(f"RuntimeError: {REAL_ERRORS[place]}")
    assert "raises-exception" in get_cell(slug, cell).metadata["tags"]


def train_step_by_step(slug, split, count, rounds, learning_rate=0.125):
    """What the page of a chapter starts from, and each round's loss, answers and gradient."""
    mount = get_cell(slug, "step-by-step").outputs[0].data["text/html"]
    state = json.loads(html.unescape(re.search(r'data-state="(.*?)"', mount)[1]))
    digits = load_digits(split)
    images, labels = prepare_images(digits.images[:count]), digits.labels[:count]
    assert state["labels"][:count] == labels.tolist()
    torch.manual_seed(state["seed"])  # what the page makes its weights from
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), learning_rate)
    losses, right, sizes = [], [], []
    for _ in range(rounds):
        optimizer.zero_grad()
        logits = net(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right.append((logits.argmax(1) == labels).sum().item())
        sizes.append(net.conv1.weight.grad.norm().item())
    return state, losses, right, sizes


def test_07_the_buttons_start_from_the_chapter_s_net_and_double_its_gradient():
    state, (loss,), _, (size,) = train_step_by_step("07_send_it_backward", "test", 1, 1)
    assert (state["batch_size"], state["index"], state["labels"][0]) == (1, 0, 9)
    assert f"{size:.3g} {2 * size:.3g}" == "0.0444 0.0887"
    assert loss == pytest.approx(2.21, abs=0.005)


def test_08_the_buttons_learn_eight_digits_and_climb_at_ten():
    slug = "08_update_the_weights"
    state, losses, right, _ = train_step_by_step(slug, "train", 8, 100)
    assert (state["batch_size"], state["learning_rate"]) == (8, 0.125)
    assert 60 < max(n for n, count in enumerate(right) if count < 8) < 70
    assert min(losses) < 0.01 and min(losses[:60]) > 0.1
    assert max(losses[:20]) - min(losses[:20]) < 0.3 < max(losses[40:60]) - losses[0]
    _, losses, right, _ = train_step_by_step(slug, "train", 8, 100, learning_rate=10)
    assert losses[1] < losses[0] < losses[2] and losses[7] > 1000
    assert all(1.5 < loss < 2.6 for loss in losses[30:])


def test_07_ten_numbers_carry_the_whole_gradient():
    assert numbers("07_send_it_backward", "bias-by-hand")[9] == -0.89
    net, images = Net(), torch.rand(1, 1, 32, 32)
    logits = net(images)
    F.cross_entropy(logits, torch.tensor([9])).backward()
    error = (logits.softmax(1) - F.one_hot(torch.tensor([9]), 10)).detach()
    hidden = compute_feature_maps(net, images)["relu4"]
    torch.testing.assert_close(net.fc3.bias.grad, error[0])
    torch.testing.assert_close(net.fc3.weight.grad, torch.outer(error[0], hidden[0]))


def test_07_a_large_step_measures_another_slope():
    text = read_output("07_send_it_backward", "too-large-a-step-cell")
    large, middle, small = (line.split()[1] for line in text.splitlines())
    assert large != middle == small == "-0.00152"


def test_07_kernel_1_is_silent_on_this_picture():
    assert read_output("07_send_it_backward", "silent-kernel-cell") == "(tensor(True), tensor(0.))"


# --- chapter 8


@pytest.fixture(scope="module")
def batch():
    digits = load_digits("train")
    return prepare_images(digits.images[:64]), digits.labels[:64]


def start_with_gradients(batch):
    torch.manual_seed(0)
    start = Net()
    images, labels = batch

    def make():
        net = copy.deepcopy(start)
        F.cross_entropy(net(images), labels).backward()
        return net

    return make


def test_08_three_updates_are_equal_to_the_last_bit(batch):
    make = start_with_gradients(batch)
    by_hand, by_data, by_sgd = make(), make(), make()
    with torch.no_grad():
        for p in by_hand.parameters():
            p -= 1 / 8 * p.grad
    for f in by_data.parameters():
        f.data.sub_(f.grad.data * (1 / 8))
    torch.optim.SGD(by_sgd.parameters(), lr=1 / 8).step()
    assert equal(by_hand, by_data)
    assert equal(by_hand, by_sgd)
    assert not equal(by_hand, make())


def test_08_too_large_a_step_moves_away():
    path = [
        int(n)
        for n in re.findall(r"-?\d+", read_output("08_update_the_weights", "descend-too-far"))
    ]
    distances = [abs(place - 3) for place in path]
    assert distances == sorted(distances)
    assert len(set(distances)) == len(distances)
    halves = [3 - n for n in numbers("08_update_the_weights", "descend-quarter")]
    assert halves[:3] == [3, 1.5, 0.75]


def test_08_a_learning_rate_too_large_climbs_or_ends_in_nan():
    ten, ten_thousand = read_output("08_update_the_weights", "too-large-cell").splitlines()
    losses = [float(n) for n in re.findall(r"'([\d.e+]+)'", ten)]
    assert losses[1] < losses[0] < losses[-1]
    assert ten_thousand.endswith("'nan']")


def test_08_the_forgotten_zero_grad_shoots_up():
    low, high = numbers("08_update_the_weights", "forgotten-zero-grad")
    assert (low, high) == (1.1, 13)


def test_08_the_curves_fall_in_the_order_told(batch):
    images, labels = batch
    torch.manual_seed(0)
    start = Net()

    def find_settling(make_optimizer):
        """The step from which the loss stays below 0.1."""
        net = copy.deepcopy(start)
        optimizer = make_optimizer(net.parameters())
        losses = []
        for _ in range(200):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        assert losses[-1] < 0.1
        return max(step for step, loss in enumerate(losses) if loss >= 0.1) + 1

    adam = find_settling(lambda p: torch.optim.Adam(p, lr=0.001))
    momentum = find_settling(lambda p: torch.optim.SGD(p, 1 / 64, momentum=0.9))
    sgd = find_settling(lambda p: torch.optim.SGD(p, 1 / 8))
    assert adam < momentum < sgd
    assert adam == pytest.approx(50, abs=10)
    assert momentum == pytest.approx(130, abs=10)
    assert sgd == pytest.approx(160, abs=10)


def test_08_before_learning_every_answer_is_9(batch):
    torch.manual_seed(0)
    with warnings.catch_warnings(), torch.no_grad():
        assert Net()(batch[0]).argmax(1).tolist() == [9] * 64


def test_08_more_digits_help_and_more_steps_do_not():
    digits, test = load_digits("train"), load_digits("test")
    torch.manual_seed(0)
    start = Net()

    def read_after(count, steps):
        net = copy.deepcopy(start)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
        images, labels = prepare_images(digits.images[:count]), digits.labels[:count]
        for _ in range(steps):
            optimizer.zero_grad()
            F.cross_entropy(net(images), labels).backward()
            optimizer.step()
        return evaluate(net, test)["accuracy"]

    assert read_after(64, 500) == pytest.approx(0.70, abs=0.03)
    assert read_after(640, 100) == pytest.approx(0.89, abs=0.02)


# --- chapter 9


def test_09_the_validation_digits_hold_about_200_of_each():
    counts = [
        int(n) for n in re.findall(r"\d+", read_output("09_train_on_real_digits", "split-cell"))
    ]
    assert sum(counts) == 2000
    assert all(170 <= count <= 230 for count in counts)


def test_09_the_same_seed_gives_the_same_order():
    first, second, third = read_output("09_train_on_real_digits", "shuffle-cell").splitlines()
    assert first == third != second


def test_09_the_triangle_is_behind_first_and_ahead_at_the_end():
    lines = read_output("09_train_on_real_digits", "triangle-train-cell").splitlines()
    pairs = [[float(n) for n in re.findall(r"\d+\.\d", line)] for line in lines]
    assert pairs[1][1] < pairs[1][0]
    assert pairs[5][1] - pairs[5][0] == pytest.approx(1.1, abs=0.051)
    assert 20 <= 20 * (pairs[5][1] - pairs[5][0]) <= 24  # digits of the 2,000


def test_09_at_the_end_the_taught_digits_are_ahead():
    last = read_output("09_train_on_real_digits", "constant-cell").splitlines()[-1]
    taught, kept = (float(n) for n in re.findall(r"\d+\.\d", last))
    assert taught > kept


def test_09_the_loss_during_an_epoch_is_larger_than_after_it():
    lines = read_output("09_train_on_real_digits", "history-cell").splitlines()
    during = next(float(line.split()[1]) for line in lines if line.startswith("loss"))
    assert float(lines[-1]) < during


def test_09_the_confusion_matrix_says_what_the_prose_says():
    text = read_output("09_train_on_real_digits", "confusion-cell")
    rows = [[int(n) for n in re.findall(r"\d+", row)] for row in text.split("],")]
    assert [len(row) for row in rows] == [10] * 10
    table = torch.tensor(rows)
    assert table.diagonal().sum() == 2000 - 36
    off = table - torch.diag(table.diagonal())
    assert off.max() == 4
    assert (off == 4).nonzero().tolist() == [[5, 8], [7, 2]]
    assert off.sum(1)[[0, 1, 6]].tolist() == [1, 1, 1] and (off.sum(1) == 1).sum() == 3
    alt = get_cell("09_train_on_real_digits", "mistakes-cell", "en").metadata["mystnb"]["image"][
        "alt"
    ]
    assert "36 misread digits" in alt


def test_09_jitter_gains_more_than_another_seed():
    lines = read_output("09_train_on_real_digits", "augment-cell").splitlines()
    pairs = [[float(n) for n in re.findall(r"\d+\.\d", line)] for line in lines]
    gains = [moved - plain for plain, moved in pairs]
    assert min(gains) == pytest.approx(2.9, abs=0.051)
    assert 20 * min(gains) == pytest.approx(58, abs=1)  # digits of the 2,000
    for column in zip(*pairs, strict=True):
        assert 1 <= max(column) - min(column) <= 2


def test_09_chapter_0_s_network_learned_as_told():
    recipe = load_trained().recipe
    assert recipe["epochs"] == 100
    assert recipe["data"].startswith("MNIST's 60,000 training digits")
    assert recipe["augment"] == "affine"
    assert evaluate(load_trained(), load_digits("test"))["accuracy"] > 0.99


# --- chapter 10


def test_10_the_page_says_whether_a_gpu_was_recorded():
    for language, words in (("ko", "아직 없습니다"), ("en", "no recording from a GPU")):
        told = words in get_cell("10_use_a_gpu", "which-device", language).source
        assert told == (load_recording() is None)
    assert read_output("10_use_a_gpu", "batch-size-cell").split()[0] == "cpu"


def test_10_a_tensor_moves_as_a_copy_and_a_network_in_place():
    assert "'cpu', 'meta', torch.Size([64, 1, 32, 32])" in read_output(
        "10_use_a_gpu", "tensor-to-cell"
    )
    assert read_output("10_use_a_gpu", "net-to-cell") == "(True, False)"
    assert read_output("10_use_a_gpu", "labels-too-cell").splitlines() == ["RuntimeError", "meta"]
    error = read_output("10_use_a_gpu", "two-devices-cell")
    assert "meta" in error and "cpu" in error


def test_10_the_order_is_that_of_train():
    seen = []
    real = torch.randperm

    def watch(*arguments, **named):
        seen.append(real(*arguments, **named))
        return seen[-1]

    digits = load_digits("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "randperm", watch)
        train(Net(), type(digits)(digits.images[:8000], digits.labels[:8000]), epochs=1)
    generator = torch.Generator().manual_seed(0)  # as the chapter writes it
    assert torch.equal(seen[0], real(8000, generator=generator))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_10_a_network_moved_to_a_gpu_keeps_its_parameter_objects():
    net = Net()
    before = list(net.parameters())
    assert all(map(operator.is_, net.to("cuda").parameters(), before))


def test_10_a_network_that_changes_its_dtype_in_place_keeps_its_parameter_objects():
    net = Net()  # as a move to cuda does; to meta, they are new
    before = list(net.parameters())
    assert all(map(operator.is_, net.double().parameters(), before))
    assert not any(map(operator.is_, net.to("meta").parameters(), before))


def test_10_the_arithmetic_of_a_step():
    forward = [28 * 28 * 6 * 25, 10 * 10 * 16 * 6 * 25, 400 * 120 + 120 * 84 + 84 * 10]
    one, other, ratio, seconds, _ = read_output("10_use_a_gpu", "flops-cell").split()
    assert int(one.replace(",", "")) == 64 * 2 * sum(forward)
    # backward: a gradient for each weight and, but for conv1, for each input
    assert int(other.replace(",", "")) == 64 * 2 * (2 * sum(forward) - forward[0])
    assert ratio == f"{2 - forward[0] / sum(forward):.2f}" and seconds == "18"


def test_10_a_larger_batch_takes_no_more_operations_and_the_optimizer_s_are_counted():
    small, large = (line.split() for line in read_output("10_use_a_gpu", "count-cell").splitlines())
    assert (small[0], large[0]) == ("64", "1600")
    assert small[1] == large[1] == "43"
    counts = [line.split()[1:] for line in
              read_output("10_use_a_gpu", "optimizer-count-cell").splitlines()]  # fmt: skip
    assert counts == [["True", "1"], ["False", "10"], ["True", "5"], ["False", "50"]]


def test_10_larger_learning_rates_do_not_make_up_for_fewer_steps():
    lines = read_output("10_use_a_gpu", "rates-cell").splitlines()
    found = [int(line.split()[2]) for line in lines]
    assert found[1] < found[2] < found[0]


def test_10_the_ways_agree_and_float16_loses_what_is_small():
    assert read_output("10_use_a_gpu", "three-ways-cell") == "0 True"
    assert read_output("10_use_a_gpu", "underflow-cell").splitlines() == ["0", "1e-08"]
    first, second, equal = read_output("10_use_a_gpu", "train-cell").splitlines()
    assert first == second and equal == "True"


def test_10_a_step_whose_gradients_are_not_finite_is_skipped_and_the_scale_halved():
    weight = torch.ones(1, requires_grad=True)
    optimizer, scaler = torch.optim.SGD([weight], lr=1), torch.amp.GradScaler("cpu")
    for factor, moved, scale in ((math.inf, 1.0, 2.0**15), (1.0, 0.0, 2.0**15)):
        optimizer.zero_grad()
        scaler.scale((factor * weight).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        assert (weight.item(), scaler.get_scale()) == (moved, scale)


# --- chapter 11


def test_11_equal_shares_average_to_the_whole_and_unequal_ones_do_not():
    assert read_output("11_many_machines", "mean-cell").splitlines()[1] == "True"
    assert read_output("11_many_machines", "rounding-cell") == "False"
    assert read_output("11_many_machines", "unequal-cell") == "(False, True)"


def test_11_averaged_copies_stay_together():
    apart, together = read_output("11_many_machines", "walked-cell").splitlines()
    assert (apart, together) == ("False 0.2 False", "True 0 True")


def test_11_the_loop_is_chapter_7_s():
    loop = get_cell("11_many_machines", "loop-cell").source.replace("model(", "net(")
    seven = get_cell("09_train_on_real_digits", "one-epoch-cell").source
    loss = "loss = F.cross_entropy(net(images[batch]), labels[batch])"
    for line in (loss, "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"):
        assert line in loop and line in seven
    begin = get_cell("11_many_machines", "begin-cell").source
    options = re.findall(r"(lr=\S+|momentum=\S+|nesterov=\w+|weight_decay=[\w-]+)", begin)
    assert len(options) == 4
    assert options == re.findall(r"(lr=\S+|momentum=\S+|nesterov=\w+|weight_decay=[\w-]+)", seven)


def test_11_every_process_receives_the_same():
    lines = read_output("11_many_machines", "launch-cell").splitlines()
    hosts = read_output("11_many_machines", "hosts-cell").splitlines()
    for shown, local in ((lines, "01"), (hosts, "00")):
        assert [re.search(r"rank (\d) of 2", line)[1] for line in shown] == ["0", "1"]
        assert "".join(re.search(r"local rank (\d)", line)[1] for line in shown) == local
        assert all(line.strip().endswith("got 11") for line in shown)


def test_11_two_processes_end_where_one_does():
    assert read_output("11_many_machines", "run-cell") == "(True, False)"


def test_11_a_sampler_divides_and_fills_up():
    drawn = {}
    for line in read_output("11_many_machines", "sampler-cell").splitlines():
        _, epoch, *numbers = (int(n) for n in re.findall(r"\d+", line))
        drawn.setdefault(epoch, []).append(numbers)
    for halves in drawn.values():
        assert sorted(halves[0] + halves[1]) == list(range(10))
    assert drawn[0] != drawn[1]
    assert read_output("11_many_machines", "padding-cell") == "(12, 10)"


def test_11_when_one_stops_the_other_fails_at_once():
    assert read_output("11_many_machines", "stumble-cell").split() == ["True", "True", "False"]


def test_11_the_exchange_on_paper():
    numbers = [
        [float(n.replace(",", "")) for n in re.findall(r"\d[\d,.]*", line)]
        for line in read_output("11_many_machines", "paper-cell").splitlines()
    ]
    assert [row[:2] for row in numbers] == [[n, 2 * (n - 1)] for n in (2, 4, 8, 64)]
    for processes, sends, sent, latency, slow, fast in numbers:
        wanted = 2 * (processes - 1) / processes * 61_706 * 4
        assert sent == pytest.approx(wanted, abs=1)
        assert latency == pytest.approx(sends * 0.05, abs=0.05)  # ms
        assert slow == pytest.approx(sent * 8 / 1e9 * 1e3, abs=0.05)  # ms at 1 Gbit/s
        assert fast == pytest.approx(sent * 8 / 1e11 * 1e3, abs=0.005)
        assert (latency > slow) == (processes == 64) and latency > fast
    timed = read_output("11_many_machines", "measure-cell").splitlines()
    kinds = [[int(n) for n in line.split()[:3]] for line in timed]
    assert [kind[:3:2] for kind in kinds] == [[1, 64], [1, 32], [1, 64], [2, 32]]
    assert [kind[1] for kind in kinds[:2]] == [1, 1] == [1, kinds[3][1]]


# --- chapter 12

RUNS = ["fit", "A", "B", "C", "D", "E"]


def read_runs(cell_id: str) -> list[str]:
    """What a table of chapter 12 says of each of the six runs."""
    rows = [line.split() for line in read_output("12_when_it_breaks", cell_id).splitlines()]
    assert [name for name, _ in rows] == RUNS
    return [value for _, value in rows]


def test_12_every_error_is_mended():
    for cell in ("channels-mended", "target-mended"):
        assert read_output("12_when_it_breaks", cell).startswith("tensor(2.30, grad_fn")
    assert read_output("12_when_it_breaks", "byte-mended").split() == ["6.64", "2.30"]
    assert read_output("12_when_it_breaks", "inplace-mended") == "torch.Size([10])"
    assert read_output("12_when_it_breaks", "twice-mended") == "step 0 2.30\nstep 1 2.30"
    answers = read_output("12_when_it_breaks", "no-grad-mended").split()[1::2]
    assert answers == ["True", "False", "True"]
    assert read_output("12_when_it_breaks", "device-mended") == "('meta', torch.Size([64, 10]))"
    assert read_output("12_when_it_breaks", "nan-cell") == "tensor(nan)"


def test_12_the_arrows_point_where_the_prose_says():
    for name, arrows in {
        "flatten-error": ["measure(small, labels)", "outputs = net(images)"],
        "target-error": [
            "measure(images, labels.float())",
            "return F.cross_entropy(outputs, labels)",
        ],
        "inplace-error": ["loss.backward()"],
    }.items():
        (error,) = (
            o for o in get_cell("12_when_it_breaks", name).outputs if o.output_type == "error"
        )
        frames = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
        assert re.findall(r"^-+> \d+ +(.+)$", frames, re.M) == arrows
        assert error.traceback[-2].strip() == "..."
    printed = read_output("12_when_it_breaks", "twice-error").splitlines()
    assert printed[:2] == ["step 0", "step 1"]  # the second round fails


def test_12_retain_graph_helps_only_where_nothing_is_updated():
    digits = load_digits("train")
    images, labels = prepare_images(digits.images[:8]), digits.labels[:8]
    for updates in (False, True):
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        loss = F.cross_entropy(net(images), labels)
        loss.backward(retain_graph=True)
        if not updates:
            loss.backward(retain_graph=True)
            continue
        optimizer.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward(retain_graph=True)


def test_12_clipping_shrinks_all_gradients_by_one_factor():
    before, after = map(float, read_output("12_when_it_breaks", "clip-cell").split())
    assert before > 1 and after == 1
    parameters = [torch.zeros(2, requires_grad=True), torch.zeros(3, requires_grad=True)]
    for number, parameter in enumerate(parameters):
        parameter.grad = torch.ones_like(parameter) * (number + 3)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    assert parameters[1].grad[0] / parameters[0].grad[0] == pytest.approx(4 / 3)


def test_12_a_convolution_puts_out_what_size_it_takes():
    picture = torch.zeros(1, 3, 8, 9)
    assert nn.Conv2d(3, 3, 5, padding=2)(picture).shape == picture.shape


def test_12_nan_is_first_seen_in_the_product():
    rows = [line.split() for line in read_output("12_when_it_breaks", "nan-find-cell").splitlines()]
    assert rows == [["logits", "0.0"], ["p", "0.0"], ["log", "-inf"], ["product", "nan"]]


def test_12_each_of_the_five_tests_points_at_one_run():
    losses = [float(loss) for loss in read_runs("five-runs-cell")]
    assert losses[0] == 0.5 and losses[3] > 10
    assert [losses[k] for k in (1, 2, 4, 5)] == [2.3] * 4
    learned = dict(zip(RUNS, read_runs("test-one-cell"), strict=True))
    assert [name for name in RUNS if learned[name] == "True"] == ["fit", "E"]
    first = dict(zip(RUNS, map(float, read_runs("test-two-cell")), strict=True))
    assert first.pop("A") == 6.64
    assert all(loss == pytest.approx(math.log(10), abs=0.01) for loss in first.values())
    moved = dict(zip(RUNS, read_runs("test-three-cell"), strict=True))
    assert [name for name in RUNS if moved[name] == "False"] == ["B"]
    ratios = dict(zip(RUNS, read_runs("test-four-cell"), strict=True))
    assert [name for name in RUNS if ratios[name] != "1"] == ["C"] and ratios["C"] == "2"
    rates = [
        line.split() for line in read_output("12_when_it_breaks", "test-five-cell").splitlines()
    ]
    assert [float(rate) for rate, loss in rates if float(loss) == 0] == [0.01]
    assert float(rates[0][0]) == 1e-5  # the rate of run D
    assert read_output("12_when_it_breaks", "dead-cell") == "tensor(0.)"


def test_12_pixels_up_to_255_make_the_gradients_large():
    digits = load_digits("train")
    images, sizes = prepare_images(digits.images[:64]), []
    for scale in (1, 255):
        torch.manual_seed(0)
        net = Net()
        F.cross_entropy(net(scale * images), digits.labels[:64]).backward()
        sizes.append(net.conv1.weight.grad.norm())
    assert sizes[1] > 1000 * sizes[0]


def test_12_a_large_learning_rate_kills_relu_as_well():
    names = {}
    for name in ("begin-cell", "learn-cell"):
        exec(get_cell("12_when_it_breaks", name).source, names)
    net, _ = names["learn"](torch.arange(8).repeat(100, 1), rate=1)
    assert compute_feature_maps(net, names["inputs"][:64])["relu1"].max() == 0
