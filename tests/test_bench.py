"""What `make bench`, the record and the GPU script rest on, as a machine without a GPU shows it."""

import copy
import json
import statistics
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from bench import __main__ as table
from bench import captured, distil, evidence, gpu, learners, record, teachers
from bench.halves import train_in_halves
from bench.recipes import train_by
from bench.slider import summarise_sliders, time_sliders
from lenet_course import Net, load_digits, prepare_images, train
from lenet_course.digits import Digits
from lenet_course.evidence import load_distillation, load_evidence
from lenet_course.training.averaging import load_average, track_average
from lenet_course.training.loop import make_sgd
from lenet_course.training.muon import Muon
from lenet_course.training.schedule import compute_triangle, set_rate


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


@pytest.mark.parametrize(("count", "quantile"), [(5, 2.776), (10, 2.262), (30, 2.045)])
def test_an_interval_is_student_s(count, quantile):
    values = [float(number) for number in range(count)]
    low, high = record.find_interval(values)
    half = quantile * torch.tensor(values).std().item() / count**0.5
    assert (low + high) / 2 == pytest.approx((count - 1) / 2)
    assert (high - low) / 2 == pytest.approx(half, rel=0.01)


def test_a_record_counts_only_where_its_interval_lies_above_the_target():
    usual = [{"wall": wall, "cpu": 2 * wall} for wall in (10.0, 30.0, 20.0)]
    runs = [{"wall": 2.0, "cpu": 4.0, "accuracy": a} for a in (0.991, 0.993, 0.992, 0.9915, 0.9925)]
    row = record.summarise(runs, usual)
    assert row["counts"] and row["reached"] == 5
    assert (row["sooner, wall"], row["sooner, cpu"]) == (10, 10)
    assert not record.summarise([*runs, {**runs[0], "accuracy": 0.985}], usual)["counts"]


def test_the_record_s_program_takes_turns_with_the_usual_loop(few, monkeypatch, tmp_path, capsys):
    turns = []

    def time_usual(root, seed, epochs, device):
        turns.append((seed, str(device)))
        return {"seed": seed, "wall": 10.0, "cpu": 20.0, "accuracy": 0.99}

    monkeypatch.setattr(record, "find_mnist", lambda: tmp_path)
    monkeypatch.setattr(record, "load_digits", lambda split, **_: few)
    monkeypatch.setattr(record, "time_usual_loop", time_usual)
    monkeypatch.setattr(record, "ROOT", tmp_path)
    record.main(["smooth", "--seeds", "11"])
    written = json.loads((tmp_path / "_build/record.json").read_text(encoding="utf-8"))
    assert turns == [(1000, "cpu"), (1010, "cpu")]
    row = written["records"]["smooth"]
    assert [run["seed"] for run in row["runs"]] == list(range(1000, 1011))
    assert row["sooner, wall"] == pytest.approx(10 / row["wall"]) and not row["counts"]
    assert "smooth" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        record.main(["fast"])
    assert "expected names of muon, smooth, halves, got fast" in capsys.readouterr().err


def test_a_record_learns_from_as_many_digits_as_it_says_and_others_with_another_seed(few):
    seen = []
    each = record.Record("", "", copy.copy(record.RECORDS["smooth"].recipe), count=512)
    watch = lambda net, digits, seed: seen.append((len(digits.labels), digits.labels))  # noqa: E731
    object.__setattr__(each.recipe, "train", watch)
    for seed in (1, 1, 2):
        each.run(few, seed)
    assert [count for count, _ in seen] == [512] * 3
    assert torch.equal(seen[0][1], seen[1][1]) and not torch.equal(seen[0][1], seen[2][1])


def test_two_halves_of_a_mini_batch_give_the_step_of_the_whole(few):
    threads, recipe = torch.get_num_threads(), record.RECORDS["halves"].recipe
    halves, whole = (train(recipe, few, 3) for train in (train_in_halves, train_by))
    for mine, other in zip(halves.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-5)
    assert torch.get_num_threads() == threads


def test_the_captured_step_is_timed_as_a_record(few):
    train = record.make_captured(few, torch.device("cpu"))
    found = record.time_run(train, few, seed=3)
    assert found["seed"] == 3 and found["wall"] > 0 and 0 <= found["accuracy"] <= 1


def test_a_student_learns_what_teachers_answer_and_the_best_mean_is_chosen(
    few, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(distil, "find_mnist", lambda: tmp_path)
    monkeypatch.setattr(distil, "load_digits", lambda split, **_: few)
    monkeypatch.setattr(distil, "ROOT", tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    small = {"KEPT_ASIDE": 768, "EPOCHS": 1, "TRIED_VIEWS": 1, "FINAL_VIEWS": 1}
    small |= {"FINAL_SEEDS": range(2)}
    seeds = len(distil.FINAL_SEEDS)
    for name, value in small.items():
        monkeypatch.setattr(distil, name, value)
    for name, value in {"TEACHERS": 1, "WIDTH": 4, "EPOCHS": 1}.items():
        monkeypatch.setattr(teachers, name, value)
    distil.main()
    written = json.loads((tmp_path / "_build/distil.json").read_text(encoding="utf-8"))
    recorded = load_distillation()
    ways = [{**row, "accuracies": len(row["accuracies"])} for row in written["tried"]]
    assert ways == [{**row, "accuracies": len(row["accuracies"])} for row in recorded["tried"]]
    for each in (written, recorded):
        means = [statistics.mean(row["accuracies"]) for row in each["tried"]]
        assert each["chosen"] == means.index(max(means))
    stored = torch.load(tmp_path / "_build/distil.pt")
    assert len(stored) == len(written["accuracies"]) == 2
    assert len(recorded["accuracies"]) == seeds


def test_what_keeps_the_machine_from_being_described_is_said_before_the_training(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(distil, "find_mnist", lambda: tmp_path)
    monkeypatch.setattr(distil, "load_digits", lambda *_, **__: pytest.fail("went on"))
    monkeypatch.setattr(distil, "find_commit", lambda: "commit")
    monkeypatch.setattr(distil, "describe_machine", lambda commit: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        distil.main()


def test_without_a_browser_nothing_is_measured(monkeypatch):
    def find_none():
        raise FileNotFoundError("expected Chromium")

    monkeypatch.setattr(sys, "argv", ["bench"])
    monkeypatch.setattr(table, "prepare_browser", find_none)
    monkeypatch.setattr(table, "find_mnist", lambda: pytest.fail("went on"))
    with pytest.raises(FileNotFoundError, match="expected Chromium"):
        table.main()


def test_a_program_that_is_timed_says_why_it_fails(capfd):
    with pytest.raises(subprocess.CalledProcessError):
        table.time_command(sys.executable, "-c", "import sys; print('row'); sys.exit('why')")
    assert capfd.readouterr() == ("", "why\n")


def test_a_chapter_is_timed_in_a_copy(monkeypatch, tmp_path):
    for name in ("project/book/notebooks", "project/.git", "project/_build"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "project/book/__init__.py").touch()
    (tmp_path / "project/book/notebooks/__main__.py").write_text(
        "import os, sys\nfrom pathlib import Path\nPath('01.ipynb').write_text('executed')\n"
        f"Path({str(tmp_path / 'seen')!r}).write_text(' '.join([*sys.argv[1:], *os.listdir()]))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(table, "ROOT", tmp_path / "project")
    assert table.time_chapter("01")["wall"] > 0
    seen = (tmp_path / "seen").read_text(encoding="utf-8").split()
    assert seen[0] == "01" and {*seen[1:]} == {"book", "01.ipynb"}
    assert not (tmp_path / "project/01.ipynb").exists()


@pytest.mark.parametrize("orthogonal", [False, True])
def test_learners_take_the_steps_of_the_package_s_optimizers(few, orthogonal):
    """Two learners, each as torch.optim.SGD or Muon would have it learn alone."""
    settings = learners.Settings(0.02, 0.01, 0.9, orthogonal)
    images, labels = prepare_images(few.images[:64]), few.labels[:64]

    def measure(logits, batch):
        return F.cross_entropy(logits, batch["labels"])

    torch.manual_seed(0)
    nets = [Net() for _ in range(2)]
    alone = copy.deepcopy(nets[0])
    together = [learners.Learner(net, measure, settings, 4) for net in nets]
    learners.learn_together(together, lambda _: {"images": images, "labels": labels}, 4)
    make = Muon if orthogonal else make_sgd
    optimizer = make(alone.parameters(), 0.02, weight_decay=0.01)
    track_average(optimizer, 0.9)
    for step in range(4):
        set_rate(optimizer, compute_triangle(step, 4, learners.WARM_UP))
        optimizer.zero_grad()
        F.cross_entropy(alone(images), labels).backward()
        optimizer.step()
    for averaged in (False, True):
        if averaged:
            load_average(optimizer)
            together[0].load_average()
        for one, other in zip(nets[0].parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(one, other)
