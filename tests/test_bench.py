"""What `make bench` and the GPU script rest on, as far as a machine without a GPU can show it."""

import copy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from bench import captured, evidence, gpu
from bench.slider import summarise_sliders, time_sliders
from lenet_course import Net, load_digits, prepare_images, train
from lenet_course.digits import Digits
from lenet_course.evidence import load_evidence


@pytest.fixture
def few():
    digits = load_digits("train")
    return Digits(digits.images[:1024], digits.labels[:1024])


@pytest.fixture
def plan():
    return captured.Plan(epochs=1, batch_size=128, learning_rate=0.08, shift=0)


def order_as_train_does(digits, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1000 * seed)
    return torch.randperm(len(digits.labels), generator=generator).view(-1, 128)


def test_the_step_that_a_gpu_replays_is_the_step_of_train(few, plan):
    torch.manual_seed(0)
    net = Net()
    same = copy.deepcopy(net)
    step, _ = captured.make_step(net, few, order_as_train_does(few), plan)
    for _ in range(8):
        step()
    optimizer = torch.optim.SGD(
        same.parameters(),
        plan.learning_rate,
        captured.MOMENTUM,
        weight_decay=captured.WEIGHT_DECAY,
        nesterov=True,
    )
    how = {"batch_size": plan.batch_size, "warm_up": captured.WARM_UP, "optimizer": optimizer}
    train(same, few, epochs=1, **how)
    for mine, theirs in zip(net.parameters(), same.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-6)


def test_reset_forgets_the_velocity_and_begins_anew(few, plan):
    net = Net()
    fresh = copy.deepcopy(net.state_dict())
    step, reset = captured.make_step(net, few, order_as_train_does(few), plan)
    found = []
    for _ in range(2):
        net.load_state_dict(fresh)
        reset()
        for _ in range(4):
            step()
        found.append(net.fc3.weight.detach().clone())
    torch.testing.assert_close(*found, rtol=0, atol=1e-6)
    assert not torch.equal(found[0], fresh["fc3.weight"])


def test_a_shift_moves_each_digit_by_whole_pixels_both_ways(few, plan):
    seen = []

    def watch(images):
        seen.append(images)
        return net(images)

    net = Net()
    watch.parameters = net.parameters
    moved = replace(plan, shift=1)
    step, _ = captured.make_step(watch, few, order_as_train_does(few), moved)
    step()
    plain = prepare_images(few.images[order_as_train_does(few)[0]])
    shifts = set()
    for image, shifted in zip(plain, seen[0], strict=True):
        found = [
            (down, right)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if torch.equal(image.roll((down, right), (1, 2)), shifted)
        ]
        assert len(found) == 1
        shifts.update(found)
    assert len(shifts) == 9


def test_a_plan_is_chosen_on_digits_kept_aside_and_the_seeds_are_timed(few, monkeypatch):
    monkeypatch.setattr(captured, "KEPT_ASIDE", 256)
    monkeypatch.setattr(captured, "SECONDS", 0)  # one epoch
    monkeypatch.setattr(captured, "PLANS", [captured.Plan(0, 128, rate, 1) for rate in (0, 0.08)])
    chosen, tried = captured.choose_plan(few)
    assert chosen == captured.Plan(1, 128, 0.08, 1) and len(tried) == 2
    assert tried[1]["accuracy"] > tried[0]["accuracy"]
    found = captured.time_plan(few, few, chosen)
    assert [run["seed"] for run in found["runs"]] == list(range(10))
    assert found["plan"] == {"epochs": 1, "batch_size": 128, "learning_rate": 0.08, "shift": 1}
    assert len({run["accuracy"] for run in found["runs"]}) > 1


def test_without_a_gpu_the_script_says_so(capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    gpu.main([])
    assert capsys.readouterr().out == "no CUDA GPU here, so nothing was measured\n"


def test_the_browser_answers_a_slider_10_times_faster_than_subplots():
    found = time_sliders(15)
    assert {name: len(times) for name, times in found.items()} == {"browser": 15, "subplots": 15}
    assert summarise_sliders(found)["ratio"] >= 10


def test_a_summary_of_sliders_compares_medians():
    summary = summarise_sliders({"browser": [1.0, 2.0, 9.0], "subplots": [20.0, 50.0, 30.0]})
    assert (summary["browser"]["median"], summary["subplots"]["median"]) == (2, 30)
    assert (summary["ratio"], summary["rounds"]) == (15, 3)
    assert summary["browser"]["p95"] >= 9


def test_the_evidence_s_network_of_parts_is_net():
    torch.manual_seed(0)
    net = Net()
    torch.manual_seed(0)
    parts = evidence.make_net()
    images = torch.rand(4, 1, 32, 32)
    assert torch.equal(net(images), parts(images))


def test_the_evidence_s_recipe_is_the_chapter_s(few):
    torch.manual_seed(0)
    net = Net()
    own = copy.deepcopy(net)
    accuracy = evidence.measure(own, (few, few), seed=0, epochs=1)
    train(net, few, epochs=1)
    assert all(torch.equal(*pair) for pair in zip(net.parameters(), own.parameters(), strict=True))
    assert 0 < accuracy < 1


def test_another_loss_takes_the_place_of_cross_entropy_in_the_evidence_and_nothing_else(few):
    torch.manual_seed(0)
    net = Net()
    own = copy.deepcopy(net)
    called = []

    def count(logits, labels):
        called.append(labels)
        return -logits.log_softmax(1)[range(len(labels)), labels].mean()

    evidence.measure(own, (few, few), seed=0, epochs=1, loss=count)
    train(net, few, epochs=1)
    assert len(called) == len(few.labels) // 64
    for mine, theirs in zip(own.parameters(), net.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_the_recorded_losses_are_those_that_the_evidence_measures():
    recorded = load_evidence()["losses"]
    assert {name: row["rate"] for name, row in recorded.items()} == {
        name: rate for name, (_, rate) in evidence.LOSSES.items()
    }
    logits, labels = torch.randn(3, 10), torch.tensor([1, 0, 9])
    one_hot = F.one_hot(labels, 10)
    for name, outputs in (("mse", logits), ("probabilities", logits.softmax(1))):
        loss, _ = evidence.LOSSES[name]
        torch.testing.assert_close(loss(logits, labels), ((outputs - one_hot) ** 2).mean())
    assert evidence.LOSSES["probabilities_faster"][0] is evidence.LOSSES["probabilities"][0]
