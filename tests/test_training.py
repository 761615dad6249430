"""The training loop and its program: right, resumable, and clear about wrong use."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import pytest
import torch
import torch.nn.functional as F

from lenet_course import Digits, Net, evaluate, load_digits, load_trained, prepare_images, train
from lenet_course.training.__main__ import main
from lenet_course.training.augmentation import jitter, shift
from lenet_course.training.averaging import load_average, track_average
from lenet_course.training.checkpoints import save_whole
from lenet_course.training.loop import _require_finite, make_sgd
from lenet_course.training.muon import Muon
from lenet_course.training.recipe import Recipe
from lenet_course.training.schedule import compute_triangle
from tests.networks import equal


@pytest.fixture(scope="module")
def few():
    return Digits(*(part[:256] for part in load_digits("train")))


def make_net():
    torch.manual_seed(0)
    return Net()


@pytest.fixture(scope="module")
def two_epochs():
    """A network that learned the packaged digits for two epochs, and its history."""
    net = make_net()
    return net, train(net, load_digits(), epochs=2, validation=load_digits("test"))


def test_train_is_the_loop_written_by_hand(few):
    net, by_hand = make_net(), make_net().to(memory_format=torch.channels_last)
    history = train(net, few, epochs=2, batch_size=64, seed=3)
    images = prepare_images(few.images).contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        by_hand.parameters(), 0.05, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    step, means = 0, []
    for epoch in range(2):
        order = torch.randperm(256, generator=torch.Generator().manual_seed(3000 + epoch))
        losses = []
        for batch in order.split(64):
            for group in optimizer.param_groups:
                group["lr"] = 0.05 * compute_triangle(step, 8, 0.2)
            loss = F.cross_entropy(by_hand(images[batch]), few.labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
        means.append(sum(losses) / 4)
    assert equal(net, by_hand)
    assert [entry["epoch"] for entry in history] == [1, 2]
    assert [entry["loss"] for entry in history] == pytest.approx(means, rel=1e-6)


def test_the_learning_rate_is_a_triangle():
    shares = [compute_triangle(step, 100, 0.2) for step in range(100)]
    assert max(shares) == shares[19] == 1.0
    assert shares[0] == pytest.approx(0.05)
    assert shares[-1] == pytest.approx(1 / 80)
    assert shares[:20] == sorted(shares[:20])
    assert shares[20:] == sorted(shares[20:], reverse=True)


def test_two_epochs_read_the_packaged_digits(two_epochs):
    _, history = two_epochs
    assert history[-1]["accuracy"] > 0.95
    assert history[0]["loss"] > history[1]["loss"]


def test_evaluate_counts_the_right_answers(few):
    net = load_trained()
    with torch.no_grad():
        logits = net(prepare_images(few.images))
    measured = evaluate(net, few, batch_size=100)
    assert measured["accuracy"] == (logits.argmax(1) == few.labels).float().mean().item()
    assert measured["loss"] == pytest.approx(F.cross_entropy(logits, few.labels).item(), rel=1e-4)


def test_evaluate_measures_in_evaluation_mode(few):
    """A network of the reader's own may have dropout, which is to be off and then on again."""
    net = make_net()
    net.fc3 = torch.nn.Sequential(torch.nn.Dropout(0.9), net.fc3)
    assert evaluate(net, few) == evaluate(net, few) and net.training and net.fc3.training
    measured = evaluate(net.eval(), few)
    assert measured == evaluate(net.train(), few)


def test_validation_digits_are_not_trained_on(few):
    net, other = make_net(), make_net()
    history = train(net, few, epochs=1, validation=load_digits("test"))
    train(other, few, epochs=1)
    assert equal(net, other)
    assert set(history[0]) == {"epoch", "loss", "validation_loss", "accuracy"}


def test_the_average_keeps_its_decay_of_what_was_and_adds_the_rest(few):
    """At 0.9: at one half, what is kept and what is added could change places."""
    net, by_hand, mean = make_net(), make_net(), make_net()
    optimizer = make_sgd(net.parameters(), 0.05)
    track_average(optimizer, 0.9)
    train(net, few, epochs=2, optimizer=optimizer)
    load_average(optimizer)
    real = torch.optim.SGD.step

    def step(optimizer):
        real(optimizer)
        with torch.no_grad():
            for average, value in zip(mean.parameters(), by_hand.parameters(), strict=True):
                average.copy_(0.9 * average + 0.1 * value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", step)
        train(by_hand, few, epochs=2)
    for one, other in zip(net.parameters(), mean.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
    assert not equal(net, by_hand)


def test_an_optimizer_that_is_handed_over_steps_from_a_peak_of_its_own(few):
    net, by_hand = make_net(), make_net().to(memory_format=torch.channels_last)
    optimizer, other = (
        torch.optim.SGD(each.parameters(), 0.03, momentum=0.7, weight_decay=0.01)
        for each in (net, by_hand)
    )
    train(net, few, epochs=1, warm_up=0.0, optimizer=optimizer)
    images = prepare_images(few.images).contiguous(memory_format=torch.channels_last)
    order = torch.randperm(256, generator=torch.Generator().manual_seed(0))
    for step, batch in enumerate(order.split(64)):
        other.param_groups[0]["lr"] = 0.03 * (4 - step) / 4  # down from the first step on
        other.zero_grad()
        F.cross_entropy(by_hand(images[batch]), few.labels[batch]).backward()
        other.step()
    assert equal(net, by_hand)


def test_an_optimizer_that_trains_again_climbs_to_its_first_peak(few):
    net, again = make_net(), make_net()
    optimizer = torch.optim.SGD(net.parameters(), 0.03)
    train(net, few, epochs=1, optimizer=optimizer)
    assert 0 < optimizer.param_groups[0]["lr"] < 0.03
    again.load_state_dict(net.state_dict())
    train(net, few, epochs=1, optimizer=optimizer)
    train(again, few, epochs=1, optimizer=torch.optim.SGD(again.parameters(), 0.03))
    assert equal(net, again)


def test_adam_and_its_average_learn_and_resume_too(few, tmp_path):
    """Its state is made at its first step, and only where nothing stands in it yet."""
    nets = [make_net(), make_net()]
    for net in nets:  # the second finds the first one's checkpoint, and has no epoch left
        optimizer = torch.optim.Adam(net.parameters(), 0.003)
        track_average(optimizer, 0.9)
        train(net, few, epochs=2, optimizer=optimizer, checkpoint=tmp_path / "run.pt")
        load_average(optimizer)
    assert equal(*nets) and not equal(nets[0], make_net())


def test_a_last_smaller_mini_batch_is_left_out(few):
    digits = Digits(*(part[:100] for part in few))
    seen = []
    watch = lambda images, _: seen.append(len(images)) or images  # noqa: E731
    train(make_net(), digits, epochs=2, batch_size=48, augment=watch)
    assert seen == [48] * 4


def test_a_bar_is_shown_where_it_is_asked_for_and_nowhere_else(few, capsys):
    train(make_net(), few, epochs=1)
    assert capsys.readouterr() == ("", "")
    train(make_net(), few, epochs=1, progress=True)
    assert "4/4" in capsys.readouterr().err


def test_no_epoch_changes_nothing(few):
    net = make_net()
    assert Recipe(epochs=0, average=0.9).train(net, few) == []
    assert equal(net, make_net())


def test_muon_learns_more_from_one_epoch_than_sgd():
    found = []
    for recipe in (
        Recipe(epochs=1),
        Recipe(epochs=1, optimizer="muon", learning_rate=0.025, weight_decay=0.005),
    ):
        net = make_net()
        recipe.train(net, load_digits())
        found.append(evaluate(net, load_digits("test"))["accuracy"])
    assert found[1] > found[0] + 0.02


def test_a_resumed_run_of_muon_ends_with_the_same_bits(few, tmp_path):
    whole, resumed = make_net(), make_net()
    recipe = Recipe(epochs=2, optimizer="muon", learning_rate=0.02)
    recipe.train(whole, few)
    real = torch.randperm

    def interrupt(*arguments, generator, **named):
        if generator.initial_seed() == 1:  # the second epoch
            raise KeyboardInterrupt
        return real(*arguments, generator=generator, **named)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(torch, "randperm", interrupt)
        recipe.train(resumed, few, checkpoint=tmp_path / "run.pt")
    fresh = Net()
    recipe.train(fresh, few, checkpoint=tmp_path / "run.pt")
    assert equal(whole, fresh)


# --- augmentation


def test_a_shift_moves_by_whole_pixels_up_to_two():
    image = torch.zeros(500, 1, 32, 32)
    image[:, 0, 16, 16] = 1
    moved = shift(image, torch.Generator().manual_seed(0))
    places = moved.flatten(1).argmax(1)
    torch.testing.assert_close(moved.amax((1, 2, 3)), torch.ones(500), atol=1e-4, rtol=0)
    assert (
        set((places // 32 - 16).tolist()) == set((places % 32 - 16).tolist()) == {-2, -1, 0, 1, 2}
    )


def test_affine_jitter_keeps_the_digit_and_moves_it():
    images = prepare_images(load_digits("test").images[:500])
    moved = jitter(images, torch.Generator().manual_seed(0))
    assert moved.shape == images.shape
    assert not torch.equal(moved, images)
    with torch.no_grad():
        right = load_trained()(moved).argmax(1) == load_digits("test").labels[:500]
    assert right.float().mean() > 0.97


# --- checkpoints


def test_a_resumed_run_ends_with_the_same_bits(few, tmp_path):
    whole, half, resumed = make_net(), make_net(), make_net()
    recipe = Recipe(epochs=4, augment="affine", average=0.9)
    history = recipe.train(whole, few)

    class Stop(Exception):
        pass

    path = tmp_path / "run.pt"
    real = torch.randperm
    calls = []

    def randperm(*arguments, **options):
        calls.append(1)
        if len(calls) == 3:
            raise Stop
        return real(*arguments, **options)

    torch.randperm = randperm
    try:
        with pytest.raises(Stop):
            recipe.train(half, few, checkpoint=path)
    finally:
        torch.randperm = real
    assert len(torch.load(path, weights_only=True)["history"]) == 2
    assert recipe.train(resumed, few, checkpoint=path) == history
    assert equal(whole, resumed)


def test_a_killed_program_leaves_a_whole_checkpoint_and_goes_on(two_epochs, tmp_path, capsys):
    paths = [f"--output={tmp_path / 'net.pt'}", f"--checkpoint={tmp_path / 'run.pt'}"]
    arguments = ["--epochs=2", *paths]
    program = [sys.executable, "-m", "lenet_course.training", *arguments]
    process = subprocess.Popen(program, stderr=subprocess.DEVNULL)
    for _ in range(2400):
        time.sleep(0.025)
        if (tmp_path / "run.pt").exists():
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(torch.load(tmp_path / "run.pt", weights_only=True)["history"]) == 1
    assert not (tmp_path / "net.pt").exists()
    main(arguments)
    printed = capsys.readouterr().out
    assert re.search(r"accuracy 9[5-9]\.\d+ % on the 2,000 test digits", printed)
    assert equal(load_trained(tmp_path / "net.pt"), two_epochs[0])


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_truncated_checkpoint_is_named(few, tmp_path, size):
    path = tmp_path / "run.pt"
    train(make_net(), few, epochs=1, checkpoint=path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=rf"run.pt \({size:,} bytes\), which cannot be read"):
        train(make_net(), few, epochs=1, checkpoint=path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "seed 0, now 1"),
        ({"learning_rate": 0.04}, "learning_rate 0.05, now 0.04"),
        ({"augment": jitter}, "augment None, now 'jitter'"),
        ({"optimizer": Muon}, "optimizer 'SGD', now 'Muon'"),
        ({"average": 0.9}, "average None, now 0.9"),
        ({"label_smoothing": 0.1}, "label_smoothing None, now 0.1"),
    ],
)
def test_a_checkpoint_of_other_settings_is_named(few, tmp_path, change, message):
    train(make_net(), few, epochs=1, checkpoint=tmp_path / "run.pt")
    net, decay = make_net(), change.pop("average", 0)
    make = change.pop("optimizer", make_sgd)
    how = change | {"optimizer": make(net.parameters(), change.get("learning_rate", 0.05))}
    if decay:
        track_average(how["optimizer"], decay)
    with pytest.raises(ValueError, match=message):
        train(net, few, epochs=1, checkpoint=tmp_path / "run.pt", **how)


def test_a_checkpoint_of_a_setting_that_is_left_out_now_is_named(few, tmp_path):
    path = tmp_path / "run.pt"
    train(make_net(), few, epochs=1, label_smoothing=0.1, checkpoint=path)
    with pytest.raises(ValueError, match=r"label_smoothing 0\.1, now None"):
        train(make_net(), few, epochs=1, checkpoint=path)


def test_a_checkpoint_that_runs_code_is_refused(few, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "written"), "w"))

    torch.save({"history": [], "settings": Evil()}, tmp_path / "run.pt")
    with pytest.raises(ValueError, match="cannot be read"):
        train(make_net(), few, epochs=1, checkpoint=tmp_path / "run.pt")
    assert not (tmp_path / "written").exists()


def test_a_checkpoint_of_another_architecture_is_named(few, tmp_path):
    class Wide(Net):
        def __init__(self):
            super().__init__()
            self.fc2 = torch.nn.Linear(120, 85)
            self.fc3 = torch.nn.Linear(85, 10)

    train(Wide(), few, epochs=1, checkpoint=tmp_path / "run.pt")
    with pytest.raises(ValueError, match=r"(?s)checkpoint of this network.*fc2.weight"):
        train(make_net(), few, epochs=1, checkpoint=tmp_path / "run.pt")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is needed, for a full disk")
def test_a_full_disk_keeps_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    save_whole({"a": 1}, path)
    real = torch.save

    def save_to_a_full_disk(content, part):
        part.touch()
        real(content, "/dev/full")

    monkeypatch.setattr("torch.save", save_to_a_full_disk)
    with pytest.raises(OSError, match=r"expected to write .*run.pt, got"):
        save_whole({"a": torch.zeros(10_000)}, path)
    assert os.listdir(tmp_path) == ["run.pt"]
    assert torch.load(path, weights_only=True) == {"a": 1}


def test_two_runs_may_save_to_one_file_at_once(tmp_path, monkeypatch):
    real, path, process = torch.save, tmp_path / "run.pt", os.getpid()

    def save_while_another_does(content, part):
        real(content, part)
        with monkeypatch.context() as patch:
            patch.setattr("torch.save", real)
            patch.setattr("os.getpid", lambda: process + 1)
            save_whole({"a": 2}, path)

    monkeypatch.setattr("torch.save", save_while_another_does)
    save_whole({"a": 1}, path)
    assert os.listdir(tmp_path) == ["run.pt"]
    assert torch.load(path, weights_only=True) == {"a": 1}


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OSError, match="expected to write"):
        save_whole({}, tmp_path / "nowhere/run.pt")


# --- wrong use


WRONG_DIGITS = {
    "labels from 0 to 9, got 10": {"labels": torch.full((256,), 10)},
    "labels from 0 to 9, got -1": {"labels": torch.full((256,), -1)},
    "dtype torch.int64, got torch.float32": {"labels": torch.zeros(256)},
    r"labels of shape \(N,\), got \(256, 1\)": {"labels": torch.zeros(256, 1, dtype=torch.int64)},
    "got 256 and 255": {"labels": torch.zeros(255, dtype=torch.int64)},
    r"28, 28\), got \(1, 32, 32\)": {"images": torch.zeros(256, 32, 32, dtype=torch.uint8)},
    "dtype torch.uint8.*got torch.float32": {"images": torch.zeros(256, 28, 28)},
    "an empty data set": {"images": torch.zeros(0, 28, 28), "labels": torch.zeros(0)},
}


@pytest.mark.parametrize("message", WRONG_DIGITS)
def test_wrong_digits_are_named(few, message):
    digits = few._replace(**WRONG_DIGITS[message])
    with pytest.raises(ValueError, match=message):
        train(make_net(), digits, epochs=1)
    with pytest.raises(ValueError, match=message):
        evaluate(make_net(), digits)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("epochs", -1, "epochs 0 or more, got -1"),
        ("batch_size", 0, "batch_size from 1 to 256, the number of digits, got 0"),
        ("batch_size", 257, "got 257"),
        ("learning_rate", 0.0, "learning_rate above 0, got 0.0"),
        ("warm_up", 1.0, "warm_up from 0 to below 1, got 1.0"),
        ("warm_up", -0.1, "warm_up from 0"),
        ("label_smoothing", 1.0, "label_smoothing from 0 to below 1, got 1.0"),
        ("label_smoothing", -0.1, "label_smoothing from 0"),
        ("augment", "flip", "augment None or a function .*, got 'flip'"),
        ("optimizer", "adam", "an optimizer of this network's parameters, got 'adam'"),
        ("optimizer", make_sgd(Net().parameters(), 0.05), "this network's .* got SGD of others"),
    ],
)
def test_wrong_settings_are_named(few, setting, value, message):
    with pytest.raises(ValueError, match=message):
        train(make_net(), few, **({"epochs": 1} | {setting: value}))


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("optimizer", "adam", r"optimizer one of \('sgd', 'muon'\), got 'adam'"),
        ("augment", "flip", "augment one of .*got 'flip'"),
        ("learning_rate", -0.1, "learning_rate above 0, got -0.1"),
        ("weight_decay", -1e-9, "weight_decay 0 or more, got -1e-09"),
        ("average", -0.1, "average from 0"),
        ("average", 1.0, "average from 0 to below 1, got 1.0"),
        ("batch_size", 257, "batch_size .*got 257"),
    ],
)
def test_wrong_settings_of_a_recipe_are_named(few, setting, value, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**{setting: value}).train(make_net(), few)


@pytest.mark.parametrize("momentum", [1.0, -0.1])
def test_a_momentum_that_muon_cannot_have_is_named(momentum):
    with pytest.raises(ValueError, match=f"momentum from 0 to below 1, got {momentum}"):
        Muon(Net().parameters(), 0.02, momentum)


def test_settings_at_their_limits_are_taken(few):
    recipe = Recipe(1, batch_size=256, weight_decay=0, warm_up=0, average=0, augment="shift")
    (entry,) = recipe.train(make_net(), few)
    assert 2.2 < entry["loss"] < 2.4


def test_a_smoothed_label_gives_a_share_to_all_digits_alike(few):
    net, by_hand = make_net(), make_net()
    (entry,) = train(net, few, epochs=1, batch_size=256, label_smoothing=0.2)
    goal = 0.8 * F.one_hot(few.labels, 10) + 0.2 / 10
    logits = by_hand(prepare_images(few.images))
    loss = -(goal * F.log_softmax(logits, 1)).sum(1).mean()
    assert entry["loss"] == pytest.approx(loss.item(), abs=1e-5)


def test_the_first_step_without_a_number_is_named():
    losses = torch.tensor([2.0, 1.0, torch.inf, torch.nan])
    with pytest.raises(FloatingPointError, match=r"became inf at step 11; .* than 0\.5"):
        _require_finite(losses, before=8, learning_rate=0.5)


def test_a_loss_that_is_no_number_stops_with_its_step(few, tmp_path):
    path = tmp_path / "run.pt"
    with pytest.raises(
        FloatingPointError, match=r"became (nan|inf) at step \d+; .* smaller than 100000000"
    ):
        train(make_net(), few, epochs=3, learning_rate=1e8, checkpoint=path)
    assert not path.exists() or len(torch.load(path, weights_only=True)["history"]) < 3


def run_program(*arguments, **options):
    command = [sys.executable, "-m", "lenet_course.training", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", **options)


def test_the_program_says_what_is_wrong_in_one_line(tmp_path, capsys):
    output = ["--output", str(tmp_path / "net.pt")]
    result = run_program("--device", "cuda:99", *output)
    assert result.returncode == 2
    message = "expected a device of this machine, got 'cuda:99'"
    assert result.stderr.strip().splitlines()[-1].startswith(message)
    with pytest.raises(SystemExit) as ended:
        main(["--batch-size", "0", *output])
    assert ended.value.code == 2
    message = "expected batch_size from 1 to 10000"
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_the_program_hands_every_option_on(few, tmp_path, monkeypatch, capsys):
    """Each at a value that is no default, so that one that is dropped or exchanged is seen."""
    seen, asked = {}, []

    def record(recipe, net, digits, **how):
        seen.update(asdict(recipe), **how, digits=digits)
        return [{"epoch": 1, "loss": 0.5}]

    def load(split, full, root):
        asked.append((split, full, root))
        return few

    monkeypatch.setattr(Recipe, "train", record)
    monkeypatch.setattr("lenet_course.training.__main__.load_digits", load)
    told = asdict(Recipe(7, 32, "muon", 0.03, 0.002, 0.4, "affine", 0.99)) | {"seed": 5}
    chosen = {**told, "checkpoint": tmp_path / "run.pt"}
    words = [f"--{n.replace('_', '-')}={v}" for n, v in chosen.items() if n != "standardise"]
    main([*words, "--standardise", "--data=full", "--root=x", f"--output={tmp_path / 'net.pt'}"])
    assert asked == [("train", True, "x"), ("test", True, "x")]
    told["standardise"] = True
    assert seen == {**chosen, **told, "progress": True, "digits": few}
    recipe = load_trained(tmp_path / "net.pt").recipe
    assert recipe["data"] == "full" and told.items() <= recipe.items()
    printed = capsys.readouterr().out
    assert printed.startswith("loss 0.500, accuracy ") and "on the 256 test digits" in printed
    main([f"--output={tmp_path / 'net.pt'}"])
    assert Recipe().__dict__.items() <= seen.items() and seen["seed"] == 0
    assert asked[2:] == [("train", False, None), ("test", False, None)]


def test_a_recipe_hands_every_number_on(few, monkeypatch):
    seen = {}
    watch = lambda net, digits, **how: seen.update(how) or []  # noqa: E731
    monkeypatch.setattr("lenet_course.training.recipe.train", watch)
    Recipe(7, 32, "muon", 0.03, 0.002, 0.4, "affine", 0.99, False, 0.1).train(
        make_net(), few, seed=5
    )
    group = seen.pop("optimizer").param_groups[0]
    given = {"lr": 0.03, "momentum": 0.9, "weight_decay": 0.002, "average": 0.99}
    assert {name: group[name] for name in given} == given
    how = {"epochs": 7, "batch_size": 32, "warm_up": 0.4, "augment": jitter, "seed": 5}
    assert seen == how | {"label_smoothing": 0.1}


def test_a_recipe_s_defaults_are_train_s(few):
    net, by_recipe = make_net(), make_net()
    train(net, few, epochs=3)
    Recipe().train(by_recipe, few)
    assert equal(net, by_recipe)


def test_help_lists_every_setting(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    names = (
        "epochs batch-size learning-rate label-smoothing device data augment seed output checkpoint"
    )
    for name in names.split():
        assert f"--{name}" in text
