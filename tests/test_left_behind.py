"""What a public function leaves behind: its answer, and everything else as it was.

The reader's network, tensors and notebook belong to the reader: no function may change a mode, a
gradient, the next random number or a setting in passing.
"""

import os
import random
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import lenet_course
from lenet_course import Digits, Net, load_digits
from lenet_course.text import get_language
from lenet_course.training.augmentation import jitter
from lenet_course.training.recipe import Recipe
from lenet_course.widgets import FeatureMapBrowser, GraphExplorer, LeNetExplorer, StepByStep


def look_around() -> dict:
    """What all code of a process shares."""
    return {
        "torch's random numbers": torch.get_rng_state().numpy().tobytes(),
        "NumPy's random numbers": str(np.random.get_state()),
        "Python's random numbers": random.getstate(),
        "grad mode": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "determinism": (
            torch.are_deterministic_algorithms_enabled(),
            torch.backends.cudnn.deterministic,
            torch.backends.cudnn.benchmark,
        ),
        "anomaly detection": torch.is_anomaly_enabled(),
        "default dtype": torch.get_default_dtype(),
        "printing": (str(torch.tensor([1 / 3, 1e5])), np.get_printoptions()),
        "warnings": list(warnings.filters),
        "matplotlib": (dict(plt.rcParams), plt.get_fignums()),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "language": get_language(),
    }


def look_at(net: Net) -> dict:
    """All that a reader may have set on a network."""
    return {
        "values": [value.numpy().tobytes() for value in net.state_dict().values()],
        "grads": [p.grad if p.grad is None else p.grad.numpy().tobytes() for p in net.parameters()],
        "requires_grad": [p.requires_grad for p in net.parameters()],
        "modes": [part.training for part in net.modules()],
        "hooks": [
            len(part._forward_hooks) + len(part._forward_pre_hooks) for part in net.modules()
        ],
    }


def list_changes(before: dict, after: dict) -> list[str]:
    return [name for name in before if before[name] != after[name]]


def take_few() -> Digits:
    return Digits(*(part[:8].clone() for part in load_digits("test")))


@pytest.fixture(autouse=True)
def restore():
    threads, language = torch.get_num_threads(), get_language()
    cudnn = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    with warnings.catch_warnings(), plt.rc_context():
        yield
    torch.set_num_threads(threads)
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = cudnn
    lenet_course.set_language(language)


def set_oddly() -> None:
    """Settings of the reader's own: a function that sets the usual ones would else not be seen."""
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = False, True
    plt.rcParams.update({"lines.linewidth": 3, "font.size": 7})
    warnings.simplefilter("error", UnicodeWarning)


def make_net(mode: bool = True) -> Net:
    """A network as a reader leaves it: with gradients, one layer frozen, one in the other mode."""
    torch.manual_seed(1)
    net = Net()
    net.conv1.requires_grad_(False)
    F.cross_entropy(net(torch.rand(2, 1, 32, 32)), torch.tensor([3, 8])).backward()
    net.train(mode)
    net.fc2.train(not mode)
    return net


CALLS = {  # name → a call with the network, digits and their images
    "compute_feature_maps": lambda net, few, images: lenet_course.compute_feature_maps(net, images),
    "draw_curves": lambda *_: lenet_course.draw_curves({"a": [2.0, 1.0], "b": [1.0]}),
    "draw_digits": lambda net, few, images: lenet_course.draw_digits(images, few.labels.tolist()),
    "draw_feature_maps": lambda net, few, images: lenet_course.draw_feature_maps(images[0]),
    "draw_graph": lambda net, few, images: lenet_course.draw_graph(
        lenet_course.trace_graph(net(images).sum(), net)
    ),
    "draw_kernels": lambda net, *_: lenet_course.draw_kernels(net.conv1.weight),
    "draw_network": lambda net, *_: lenet_course.draw_network(net),
    "draw_probabilities": lambda net, few, images: lenet_course.draw_probabilities(
        net(images)[0].softmax(0)
    ),
    "evaluate": lambda net, few, images: lenet_course.evaluate(net, few, batch_size=3),
    "find_receptive_field": lambda *_: lenet_course.find_receptive_field("pool2", 4, 4),
    "load_digits": lambda *_: lenet_course.load_digits("train"),
    "load_trained": lambda *_: lenet_course.load_trained(),
    "pick_digit": lambda net, few, images: lenet_course.pick_digit(few, 3),
    "prepare_images": lambda net, few, images: lenet_course.prepare_images(few.images),
    "trace_graph": lambda net, few, images: lenet_course.trace_graph(net(images).sum(), net),
}
WIDGETS = {
    "FeatureMapBrowser": lambda net, few, images: FeatureMapBrowser(net, images),
    "GraphExplorer": lambda net, few, images: GraphExplorer(net(images).sum(), net),
    "LeNetExplorer": lambda net, few, images: LeNetExplorer(net, few),
    "StepByStep": lambda net, few, images: StepByStep(net, few),
}


def show(make):
    return lambda *given: make(*given)._repr_mimebundle_()


INSIDE = {"jitter": lambda net, few, images: jitter(images, torch.Generator())}
ALL = CALLS | INSIDE | {name: show(make) for name, make in WIDGETS.items()}


def test_every_public_function_is_looked_at():
    changing = {"Digits", "Net", "setup", "train"}  # classes, and what is there to change things
    assert set(CALLS) | changing == set(lenet_course.__all__)
    assert set(WIDGETS) == set(lenet_course.widgets.__all__)


@pytest.mark.parametrize("mode", [True, False], ids=["training", "evaluating"])
@pytest.mark.parametrize("name", ALL)
def test_a_call_changes_neither_the_network_nor_the_digits_nor_the_process(name, mode):
    ALL[name](make_net(), take_few(), torch.rand(8, 1, 32, 32))  # a first call imports much
    net, few, images = make_net(mode), take_few(), torch.rand(8, 1, 32, 32)
    copies = [tensor.clone() for tensor in (*few, images)]
    set_oddly()
    around, own = look_around(), look_at(net)
    ALL[name](net, few, images)
    assert list_changes(around, look_around()) == []
    assert list_changes(own, look_at(net)) == []
    assert all(map(torch.equal, (*few, images), copies))


class Restless(Net):
    """A network that changes, or draws random numbers, whenever it runs in training mode."""

    def __init__(self):
        super().__init__()
        self.norm, self.drop = nn.BatchNorm2d(6), nn.Dropout()

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.norm(self.conv1(images))), 2)
        x = torch.flatten(F.max_pool2d(F.relu(self.conv2(x)), 2), 1)
        return self.fc3(F.relu(self.fc2(self.drop(F.relu(self.fc1(x))))))


@pytest.mark.parametrize(
    "name", ["compute_feature_maps", "draw_network", "evaluate", "FeatureMapBrowser"]
)
def test_a_call_leaves_running_statistics_and_random_numbers_in_training_mode(name):
    net, few, images = Restless(), take_few(), torch.rand(8, 1, 32, 32)
    around, own = look_around(), look_at(net)
    ALL[name](net, few, images)
    assert list_changes(own, look_at(net)) == []
    assert list_changes(around, look_around()) in ([], ["matplotlib"])


def test_a_call_that_fails_leaves_the_network_s_modes():
    net = Net().double()  # the digits are float32
    with pytest.raises(RuntimeError):
        lenet_course.evaluate(net, take_few())
    assert all(part.training for part in net.modules())


def test_a_trained_network_s_weights_lie_in_memory_as_before():
    net, few = Net(), take_few()
    lenet_course.train(net, few, epochs=1, batch_size=4)
    assert all(parameter.is_contiguous() for parameter in net.parameters())
    with pytest.raises(FloatingPointError):
        lenet_course.train(net, few, epochs=1, batch_size=4, learning_rate=1e30)
    assert all(parameter.is_contiguous() for parameter in net.parameters())


def test_training_changes_the_weights_and_nothing_else(capsys):
    few = take_few()
    recipe = Recipe(1, batch_size=4, augment="affine", average=0.9)
    recipe.train(Net(), few, validation=few)  # the first optimizer of a process imports much
    net = Net()
    copies = [tensor.clone() for tensor in few]
    set_oddly()
    around, own = look_around(), look_at(net)
    recipe.train(net, few, validation=few)
    assert list_changes(around, look_around()) == []
    assert list_changes(own, look_at(net)) == ["values", "grads"]
    assert all(map(torch.equal, few, copies))
    assert capsys.readouterr() == ("", ""), "a bar that nobody asked for"


def test_setup_sets_what_it_says_and_nothing_else():
    set_oddly()
    before = look_around()
    lenet_course.setup("ko")
    assert set(list_changes(before, look_around())) <= {"printing", "language"}


def test_a_trained_network_comes_ready_to_evaluate_and_to_learn():
    net = lenet_course.load_trained()
    assert not any(part.training for part in net.modules())
    assert all(p.requires_grad and p.grad is None and p.is_leaf for p in net.parameters())
    with torch.no_grad():
        net.conv1.weight.zero_()
    assert lenet_course.load_trained().conv1.weight.any(), "two loads share their memory"


def test_digits_that_a_reader_paints_on_stay_as_they_are_for_the_next():
    load_digits("test").images.zero_()
    assert load_digits("test").images.any()
