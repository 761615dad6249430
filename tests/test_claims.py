"""What the prose says about outputs, held against the stored outputs and against torch itself.

A notebook's outputs are compared with fresh ones by nbval; here the sentences around them are: each
number that the prose repeats or promises must stand in the output it speaks of.
"""

import base64
import copy
import html
import json
import math
import operator
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

from book.course import LANGUAGES
from book.notebooks.sources import read_cells
from lenet_course import (
    Digits,
    Net,
    compute_feature_maps,
    evaluate,
    load_digits,
    load_trained,
    prepare_images,
    trace_graph,
    train,
)
from lenet_course.evidence import load_evidence
from lenet_course.gpu import load_recording
from lenet_course.widgets.arguments import make_net
from tests.chapters import get_cell, read_output
from tests.networks import equal
from tests.sentences.chapter_04 import losses, seeds
from tests.sentences.chapter_10 import split_table
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
        "log-softmax-cell": "tensor([[0., -inf, -inf]])\ntensor([[   0., -200., -200.]])",
    },
    "07_send_it_backward": {
        "before-backward": "None",
        "first-step-back": "NllLossBackward0\nLogSoftmaxBackward0\nAddmmBackward0",
        "three-ways-cell": "AccumulateGrad\nReluBackward0\nTBackward0",
        "which-parameter": "(True, True)",
        "two-halves": "True",
        "no-grad-cell": "(False, None)",
        "freeze-conv1": "None\n[16, 6, 5, 5]",
        "detach-cell": "None\n[1, 3]",
        "own-relu": "True",
    },
    "09_train_on_real_digits": {
        "same-loop-cell": "True",
    },
    "13_read_your_own_handwriting": {
        "save-cell": "True",
        "weights-only-cell": "print() ran\nUnpicklingError",
    },
}
CASES = [(slug, cell, text) for slug, cells in EXACT.items() for cell, text in cells.items()]


@pytest.mark.parametrize(("slug", "cell", "text"), CASES, ids=[f"{s}:{c}" for s, c, _ in CASES])
def test_an_output_is_what_the_prose_says(slug, cell, text):
    assert read_output(slug, cell) == text


def numbers(slug, cell):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", read_output(slug, cell))]


# --- chapter 0


def test_00_a_forward_pass_changes_nothing_in_the_network():
    net, image = load_trained(), torch.rand(1, 1, 32, 32)
    before = copy.deepcopy(net)
    with torch.no_grad():
        net(image)
    recorded = net(image)
    assert equal(net, before) and recorded.grad_fn is not None


# --- chapter 1


def test_01_conv2d_is_cross_correlation_and_a_turned_kernel_makes_it_a_convolution():
    x, kernel = torch.rand(9), torch.tensor([1.0, 2.0, 4.0])
    layer = F.conv1d(x[None, None], kernel[None, None])[0, 0].numpy()
    assert layer == pytest.approx(np.correlate(x, kernel, "valid"))
    assert np.convolve(x, kernel.flip(0), "valid") == pytest.approx(layer)
    assert np.convolve(x, kernel, "valid") != pytest.approx(layer)
    dot, square = torch.zeros(1, 1, 5, 5), torch.rand(1, 1, 3, 3)
    dot[..., 2, 2] = 1  # which a convolution replaces by the kernel
    assert torch.equal(F.conv2d(dot, square.flip(2, 3)), square)


def test_01_without_activations_two_layers_are_one():
    x, (first, second) = torch.rand(5, 4), (nn.Linear(4, 6), nn.Linear(6, 3))
    weight, bias = second.weight @ first.weight, second.weight @ first.bias + second.bias
    assert torch.allclose(second(first(x)), F.linear(x, weight, bias), atol=1e-6)
    assert not torch.allclose(second(F.relu(first(x))), F.linear(x, weight, bias), atol=1e-3)


def test_01_the_older_form_of_super_does_the_same():
    class Older(nn.Module):
        def __init__(self):
            super(Older, self).__init__()  # noqa: UP008
            self.fc = nn.Linear(2, 1)

    assert [name for name, _ in Older().named_parameters()] == ["fc.weight", "fc.bias"]


def test_01_a_convolution_has_a_bias_that_print_does_not_show():
    assert "bias" in repr(nn.Linear(1, 1)) and "bias" not in repr(nn.Conv2d(1, 1, 1))
    assert nn.Conv2d(1, 6, 5).bias.shape == (6,)


def test_01_the_layers_of_a_sequential_are_named_by_numbers():
    stack = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    assert [name for name, _ in stack.named_children()] == ["0", "1"]


# --- chapter 2


def test_02_he_s_rule_keeps_the_size_of_signals_that_the_default_loses():
    images = prepare_images(load_digits("train").images[:100])
    spread = {}
    for rule in ("default", "he"):
        torch.manual_seed(0)
        net = Net()
        for layer in net.children() if rule == "he" else ():
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        maps = compute_feature_maps(net, images)
        signals = [maps[name] - maps[name].mean(0) for name in ("conv1", "fc3")]
        spread[rule] = [signal.std().item() for signal in signals]
    assert spread["default"][1] < 0.1 * spread["default"][0]
    assert spread["he"][1] > 0.5 * spread["he"][0]


def test_02_a_state_dict_holds_buffers_and_net_has_none():
    layer = nn.BatchNorm2d(6)
    extra = set(layer.state_dict()) - {name for name, _ in layer.named_parameters()}
    assert "running_mean" in extra and extra == {name for name, _ in layer.named_buffers()}
    assert list(Net().buffers()) == []


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
    images = prepare_images(load_digits("train").images[[9675, 8338, 8115]])  # 4, 1, 7
    maps = compute_feature_maps(load_trained(), images)["pool2"]
    most = maps.amax((2, 3)) / maps.amax((1, 2, 3)).unsqueeze(1)
    assert (most[:, 0] > 0.5).all()
    assert (most[[0, 2]][:, [5, 8]] > 0.5).all()
    assert 0 < most[1, 5] < 0.15


# --- chapter 4


def test_04_without_the_view_torch_warns_and_gives_the_same_value():
    output, target = torch.randn(1, 10), torch.randn(10)
    with pytest.warns(UserWarning, match="target size"):
        loose = nn.MSELoss()(output, target)
    assert torch.equal(loose, nn.MSELoss()(output, target.view(1, -1)))


def test_04_a_float_target_of_class_numbers_is_refused():
    with pytest.raises(RuntimeError):
        F.cross_entropy(torch.zeros(1, 10), torch.tensor([9.0]))


def test_04_the_record_of_other_losses_says_what_the_prose_concludes():
    assert losses["mse"]["least"] > 97 and losses["entropy"]["least"] > 97
    assert losses["probabilities"]["most"] < 30  # of five seeds
    assert losses["probabilities_faster"]["least"] < 15  # guessing
    assert losses["probabilities_faster"]["most"] > 95
    for name, row in losses.items():
        assert len(row["runs"]) == seeds
        assert row["mean"] == pytest.approx(sum(row["runs"]) / seeds, abs=0.006)
        assert (row["least"], row["most"]) == (min(row["runs"]), max(row["runs"])), name


# --- chapter 7


def test_07_the_path_ends_at_conv1_whose_input_needs_no_gradient():
    wanted = """NllLoss LogSoftmax Addmm Relu Addmm Relu Addmm View MaxPool2DWithIndices Relu
                Convolution MaxPool2DWithIndices Relu Convolution"""
    assert read_output("07_send_it_backward", "walk-to-conv1").splitlines() == [
        f"{name}Backward0" for name in wanted.split()
    ]


def test_07_the_explorer_shows_what_the_prose_says():
    (output,) = get_cell("07_send_it_backward", "graph-explorer").outputs
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


def test_07_gradients_double_and_zero_grad_gives_none():
    for cell in ("accumulated", "retain-graph-cell"):
        assert numbers("07_send_it_backward", cell) == [2.0] * 10
    zeros, none = read_output("07_send_it_backward", "zero-grad").splitlines()
    assert re.findall(r"-?\d\.", zeros) == ["0."] * 6
    assert none == "None"


def test_07_a_retained_graph_is_of_no_use_after_an_update():
    net = Net()
    loss = F.cross_entropy(net(torch.rand(1, 1, 32, 32)), torch.tensor([5]))
    loss.backward(retain_graph=True)
    torch.optim.SGD(net.parameters(), lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_07_freezing_the_input_s_side_ends_the_backward_pass_there():
    net = Net()
    net.conv1.requires_grad_(False)
    loss = F.cross_entropy(net(torch.rand(1, 1, 32, 32)), torch.tensor([5]))
    names = [node.name for node in trace_graph(loss, net)]
    assert names.count("ConvolutionBackward0") == 1


REAL_ERRORS = {
    "07_send_it_backward backward-twice": "Trying to backward through the graph a second time",
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
    state, (loss,), _, (size,) = train_step_by_step("07_send_it_backward", "train", 1, 1)
    assert (state["batch_size"], state["index"], state["labels"][0]) == (1, 0, 5)
    assert f"{size:.3g} {2 * size:.3g}" == "0.0646 0.129"
    assert loss == pytest.approx(2.29, abs=0.005)


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


def test_08_at_a_tenth_sgd_is_its_own_call_and_within_rounding_of_the_other(batch):
    make = start_with_gradients(batch)
    once, twice, by_sgd = make(), make(), make()
    torch.optim.SGD(by_sgd.parameters(), lr=0.1).step()
    with torch.no_grad():
        for p, q in zip(once.parameters(), twice.parameters(), strict=True):
            p.add_(p.grad, alpha=-0.1)
            q -= 0.1 * q.grad
    assert equal(once, by_sgd)
    for p, q in zip(twice.parameters(), by_sgd.parameters(), strict=True):
        assert (p - q).abs().max() < 1e-7


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


def test_09_the_loss_rises_while_the_accuracy_hardly_moves():
    _, lowest, _, end = numbers("09_train_on_real_digits", "turning-cell")
    epoch, best, _, last, _ = numbers("09_train_on_real_digits", "confident-cell")
    assert end > 1.2 * lowest and abs(best - last) < 1
    assert epoch == numbers("09_train_on_real_digits", "turning-cell")[0]


def test_09_one_cycle_rises_and_falls_in_much_the_same_way():
    own = {}
    exec(get_cell("09_train_on_real_digits", "triangle-cell").source.split("draw_curves")[0], own)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.05)
    source = get_cell("09_train_on_real_digits", "triangle").source
    (call,) = re.findall(r"```python\n(OneCycleLR\(.*?\))\n```", source, re.DOTALL)
    names = {"OneCycleLR": torch.optim.lr_scheduler.OneCycleLR, "optimizer": optimizer}
    schedule = eval(call, names)
    for rate in own["rates"][:-1]:
        assert optimizer.param_groups[0]["lr"] == pytest.approx(rate, abs=0.002)
        optimizer.step(), schedule.step()


def test_09_the_evidence_says_what_the_prose_concludes():
    rows = load_evidence()["rows"]
    assert rows["no_relu"]["least"] <= rows["net"]["most"]  # ReLU alone makes no difference
    assert rows["net"]["least"] <= rows["no_relu"]["most"]
    assert rows["no_relu_average_pooling"]["most"] < 92 < rows["mlp"]["least"]
    assert max(row["mean"] for row in load_evidence()["other_rates"]["sigmoid"].values()) < 15
    for worse in ("linear", "mlp", "no_momentum"):
        assert rows[worse]["most"] < rows["net"]["least"]
    assert rows["few"]["most"] < rows["few_jitter"]["least"]
    assert rows["net"]["parameters"] == sum(p.numel() for p in Net().parameters())
    assert abs(rows["mlp"]["parameters"] / rows["net"]["parameters"] - 1) < 0.01
    for row in rows.values():
        assert len(row["runs"]) >= 3
        assert row["mean"] == pytest.approx(sum(row["runs"]) / len(row["runs"]), abs=0.006)
        assert (row["least"], row["most"]) == (min(row["runs"]), max(row["runs"]))


# --- chapter 10


def test_10_the_page_was_run_without_a_gpu_and_shows_a_recording_of_one():
    table = read_output("10_use_a_gpu", "batch-size-cell")
    assert table.split()[:2] == ["cpu", "H100"]
    machine = load_recording()["machine"]
    assert f"{machine['gpu']}, {machine['date']}, torch {machine['torch']}" in table


def test_10_tf32_is_allowed_in_convolutions_and_not_in_matrix_products():
    told = "print(torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32)"
    run = subprocess.run(
        [sys.executable, "-c", f"import torch; {told}"], capture_output=True, encoding="utf-8"
    )
    assert run.stdout.split() == ["True", "False"]


def test_10_the_recording_s_tables_have_the_rows_of_the_page():
    tables = load_recording()["chapter"]["tables"]
    for cell, name in (
        ("batch-size-cell", "batch size"),
        ("ways-cell", "ways"),
        ("recorded-cell", "CUDA graph"),
    ):
        assert list(split_table(read_output("10_use_a_gpu", cell))) == list(tables[name])


def test_10_what_the_recording_says_of_the_gpu_holds():
    recording = load_recording()
    tables = recording["chapter"]["tables"]
    rows = list(tables["batch size"].values())
    assert rows == sorted(rows)  # rises all the way
    for size, lonely in ((64, "replay"), (1600, "cpu")):  # the figure's alt text
        found = {
            name.rpartition(", ")[0]: math.log10(rate)
            for table in ("ways", "CUDA graph")
            for name, rate in tables[table].items()
            if name.endswith(f", {size}")
        }
        alone = found.pop(lonely)
        nearest = min(abs(alone - rate) for rate in found.values())
        assert nearest > max(found.values()) - min(found.values())
        assert (alone > max(found.values())) == (lonely == "replay")
    runs = recording["record"]["runs"]
    assert len(runs) == 10 and max(run["wall"] for run in runs) < 0.5
    assert sum(run["accuracy"] for run in runs) / 10 >= 0.99
    assert recording["record"]["plan"] == {
        name: max(recording["record"]["tried"], key=lambda row: row["accuracy"])[name]
        for name in recording["record"]["plan"]
    }


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
    one, other, ratio, *times = read_output("10_use_a_gpu", "flops-cell").split()
    assert int(one.replace(",", "")) == 64 * 2 * sum(forward)
    # backward: a gradient for each weight and, but for conv1, for each input
    assert int(other.replace(",", "")) == 64 * 2 * (2 * sum(forward) - forward[0])
    assert ratio == f"{2 - forward[0] / sum(forward):.2f}" and times == ["18", "µs", "2", "µs"]


def test_10_a_larger_batch_takes_no_more_operations_and_the_optimizer_s_are_counted():
    _, *lines = read_output("10_use_a_gpu", "count-cell").splitlines()
    small, large = (line.split() for line in lines)
    assert (small[0], large[0]) == ("64", "1600")
    assert small[1] == large[1] == "43"
    _, *lines = read_output("10_use_a_gpu", "optimizer-count-cell").splitlines()
    counts = [line.split()[1:] for line in lines]
    assert counts == [["True", "1"], ["False", "10"], ["True", "5"], ["False", "50"]]


def test_10_larger_learning_rates_do_not_make_up_for_fewer_steps():
    _, *lines = read_output("10_use_a_gpu", "rates-cell").splitlines()
    found = [int(line.split()[2]) for line in lines]
    assert found[1] < found[2] < found[0]


def test_10_the_ways_agree_and_float16_loses_what_is_small():
    assert read_output("10_use_a_gpu", "three-ways-cell") == "0 True"
    assert read_output("10_use_a_gpu", "underflow-cell").splitlines() == ["0", "1e-08"]
    _, first, second, equal = read_output("10_use_a_gpu", "train-cell").splitlines()
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
        if re.search(r"\d", line)  # no headings
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
    kinds = [[int(n) for n in line.split()[:3]] for line in timed if re.search(r"\d", line)]
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


def test_12_the_debugger_answers_as_in_the_transcript():
    cells = [cell for cell in read_cells("12_when_it_breaks") if cell["id"] == "debugger"]
    (transcript,) = {re.search(r"```text\n(.+?)```", c["text"], re.DOTALL)[1] for c in cells}
    commands = re.findall(r"^ipdb> (.+)$", transcript, re.MULTILINE)
    run = ("begin-cell", "flatten-error", "target-error")
    code = [get_cell("12_when_it_breaks", name).source for name in run]
    told = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=nocolor"],
        input="\n".join([*code, "%debug", *commands, "exit\n"]),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    ).stdout
    shown = []
    for command, answer in zip(commands, told.split("ipdb> ")[1:], strict=True):
        lines = re.findall(r"^(?:-+> +\d+ .+|torch\..+)$", answer, re.MULTILINE)
        shown += [f"ipdb> {command}", *[re.sub(r"^-+> +\d{3,} .+", "...", line) for line in lines]]
    assert shown == transcript.splitlines()


# --- chapter 13


def test_13_the_whole_of_mnist_reaches_99_percent():
    whole = load_evidence()["whole"]
    assert whole["whole"]["accuracy"] >= 99 > whole["packaged"]["accuracy"]
    lines = numbers("13_read_your_own_handwriting", "test-once-cell")
    assert lines[:2] == [whole["packaged"]["wrong"], whole["packaged"]["test"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_13_the_page_s_explorer_has_the_network_that_the_chapter_trained(language):
    (output,) = get_cell("13_read_your_own_handwriting", "own-hand-cell", language).outputs
    (data,) = re.findall(r'data-state="([^"]*)"', output.data["text/html"])
    state = json.loads(html.unescape(data))
    halves = np.frombuffer(base64.b64decode(state["values"]["float16"]), "<f2")
    net = make_net(halves.astype("<f4").tobytes())
    images, labels = load_digits("train")
    assert state["labels"] == labels[8000:8020].tolist()
    accuracy = evaluate(net, Digits(images[8000:], labels[8000:]))["accuracy"]
    assert numbers("13_read_your_own_handwriting", "own-net") == [round(100 * accuracy, 1)]


def test_13_how_often_the_worse_network_makes_fewer_mistakes():
    def draw(n, p):
        return torch.distributions.Binomial(n, torch.tensor(p, dtype=torch.float64))

    def count_upsets(n):
        made = torch.arange(401.0, dtype=torch.float64)
        worse, better = (draw(n, p).log_prob(made).exp() for p in (0.014, 0.010))
        return (worse * (better.sum() - better.cumsum(0))).sum().item()

    assert count_upsets(2980) == pytest.approx(0.07, abs=0.005)  # about 7 times in 100
    assert count_upsets(10_000) < 1 / 200


def test_13_a_wrapper_s_name_is_in_front_and_half_precision_is_converted():
    half = nn.ModuleDict({"module": Net().half()}).state_dict()
    assert "module.conv1.weight" in half
    net, stored = Net(), {name.removeprefix("module."): value for name, value in half.items()}
    net.load_state_dict(stored)
    assert net.conv1.weight.dtype == torch.float32
    assert torch.equal(net.conv1.weight, stored["conv1.weight"].float())


def test_13_mistakes_vary_by_about_the_square_root_of_their_number():
    draws = np.random.default_rng(0).binomial(2000, 0.0145, size=10_000)
    assert draws.std() == pytest.approx(29**0.5, rel=0.05)
