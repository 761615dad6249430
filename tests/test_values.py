"""A number is a number: NumPy's and 0-d tensors do what Python's do, and what is none is named."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

import lenet_course as course
from lenet_course import Digits, Net, exercises, gpu, tables, widgets
from lenet_course.figures import draw_confusion
from lenet_course.training.averaging import track_average
from lenet_course.training.muon import Muon
from lenet_course.training.recipe import Recipe

FEW = Digits(*(part[:64] for part in course.load_digits("test")))
NET = course.load_trained()
INPUTS = course.prepare_images(FEW.images[:3])
TABLE = [[3, 1], [0, 2]]


def train(**how):
    torch.manual_seed(0)
    return course.train(Net(), FEW, **how)


def train_by_recipe(**how):
    torch.manual_seed(0)
    return Recipe(**how).train(Net(), FEW)


def average(decay):
    optimizer = Muon(Net().parameters(), 0.5)
    track_average(optimizer, decay)
    return optimizer.param_groups[0]["average"]


def show(make, *names):
    """What a widget shows the page, which has to be JSON."""
    return lambda *given, **named: json.dumps(
        {name: getattr(make(*given, **named), name) for name in names}
    )


NUMBERS = {
    "train": (
        train,
        {"epochs": 1, "batch_size": 32, "learning_rate": 0.125, "warm_up": 0.25, "seed": 3},
    ),
    "Recipe": (
        train_by_recipe,
        {"epochs": 1, "batch_size": 32, "learning_rate": 0.125, "average": 0.5},
    ),
    "Muon": (
        lambda **how: Muon(Net().parameters(), **how).defaults,
        {"lr": 0.5, "momentum": 0.5, "weight_decay": 0.25},
    ),
    "track_average": (average, {"decay": 0.5}),
    "evaluate": (lambda batch_size: course.evaluate(NET, FEW, batch_size), {"batch_size": 32}),
    "pick_digit": (lambda index: course.pick_digit(FEW, index)[1], {"index": 5}),
    "find_receptive_field": (
        lambda row, column: course.find_receptive_field("pool1", row, column),
        {"row": 3, "column": 0},
    ),
    "draw_digits": (lambda columns: course.draw_digits(INPUTS, columns=columns), {"columns": 2}),
    "draw_feature_maps": (
        lambda columns: course.draw_feature_maps(INPUTS[0], columns),
        {"columns": 2},
    ),
    "draw_kernels": (lambda columns: course.draw_kernels(INPUTS, columns), {"columns": 2}),
    "draw_tables": (lambda window: tables.draw_tables({"a": TABLE}, window), {"window": 1}),
    "LeNetExplorer": (
        show(lambda index: widgets.LeNetExplorer(NET, index=index), "index"),
        {"index": 5},
    ),
    "FeatureMapBrowser": (
        show(lambda **at: widgets.FeatureMapBrowser(NET, INPUTS, **at), "index", "channel"),
        {"index": 1, "channel": 2},
    ),
    "GraphExplorer": (
        show(lambda chosen: widgets.GraphExplorer(NET(INPUTS).sum(), NET, chosen), "chosen"),
        {"chosen": 2},
    ),
    "StepByStep": (
        show(lambda **how: widgets.StepByStep(NET, **how), "index", "batch_size", "learning_rate"),
        {"index": 5, "batch_size": 8, "learning_rate": 0.125, "momentum": 0.5},
    ),
}
ROWS = {
    "prepare_images": (lambda images: course.prepare_images(images).tolist(), FEW.images[:2]),
    "evaluate": (lambda labels: course.evaluate(NET, (FEW.images, labels)), FEW.labels),
    "labels": (lambda labels: course.draw_digits(INPUTS, labels), FEW.labels[:3]),
    "draw_digits": (course.draw_digits, INPUTS),
    "draw_feature_maps": (course.draw_feature_maps, INPUTS[0]),
    "draw_kernels": (course.draw_kernels, INPUTS),
    "draw_probabilities": (course.draw_probabilities, torch.eye(10)[3]),
    "draw_curves": (
        lambda losses: course.draw_curves({"loss": losses}, x=losses),
        torch.tensor([3.0, 2.0]),
    ),
    "draw_confusion": (draw_confusion, torch.tensor(TABLE)),
    "draw_tables": (lambda table: tables.draw_tables({"a": table}), torch.tensor(TABLE)),
    "draw_vjp": (lambda table: tables.draw_vjp(table[0], table), torch.tensor(TABLE)),
    "draw_throughput": (
        lambda rates: gpu.draw_throughput(dict(zip(["1", "64"], rates, strict=True))),
        torch.ones(2),
    ),
    "compute_feature_maps": (
        lambda images: list(course.compute_feature_maps(NET, images)),
        INPUTS,
    ),
    "FeatureMapBrowser": (
        show(lambda images: widgets.FeatureMapBrowser(NET, images), "index"),
        INPUTS,
    ),
}


def describe(result):
    """What can be compared: of a figure the words and the size, and what its axes show."""
    if not isinstance(result, Figure):
        return result
    shown = [[image.get_array().tolist() for image in axes.images] for axes in result.axes]
    lines = [[line.get_xydata().tolist() for line in axes.lines] for axes in result.axes]
    words = [axes.get_title() for axes in result.axes]
    return tuple(result.get_size_inches()), shown, lines, words


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_numpy_and_0_d_tensors_do_what_python_s_do(name):
    call, given = NUMBERS[name]
    plain = describe(call(**given))
    for convert in (lambda n: np.array(n)[()], torch.tensor):
        assert describe(call(**{key: convert(n) for key, n in given.items()})) == plain


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_named(name):
    call, given = NUMBERS[name]
    for key in given:
        for wrong in (True, "3"):
            with pytest.raises((ValueError, IndexError), match=r"^expected .*, got "):
                call(**given | {key: wrong})


@pytest.mark.parametrize("name", ROWS)
def test_lists_tuples_and_arrays_do_what_tensors_do(name):
    call, given = ROWS[name]
    plain = describe(call(given))
    for convert in (torch.Tensor.tolist, lambda t: tuple(t.tolist()), np.asarray, list):
        if given.dtype == torch.uint8 and convert not in (np.asarray, list):
            continue  # Python's numbers have no such dtype
        assert describe(call(convert(given))) == plain


def test_an_array_that_was_turned_over_is_taken():
    images = course.load_digits("test").images[:2]
    turned = course.prepare_images(images.numpy()[:, :, ::-1])
    assert torch.equal(turned, course.prepare_images(images.flip(2)))


def test_losses_may_be_tensors_that_know_where_they_come_from():
    losses = [torch.tensor(value, requires_grad=True) for value in (3.0, 2.0)]
    (line,) = course.draw_curves({"loss": losses}).axes[0].lines
    assert list(line.get_ydata()) == [3, 2]


def test_answers_may_be_numbers_of_any_kind():
    for right in (5, np.int64(5), np.float32(5), torch.tensor(5), np.array(5)):
        assert exercises.check_blamed_line(right).state == "right"
    assert exercises.check_blamed_line(np.bool_(True)).state == "hint"


# --- what was written can be read


@pytest.mark.parametrize("number", [np.float64, np.float32, torch.tensor])
def test_a_checkpoint_that_was_written_is_read_whatever_the_numbers_were(tmp_path, number):
    histories = []
    for path in (tmp_path / "run.pt", str(tmp_path / "run.pt")):
        net = Net()
        optimizer = torch.optim.Adam(net.parameters(), lr=number(0.125), eps=number(2**-20))
        histories.append(course.train(net, FEW, epochs=1, optimizer=optimizer, checkpoint=path))
        train(epochs=1, learning_rate=number(0.125), seed=np.int64(2), checkpoint=f"{path}.2")
    assert histories[0] == histories[1]


@pytest.mark.parametrize("note", [Path("a"), lambda: 0, threading.Lock()])
def test_a_checkpoint_that_could_not_be_read_is_not_written(tmp_path, note):
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    optimizer.param_groups[0]["note"] = note
    with pytest.raises(ValueError, match=r"^expected tensors, numbers and words .*run.pt, got"):
        course.train(net, FEW, epochs=1, optimizer=optimizer, checkpoint=tmp_path / "run.pt")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_hold_other_things_are_not_called_truncated_alone(tmp_path):
    recipe = {"rate": np.float64(0.1)}
    torch.save({"weights": NET.state_dict(), "recipe": recipe}, tmp_path / "net.pt")
    with pytest.raises(ValueError, match=r"holds more than tensors, numbers and words .*item\(\)"):
        course.load_trained(str(tmp_path / "net.pt"))


def test_a_recording_is_read_by_its_path_in_words():
    assert gpu.load_recording(str(gpu.RECORDING)) == gpu.load_recording()
