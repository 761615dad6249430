"""The packaged digits, and the full MNIST on request."""

import gzip
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.mnist import find_mnist
from lenet_course import Digits, load_digits, load_trained, pick_digit, prepare_images
from lenet_course.digits import PACKAGED
from lenet_course.mnist import find_default_root


@pytest.mark.parametrize(("split", "count"), [("train", 10_000), ("test", 2_000)])
def test_the_packaged_digits_are_balanced(split, count):
    images, labels = load_digits(split)
    assert images.shape == (count, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert labels.bincount().tolist() == [count // 10] * 10
    assert images.amin() == 0
    assert images.amax() == 255


def test_the_package_is_at_most_2_1_megabytes():
    assert PACKAGED.stat().st_size <= 2_100_000


def test_no_digit_stands_in_both_splits():
    train, test = load_digits("train").images, load_digits("test").images
    assert not {i.numpy().tobytes() for i in train} & {i.numpy().tobytes() for i in test}


@pytest.mark.parametrize(
    ("split", "misread"),
    [
        ("test", [8, 37, 94, 370, 812, 896, 1615]),
        (
            "train",
            [431, 998, 2357, 2552, 3329, 3787, 4143, 4447, 5225, 5256, 5384, 7935, 9440, 9720],
        ),
    ],
)
def test_labels_and_pictures_belong_together(split, misread):
    """The shipped network reads all but these: labels or pictures exchanged add theirs."""
    digits = load_digits(split)
    with torch.no_grad():
        answers = load_trained()(prepare_images(digits.images)).argmax(1)
    assert (answers != digits.labels).nonzero().flatten().tolist() == misread


def test_digits_that_hold_objects_are_not_loaded(tmp_path, monkeypatch):
    """An array of objects is a pickle, which runs what it likes."""
    path = tmp_path / "digits.npz"
    np.savez(path, train_images=np.array([print], dtype=object), train_labels=np.zeros(1))
    monkeypatch.setattr("lenet_course.digits.PACKAGED", path)
    with pytest.raises(ValueError, match="allow_pickle"):
        load_digits()


def test_the_full_mnist_is_looked_for_in_the_user_s_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert find_default_root() == tmp_path / "lenet_course/torchvision"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_default_root() == tmp_path / ".cache/lenet_course/torchvision"


def test_the_digits_name_their_source_and_licence():
    text = (PACKAGED.parent / "README.md").read_text(encoding="utf-8")
    for part in ("Yann LeCun", "Corinna Cortes", "Christopher J.C. Burges", "CC BY-SA 3.0"):
        assert part in text


@pytest.fixture(scope="module")
def full_root():
    if find_mnist() is None:
        pytest.skip("full MNIST is not on this machine, so it cannot be compared")
    return find_mnist()


def test_the_packaged_digits_are_mnist_s_at_the_recorded_places(full_root):
    with np.load(PACKAGED) as packed:
        for split in ("train", "test"):
            full, places = load_digits(split, full=True, root=full_root), packed[f"{split}_indices"]
            here = load_digits(split)
            places = torch.from_numpy(places.astype(np.int64))
            assert torch.equal(full.images[places], here.images)
            assert torch.equal(full.labels[places], here.labels)


def test_the_script_makes_the_same_bytes(full_root, tmp_path):
    script = shutil.copy(PACKAGED.parent / "make_digits.py", tmp_path)
    subprocess.run([sys.executable, script, full_root], check=True)
    assert (tmp_path / "digits.npz").read_bytes() == PACKAGED.read_bytes()


def test_full_mnist_has_70000_digits(full_root):
    assert load_digits("train", full=True, root=full_root).images.shape == (60_000, 28, 28)
    assert load_digits("test", full=True, root=full_root).labels.shape == (10_000,)


NAMES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


@pytest.fixture
def few(monkeypatch):
    """What MNIST's four files would hold if it had three digits for each split; no network."""
    shapes = dict(zip(NAMES, ((3, 28, 28), (3,)) * 2, strict=True))
    files = {f"{name}-ubyte": shape for name, shape in shapes.items()}
    names = list(files)
    split = {"train": names[:2], "test": names[2:]}
    files_of = {key: {name: files[name] for name in each} for key, each in split.items()}
    monkeypatch.setattr("lenet_course.mnist.FILES", files_of)
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    return {
        name: bytes((0, 0, 8, len(shape)))
        + b"".join(n.to_bytes(4, "big") for n in shape)
        + bytes(range(7, 7 + len(shape))) * (math.prod(shape) // len(shape))
        for name, shape in files.items()
    }


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def pack(files):
    return {f"{name}.gz": gzip.compress(content) for name, content in files.items()}


@pytest.mark.parametrize("folder", ["MNIST/raw", "."])
@pytest.mark.parametrize("packed", [4, 2, 1, 0])
def test_mnist_s_files_put_there_by_hand_are_read_packed_or_not(tmp_path, few, folder, packed):
    names = list(few)
    put(tmp_path / folder, pack({name: few[name] for name in names[:packed]}))
    put(tmp_path / folder, {name: few[name] for name in names[packed:]})
    for split in ("train", "test"):
        digits = load_digits(split, full=True, root=tmp_path)
        assert digits.images.shape == (3, 28, 28) and digits.images.dtype == torch.uint8
        assert digits.images[2, 27].tolist()[-3:] == [7, 8, 9]
        assert digits.labels.tolist() == [7, 7, 7] and digits.labels.dtype == torch.int64
    for name in names:  # unpacked, for torchvision too; nothing else is left
        assert (tmp_path / folder / name).read_bytes() == few[name]
    assert len(os.listdir(tmp_path / folder)) == 4 + packed


def test_the_files_of_one_split_do_for_it_and_the_error_names_what_the_other_lacks(tmp_path, few):
    put(tmp_path / "MNIST/raw", pack({name: few[name] for name in few if "train" in name}))
    assert load_digits("train", full=True, root=str(tmp_path)).labels.tolist() == [7, 7, 7]
    wanted = r"expected t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte of MNIST, or their .gz, "
    with pytest.raises(ConnectionError, match=wanted + r".*got train-images-idx3-ubyte, train-im"):
        load_digits("test", full=True, root=tmp_path)


def test_a_damaged_file_is_named_and_a_whole_one_beside_it_is_read(tmp_path, few):
    raw, name = tmp_path / "MNIST/raw", next(iter(few))
    put(raw, few | {name: few[name][:99]})
    said = rf"expected a whole {name} of MNIST, got .*{name} \(99 bytes: 99 .*expected 2,368\)"
    with pytest.raises(ValueError, match=said):
        load_digits(full=True, root=tmp_path)
    put(raw, {f"{name}.gz": gzip.compress(few[name])[:-9]})
    with pytest.raises(ValueError, match=rf"{name}.gz \(\d+ bytes: .*; remove it"):
        load_digits(full=True, root=tmp_path)
    put(raw, {f"{name}.gz": few[name]})  # as a browser saves it that unpacks by itself
    assert load_digits(full=True, root=tmp_path).labels.tolist() == [7, 7, 7]


def test_a_file_of_another_kind_is_named(tmp_path, few):
    images, labels, *_ = few
    put(tmp_path, {images: few[labels], labels: few[images]})
    with pytest.raises(ValueError, match=f"expected a whole {images} .*its head is another"):
        load_digits(full=True, root=tmp_path)


@pytest.mark.parametrize("others", [1, 3])
def test_processes_that_download_at_once_all_get_the_digits(tmp_path, few, monkeypatch, others):
    """Each begins before another has ended."""
    calls = []

    def download(self):
        calls.append(self.root)
        if len(calls) <= others:
            load_digits(full=True, root=tmp_path)
        put(Path(self.raw_folder), few)

    monkeypatch.setattr("torchvision.datasets.MNIST.download", download)
    monkeypatch.setattr("torchvision.datasets.MNIST._load_data", lambda self: (None, None))
    assert load_digits(full=True, root=tmp_path).labels.tolist() == [7, 7, 7]
    assert len(calls) == others + 1
    assert os.listdir(tmp_path) == ["MNIST"]


def test_without_network_full_mnist_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(ConnectionError, match=r"could not be downloaded.*load_digits\(\)"):
        load_digits(full=True, root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_root_that_cannot_be_made_is_named_and_a_home_is_found(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(ConnectionError, match="could not be downloaded"):
        load_digits(full=True, root=tmp_path / "file/folder")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(ConnectionError, match=f"in {tmp_path}/data/MNIST/raw"):
        load_digits(full=True, root="~/data")


def test_an_interrupted_download_leaves_nothing(tmp_path, monkeypatch):
    def stop(self):
        Path(self.raw_folder).mkdir(parents=True)
        Path(self.raw_folder, "train-images-idx3-ubyte").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("torchvision.datasets.MNIST.download", stop)
    with pytest.raises(KeyboardInterrupt):
        load_digits(full=True, root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_download_is_torchvision_s_and_is_kept(full_root, tmp_path, monkeypatch):
    calls = []

    def copy(self):
        calls.append(self.root)
        shutil.copytree(full_root / "MNIST", Path(self.root) / "MNIST")

    monkeypatch.setattr("torchvision.datasets.MNIST.download", copy)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert len(load_digits(full=True).labels) == 60_000
    assert len(load_digits("test", full=True).labels) == 10_000
    assert len(calls) == 1
    assert os.listdir(tmp_path / "lenet_course/torchvision") == ["MNIST"]


def test_prepare_images_pads_and_scales():
    image = torch.zeros(2, 28, 28, dtype=torch.uint8)
    image[1, 0, 27] = 255
    prepared = prepare_images(image)
    assert prepared.shape == (2, 1, 32, 32)
    assert prepared.dtype == torch.float32
    assert prepared[1, 0, 2, 29] == 1
    assert prepared.sum() == 1


def test_pick_digit_gives_input_and_label():
    digits = load_digits("test")
    images, label = pick_digit(digits, 1999)
    assert torch.equal(images, prepare_images(digits.images[-1:]))
    assert label == digits.labels[-1]


@pytest.mark.parametrize("index", [-1, 2000])
def test_a_wrong_digit_index_is_named(index):
    with pytest.raises(IndexError, match=f"from 0 to 1999, got {index}"):
        pick_digit(load_digits("test"), index)


def test_images_without_labels_are_named():
    few = Digits(load_digits("test").images[:5], load_digits("test").labels)
    with pytest.raises(ValueError, match="a label for each image, got 5 and 2000"):
        pick_digit(few, 7)


def test_wrong_images_are_named():
    with pytest.raises(ValueError, match=r"\(N, 28, 28\), got \(28, 28\); .*unsqueeze"):
        prepare_images(torch.zeros(28, 28, dtype=torch.uint8))
    with pytest.raises(ValueError, match=r"torch.uint8 .*got torch.float32"):
        prepare_images(torch.zeros(1, 28, 28))


def test_a_wrong_split_is_named():
    with pytest.raises(ValueError, match="got 'valid'"):
        load_digits("valid")
