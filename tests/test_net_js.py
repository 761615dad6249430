"""The network in JavaScript equals the one in PyTorch: forward, loss, backward and SGD."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from book.browser import find_node
from lenet_course import (
    Net,
    compute_feature_maps,
    find_receptive_field,
    load_digits,
    load_trained,
    prepare_images,
)
from lenet_course.features import WINDOWS

SHARED = Path(__file__).parents[1] / "lenet_course/widgets/shared"
RUNNER = Path(__file__).with_name("net_runner.mjs")
LOSSES = {"crossEntropy": F.cross_entropy, "meanSquaredError": F.mse_loss}
MULTIPLICATIONS = 6 * 28**2 * 25 + 16 * 10**2 * 150 + 400 * 120 + 120 * 84 + 84 * 10
STEPS = "input conv1 relu1 pool1 conv2 relu2 pool2 fc1 relu3 fc2 relu4 fc3".split()
TOLERANCE = 1e-4  # of gradients and weights: ‖difference‖ / ‖PyTorch's‖


@pytest.fixture(scope="module")
def trained():
    return load_trained()


@pytest.fixture(scope="module")
def digits():
    """200 inputs and their labels."""
    stored = load_digits("test")
    return prepare_images(stored.images[:200]), stored.labels[:200]


def test_200_digits_at_every_layer(tmp_path, trained, digits):
    inputs = torch.cat([digits[0], make_corners()])
    check_layers(tmp_path, [trained], inputs, tolerance=2e-5)


def test_50_random_nets_at_every_layer(tmp_path, digits):
    """Each net gets 4 digits of its own and the 4 corners."""
    groups = [torch.cat([group, make_corners()]) for group in digits[0].split(4)]
    check_layers(tmp_path, make_random_nets(50), torch.cat(groups), tolerance=2e-6)


def test_every_gradient_of_both_losses(tmp_path, trained, digits):
    nets = [trained, *make_random_nets(10)]
    inputs, labels, targets = make_tasks(digits)
    batches = [list(range(8)), [8], *([corner] for corner in range(9, 13)), list(range(5, 13))]
    cases = [
        {"net": net, "loss": loss, "indices": indices, "passes": 1}
        for net in range(len(nets))
        for loss in LOSSES
        for indices in batches
    ]
    check_gradients(tmp_path, nets, inputs, labels, targets, cases)


def test_among_equals_the_first_wins(tmp_path, digits):
    """Weights of −1/8, 0 and 1/8 and inputs of 0 and 1: sums are exact, and many values tie."""
    generator = torch.Generator().manual_seed(0)
    nets = make_random_nets(4)
    for net in nets:
        for parameter in net.parameters():
            parameter.data = torch.randint(-1, 2, parameter.shape, generator=generator) / 8
    inputs, labels, targets = make_tasks(digits)
    cases = [
        {"net": net, "loss": "meanSquaredError", "indices": indices, "passes": 1}
        for net in range(len(nets))
        for indices in (list(range(8)), [8])
    ]
    check_gradients(tmp_path, nets, (inputs > 0.5).float(), labels, targets, cases)


def test_backward_twice_doubles_the_gradients(tmp_path, digits):
    nets = make_random_nets(1)
    inputs, labels, targets = make_tasks(digits)
    cases = [
        {"net": 0, "loss": "crossEntropy", "indices": list(range(8)), "passes": passes}
        for passes in (1, 2)
    ]
    _, (once, twice) = run_cases(tmp_path, "backward", nets, inputs, labels, targets, cases)
    assert np.abs(once).max() > 0.01
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-4, atol=1e-7)


def test_the_weights_after_20_steps_of_sgd(tmp_path, trained, digits):
    nets = [trained, *make_random_nets(1)]
    inputs, labels, targets = make_tasks(digits)
    cases = [
        {"net": net, "loss": loss, "indices": list(range(8)), **rates}
        for net in range(len(nets))
        for loss in LOSSES
        for rates in ({"learningRate": 0.02}, {"learningRate": 0.005, "momentum": 0.9})
    ]
    (results,) = run_cases(tmp_path, "train", nets, inputs, labels, targets, cases)
    for case, result in zip(cases, results, strict=True):
        net = Net()
        net.load_state_dict(nets[case["net"]].state_dict())
        optimizer = torch.optim.SGD(
            net.parameters(), lr=case["learningRate"], momentum=case.get("momentum", 0)
        )
        for _ in range(20):
            optimizer.zero_grad()
            measure(net, case, inputs, labels, targets).backward()
            optimizer.step()
        starts = nets[case["net"]].parameters()
        for (name, parameter, own), start in zip(split(net, result), starts, strict=True):
            assert compare(own, parameter) <= TOLERANCE, (case, name)
            # most of a weight is where it started: the way it went must be right too
            assert compare(own - start.detach(), parameter - start) <= TOLERANCE, (case, name)


def test_softmax_is_pytorch_s(tmp_path):
    rows = [[0.0] * 10, list(range(10)), [1000.0, -1000.0, *[999.0] * 8]]
    answer = run_node(tmp_path, "softmax", {"rows": rows})
    np.testing.assert_allclose(answer, torch.tensor(rows).softmax(1), atol=1e-6)


def test_the_weights_of_16_bits_are_read(tmp_path, trained):
    halves = {name: value.half() for name, value in trained.state_dict().items()}
    packed = b"".join(value.numpy().astype("<f2").tobytes() for value in halves.values())
    answer = run_node(tmp_path, "decode", {"bytes": list(packed)})
    for (name, half), (own, shape, values) in zip(halves.items(), answer["names"], strict=True):
        assert (own, shape) == (name, list(half.shape))
        assert values == half.flatten().float().tolist()
    assert answer["short"] == "expected 61706 bytes, got 61702"


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_a_fresh_net_is_drawn_as_pytorch_draws_it(tmp_path, seed):
    torch.manual_seed(seed)
    wanted = [parameter.detach().flatten() for parameter in Net().parameters()]
    run_node(tmp_path, "draw", {"seed": seed})
    np.testing.assert_array_equal(read(tmp_path, "drawn"), torch.cat(wanted))


def test_every_float16_is_read(tmp_path):
    bits = np.arange(2**16, dtype="<u2")
    for values in (bits[:61706], bits[-61706:]):
        run_node(tmp_path, "decode", {"bytes": list(values.tobytes())})
        np.testing.assert_array_equal(read(tmp_path, "decoded"), values.view("<f2").astype("f4"))


def test_what_does_not_fit_is_refused_with_what_came(tmp_path):
    assert run_node(tmp_path, "refuse", {}) == {
        "parameters": "expected 61706 parameters, got 5",
        "pixels": "expected 32×32 = 1024 pixels, got 784",
        "drawing": "expected 3×4 pixels, got 10",
        "rows": "expected 1 rows, got 0",
        "velocity": "expected a velocity to go with the momentum, got null",
        "step": f"expected a step of {','.join(STEPS)}, got fc9",
        "place": "expected a place in pool2, of shape 16,5,5, got 0,0,5",
        "channel": "expected a place in conv1, of shape 6,28,28, got 6,0,0",
        "input": f"expected a step of {','.join(STEPS[1:])}, got input",
    }


def test_a_moved_drawing_gives_the_same_input(tmp_path, digits):
    drawings = [draw(image, scale=6) for image in digits[0][:20]]
    moved = [np.pad(drawing, ((0, 70), (30, 1))) for drawing in drawings]
    inputs, _ = prepare(tmp_path, drawings + moved)
    np.testing.assert_allclose(inputs[20:], inputs[:20], atol=1e-6)


def test_a_scaled_drawing_gives_nearly_the_same_input_and_answer(tmp_path, trained, digits):
    inputs, _ = prepare(tmp_path, [draw(i, scale) for scale in (4, 9.5) for i in digits[0]])
    small, large = torch.from_numpy(inputs).unsqueeze(1).chunk(2)
    assert (small - large).abs().mean() < 0.01
    with torch.no_grad():
        read, small, large = (trained(i).argmax(1) for i in (digits[0], small, large))
    assert (small == large).float().mean() >= 0.98
    assert (small == read).float().mean() >= 0.97


def test_the_rules_of_mnist_hold(tmp_path, digits):
    inputs, notes = prepare(tmp_path, [draw(image, scale=6) for image in digits[0]])
    for image, note in zip(inputs, notes, strict=True):
        box, scale, place = note["box"], note["scale"], note["place"]
        assert scale == pytest.approx(20 / max(box["height"], box["width"]))
        for axis, (side, start) in enumerate([("height", "row"), ("width", "column")]):
            ink = image.sum(1 - axis)
            assert abs((ink * np.arange(32)).sum() / ink.sum() - 16) <= 0.5 + 1e-4
            (found,) = ink.nonzero()
            assert found[0] == place[start]
            assert found[-1] < place[start] + 20
            assert found[-1] < place[start] + box[side] * scale


def test_a_digit_of_mnist_is_prepared_as_it_was(tmp_path, digits):
    """Enlarged in whole pixels, each digit whose box is 20 comes back, pixel by pixel."""
    drawings = [np.kron(image[0], np.ones((7, 7))) for image in digits[0].numpy()]
    inputs, notes = prepare(tmp_path, drawings)
    fits = [max(note["box"]["height"], note["box"]["width"]) == 7 * 20 for note in notes]
    assert sum(fits) >= 195
    np.testing.assert_allclose(inputs[fits], digits[0][fits, 0], atol=1e-6)


def test_ink_that_is_missing_or_lopsided_or_one_pixel(tmp_path):
    lopsided = np.zeros((200, 40), np.float32)
    lopsided[:190, 19:21] = 0.01
    lopsided[190:] = 1
    dot = np.zeros((30, 50), np.float32)
    dot[29, 49] = 0.5
    inputs, notes = prepare(tmp_path, [np.zeros((30, 50)), dot, lopsided, lopsided[::-1]])
    assert not inputs[0].any()
    assert notes[0] == {"box": None, "scale": 1, "place": None}
    assert notes[1]["box"] == {"top": 29, "left": 49, "width": 1, "height": 1}
    assert (inputs[1] == 0.5).sum() == 400
    # centred by mass, it would be cut off at the border; area averaging loses no ink
    for image, note in zip(inputs[2:], notes[2:], strict=True):
        assert image.sum() == pytest.approx(lopsided.sum() * note["scale"] ** 2, rel=1e-5)


def test_the_receptive_fields_are_python_s(tmp_path):
    sides = {"conv1": 28, "pool1": 14, "conv2": 10, "pool2": 5}
    assert list(sides) == list(WINDOWS)
    places = [
        (n, row, column) for n, side in sides.items() for row, column in np.ndindex(side, side)
    ]
    for place, field in zip(places, run_node(tmp_path, "fields", {"places": places}), strict=True):
        wanted = [[part.start, part.stop] for part in find_receptive_field(*place)]
        assert [field["input"]["rows"], field["input"]["columns"]] == wanted, place
    (pool2, fc1, relu2) = run_node(
        tmp_path, "fields", {"places": [("pool2", 1, 4), ("fc1", 0, 0), ("relu2", 1, 9)]}
    )
    assert pool2["pool1"] == {"rows": [2, 8], "columns": [8, 14]}
    assert pool2["conv2"] == pool2["relu2"] == {"rows": [2, 4], "columns": [8, 10]}
    assert fc1["input"] == {"rows": [0, 32], "columns": [0, 32]}
    assert relu2["conv2"] == {"rows": [1, 2], "columns": [9, 10]}


def test_an_explanation_adds_up(tmp_path, trained, digits):
    image = digits[0][3:4]
    maps = {name: value[0] for name, value in compute_feature_maps(trained, image).items()}
    random = np.random.default_rng(0)
    places = []
    for name, value in maps.items():
        if name not in ("input", "flatten"):
            for _ in range(20):
                place = [int(random.integers(size)) for size in value.shape]
                places.append([name, *place, *[0] * (3 - len(place))])
    write(tmp_path, inputs=image, nets=flatten(trained))
    for place, answer in zip(
        places, run_node(tmp_path, "explain", {"places": places}), strict=True
    ):
        name, *where = place
        value = maps[name][tuple(where[: maps[name].ndim])].item()
        assert answer["value"] == pytest.approx(value, abs=2e-5), place
        source = maps[answer["from"]]
        inputs = [term["input"] for term in answer["terms"]]
        for term, shown in zip(answer["terms"], inputs, strict=True):
            at = (term["channel"], term["row"], term["column"])[: source.ndim]
            assert shown == pytest.approx(source[at].item(), abs=2e-5)
        if name.startswith("pool"):
            assert len(inputs) == 4
            assert answer["winner"] == inputs.index(max(inputs))
            assert answer["value"] == max(inputs)
        elif name.startswith("relu"):
            assert [max(0, shown) for shown in inputs] == [answer["value"]]
        else:
            check_sum(trained, place, answer)


def test_the_same_file_runs_as_a_classic_script(tmp_path):
    answer = run_node(tmp_path, "classic", {})
    assert answer["module"] == answer["classic"]
    assert len(answer["module"]) == 10


def test_forward_costs_little_more_than_its_multiplications(tmp_path):
    """In one run, at most 1.25 times as many multiplications and additions in the plainest loop."""
    times = run_node(tmp_path, "speed", {"multiplications": MULTIPLICATIONS})
    assert times["forward"] <= 1.25 * times["plain"], times


def test_where_no_node_is_installed_playwright_s_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "driver" in find_node()
    logits = [[0.0, 0.0]]
    assert run_node(tmp_path, "softmax", {"rows": logits}) is not None


def run_node(folder: Path, job: str, request: dict):
    """Run a job of net_runner.mjs on the arrays in a folder and return its answer."""
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    command = [find_node(), str(RUNNER), str(SHARED), job, str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "answer.json").read_text(encoding="utf-8"))


def write(folder: Path, **arrays) -> None:
    for name, array in arrays.items():
        (folder / f"{name}.f32").write_bytes(np.asarray(array, "<f4").tobytes())


def read(folder: Path, name: str) -> np.ndarray:
    return np.fromfile(folder / f"{name}.f32", "<f4")


def flatten(*nets: Net) -> np.ndarray:
    return np.stack([torch.nn.utils.parameters_to_vector(n.parameters()).detach() for n in nets])


def split(net: Net, values: np.ndarray):
    """Yield each parameter's name, PyTorch's parameter and JavaScript's values for it."""
    start = 0
    for name, parameter in net.named_parameters():
        own = torch.from_numpy(values[start : start + parameter.numel()])
        start += parameter.numel()
        yield name, parameter, own.view_as(parameter)
    assert start == len(values)


def compare(own: torch.Tensor, wanted: torch.Tensor) -> float:
    """The norm of the difference in norms of what is wanted; 0 where both are all zeros."""
    difference, size = (own - wanted).norm().item(), wanted.norm().item()
    return difference / size if size else difference


def make_random_nets(count: int) -> list[Net]:
    nets = []
    for seed in range(count):
        torch.manual_seed(seed)
        nets.append(Net())
    return nets


def make_corners() -> torch.Tensor:
    """Four inputs that are zero but for one pixel in a corner: a border mistake shows."""
    corners = torch.zeros(4, 1, 32, 32)
    for image, place in zip(corners, [(0, 0), (0, 31), (31, 0), (31, 31)], strict=True):
        image[0][place] = 1
    return corners


def make_tasks(digits) -> tuple[torch.Tensor, list[int], torch.Tensor]:
    """9 digits and 4 corners, with labels and with targets that the trained net has not learnt.

    Where it is sure and right, float32 has no digits left in PyTorch's own gradient.
    """
    generator = torch.Generator().manual_seed(0)
    inputs = torch.cat([digits[0][:9], make_corners()])
    labels = [*((digits[1][:9] + 1) % 10).tolist(), 0, 1, 2, 3]
    targets = F.one_hot(torch.tensor(labels), 10).float()
    targets[::2] += torch.randn(targets[::2].shape, generator=generator)
    return inputs, labels, targets


def measure(net: Net, case: dict, inputs, labels, targets) -> torch.Tensor:
    rows = case["indices"]
    wanted = torch.tensor(labels) if case["loss"] == "crossEntropy" else targets
    return LOSSES[case["loss"]](net(inputs[rows]), wanted[rows])


def run_cases(folder: Path, job: str, nets, inputs, labels, targets, cases) -> list[np.ndarray]:
    write(folder, nets=flatten(*nets), inputs=inputs, targets=targets)
    run_node(folder, job, {"labels": labels, "cases": cases})
    values = {"backward": "gradients", "train": "trained"}[job]
    results = [read(folder, values).reshape(len(cases), -1)]
    return [read(folder, "losses"), *results] if job == "backward" else results


def check_layers(folder: Path, nets: list[Net], inputs: torch.Tensor, tolerance: float) -> None:
    groups = inputs.split(len(inputs) // len(nets))
    maps = [compute_feature_maps(net, group) for net, group in zip(nets, groups, strict=True)]
    steps = [step for step in maps[0] if step != "flatten"]
    write(folder, nets=flatten(*nets), inputs=inputs)
    run_node(folder, "forward", {"steps": steps})
    for step in steps:
        wanted = torch.cat([group[step] for group in maps])
        difference = np.abs(read(folder, step) - wanted.flatten().numpy()).max()
        assert difference <= tolerance, (step, difference)


def check_gradients(folder: Path, nets: list[Net], inputs, labels, targets, cases) -> None:
    losses, gradients = run_cases(folder, "backward", nets, inputs, labels, targets, cases)
    for case, loss, gradient in zip(cases, losses, gradients, strict=True):
        net = nets[case["net"]]
        net.zero_grad()
        wanted = measure(net, case, inputs, labels, targets)
        wanted.backward()
        assert abs(loss - wanted.item()) <= 1e-5 * max(1, wanted.item()), case
        for name, parameter, own in split(net, gradient):
            assert compare(own, parameter.grad) <= TOLERANCE, (case, name)


def check_sum(net: Net, place: list, answer: dict) -> None:
    """Bias plus products is the sum, the sum is the value, and the weights are the layer's."""
    name, channel, *_ = place
    layer = getattr(net, name)
    products = [term["input"] * term["weight"] for term in answer["terms"]]
    assert [term["product"] for term in answer["terms"]] == pytest.approx(products)
    assert answer["bias"] == pytest.approx(layer.bias[channel].item())
    assert answer["bias"] + sum(products) == pytest.approx(answer["sum"], abs=1e-9)
    assert answer["sum"] == pytest.approx(answer["value"], abs=1e-5)
    weights = [term["weight"] for term in answer["terms"]]
    if name.startswith("fc"):
        assert sorted(products, key=abs, reverse=True) == products
        weights, wanted = sorted(weights), layer.weight[channel].sort().values
    else:
        wanted = layer.weight[channel].flatten()
    np.testing.assert_array_equal(np.float32(weights), wanted.detach())


def draw(image: torch.Tensor, scale: float) -> np.ndarray:
    """Enlarge a digit to a drawing, as a brush on a larger canvas would make it."""
    large = F.interpolate(
        image.reshape(1, 1, 32, 32), scale_factor=scale, mode="bilinear", align_corners=False
    )[0, 0]
    return torch.where(large > 0.1, large, 0).numpy()


def prepare(folder: Path, drawings: list[np.ndarray]) -> tuple[np.ndarray, list[dict]]:
    """Return the inputs, (N, 32, 32), and for each the box, the scale and the place."""
    requests = []
    for n, drawing in enumerate(drawings):
        write(folder, **{f"drawing{n}": drawing})
        height, width = drawing.shape
        requests.append({"name": f"drawing{n}", "width": width, "height": height})
    notes = run_node(folder, "prepare", {"drawings": requests})
    return read(folder, "prepared").reshape(-1, 32, 32), notes
