"""Net and its trained weights."""

import hashlib

import pytest
import torch

from bench.mnist import find_mnist
from book.course import ROOT
from lenet_course import Net, evaluate, load_digits, load_trained, prepare_images
from lenet_course.assets.make_weights import SETTINGS
from lenet_course.model import TRAINED

TUTORIAL = """Net(
  (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
  (conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
  (fc1): Linear(in_features=400, out_features=120, bias=True)
  (fc2): Linear(in_features=120, out_features=84, bias=True)
  (fc3): Linear(in_features=84, out_features=10, bias=True)
)"""


def test_print_net_is_letter_for_letter_the_tutorial_s():
    assert str(Net()) == TUTORIAL


def test_net_has_61706_parameters_in_ten_tensors():
    counts = [parameter.numel() for parameter in Net().parameters()]
    assert counts == [150, 6, 2400, 16, 48000, 120, 10080, 84, 840, 10]
    assert sum(counts) == 61706


def test_net_equals_its_layers_written_out_by_hand():
    torch.manual_seed(0)
    net, images = Net(), torch.randn(3, 1, 32, 32)
    c1 = net.conv1(images).clamp(min=0)
    s2 = c1.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))
    c3 = net.conv2(s2).clamp(min=0)
    s4 = c3.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))
    f5 = (s4.reshape(3, 400) @ net.fc1.weight.T + net.fc1.bias).clamp(min=0)
    f6 = (f5 @ net.fc2.weight.T + net.fc2.bias).clamp(min=0)
    torch.testing.assert_close(net(images), f6 @ net.fc3.weight.T + net.fc3.bias)


def test_the_trained_net_reads_digits_and_says_what_made_it():
    net, test = load_trained(), load_digits("test")
    with torch.no_grad():
        right = net(prepare_images(test.images)).argmax(1) == test.labels
    accuracy = 100 * right.double().mean().item()
    assert accuracy >= 99.0
    assert not net.training
    told = float(net.recipe["accuracy on the 2,000 packaged test digits"].split()[0])
    assert accuracy == pytest.approx(told, abs=0.051)  # one digit of 2,000 is 0.05
    assert (ROOT / net.recipe["script"]).is_file()
    assert "60,000 training digits" in net.recipe["data"]
    assert SETTINGS.items() <= net.recipe.items()


def test_on_full_mnist_the_trained_net_is_as_good_as_it_says():
    root = find_mnist()
    if root is None:
        pytest.skip("full MNIST is not on this machine")
    told = float(load_trained().recipe["accuracy on MNIST's 10,000 test digits"].split()[0])
    measured = evaluate(load_trained(), load_digits("test", full=True, root=root))["accuracy"]
    assert 100 * measured == pytest.approx(told, abs=0.011)  # one digit of 10,000 is 0.01


def test_the_shipped_weights_are_float16_values():
    for parameter in load_trained().parameters():
        assert parameter.dtype == torch.float32
        assert torch.equal(parameter, parameter.half().float())


def test_the_assets_have_their_checksums():
    lines = (TRAINED.parent / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = ["checkpoints.json.gz", "digits.npz", "lenet.pt", "photo.jpg"]
    assert sorted(line.split()[1] for line in lines) == names
    for line in lines:
        checksum, name = line.split()
        assert hashlib.sha256((TRAINED.parent / name).read_bytes()).hexdigest() == checksum


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file at .*nothing.pt"):
        load_trained(tmp_path / "nothing.pt")


@pytest.mark.parametrize("size", [0, 10, 1000, 60_000])
def test_a_truncated_file_is_named_with_its_size(tmp_path, size):
    path = tmp_path / "cut.pt"
    path.write_bytes(TRAINED.read_bytes()[:size])
    with pytest.raises(ValueError, match=rf"{size:,} bytes\), which cannot be read"):
        load_trained(path)


@pytest.mark.parametrize("start", "abequtsR(.\x80é")
def test_a_file_of_another_kind_is_named(tmp_path, start):
    path = tmp_path / "table.csv"
    path.write_text(f"{start}poch,loss\n1,0.3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bytes\), which cannot be read"):
        load_trained(path)


def test_weights_without_a_recipe_are_refused(tmp_path):
    torch.save(Net().state_dict(), tmp_path / "untrained.pt")
    with pytest.raises(ValueError, match=r"keys 'weights' and 'recipe'.*may be untrained"):
        load_trained(tmp_path / "untrained.pt")


def test_another_network_s_weights_are_refused(tmp_path):
    weights = Net().state_dict() | {"fc3.weight": torch.zeros(11, 84)}
    torch.save({"weights": weights, "recipe": {}}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"(?s)another network.*fc3.weight.*\[11, 84\]"):
        load_trained(tmp_path / "other.pt")


def test_a_pickle_that_runs_code_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "written"), "w"))

    torch.save({"weights": Evil(), "recipe": {}}, tmp_path / "evil.pt")
    with pytest.raises(ValueError, match="cannot be read"):
        load_trained(tmp_path / "evil.pt")
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize("device", ["cuda:99", "tpu9", "gpu"])
def test_a_device_that_is_not_there_is_named(device):
    with pytest.raises(ValueError, match=f"a device of this machine, got {device!r}"):
        load_trained(device=device)
